"""Pages on which a panelist arrives and leaves."""

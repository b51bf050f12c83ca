"""A panelist comes, agrees, takes part and leaves."""

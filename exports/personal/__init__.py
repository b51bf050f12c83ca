"""The document that a panelist takes along."""

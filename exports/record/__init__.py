"""A study as a reader of one profile may know it."""

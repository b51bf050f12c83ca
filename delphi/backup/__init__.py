"""A whole installation as one file, and back: the rows of every table, for either database."""

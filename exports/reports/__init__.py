"""Reports: one builder a table."""

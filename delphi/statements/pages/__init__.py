"""Pages of statements."""

"""Pages of a study as a whole."""

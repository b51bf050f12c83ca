"""Pages of preparing a study."""

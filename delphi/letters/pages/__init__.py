"""Pages to which letters lead without a personal link."""

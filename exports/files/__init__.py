"""Files that people order and download."""

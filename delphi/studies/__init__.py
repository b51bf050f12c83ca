"""Studies: creating, copying, preparing, archiving and deleting them, and who works on them."""

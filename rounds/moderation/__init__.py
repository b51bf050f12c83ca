"""Comments are read before the panel sees them."""

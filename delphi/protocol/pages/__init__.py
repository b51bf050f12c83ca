"""Pages of the protocol."""

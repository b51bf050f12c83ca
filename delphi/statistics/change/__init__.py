"""Change between two rounds, of the same people and of the whole distribution."""

"""Between two rounds: what becomes of each statement."""

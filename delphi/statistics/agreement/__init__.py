"""Agreement of a panel over many statements."""

"""Statistics of consensus: pure NumPy, one family a module."""

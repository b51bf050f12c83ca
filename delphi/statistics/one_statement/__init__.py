"""Measures of one statement, from its counts."""

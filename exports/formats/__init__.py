"""Formats: one writer a file type."""

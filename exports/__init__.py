"""Reporting a study."""

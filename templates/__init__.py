"""Jinja templates, a folder a blueprint."""

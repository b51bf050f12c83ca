"""Statements before they are asked: writing, importing and placing them."""

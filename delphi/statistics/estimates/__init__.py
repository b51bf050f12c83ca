"""Numeric estimates: pooling them, and weighing those who gave them."""

"""Comparing stakeholder groups, and groups found in the answers."""

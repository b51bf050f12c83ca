"""Scales, rules, counts and what follows from them: pure."""

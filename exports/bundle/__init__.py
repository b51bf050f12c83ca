"""The study bundle: one archive that a stranger can check without us (REPORTING 2)."""

"""Pages that show or ask for names and personal data."""

"""Translations that leave as a file and come back: a module a format, and what each row of a file does to the study."""

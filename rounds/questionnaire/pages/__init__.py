"""Pages of the questionnaire."""

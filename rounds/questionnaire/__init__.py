"""The questionnaire as a panelist fills it in."""

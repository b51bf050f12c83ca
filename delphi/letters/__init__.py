"""Letters to panelists by pseudonym: queued with a decision, written from a template, timed."""

"""Results on pages: the journal table, statement by statement, the panel, the flow of people."""

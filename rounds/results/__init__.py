"""Results of a round as numbers: counts, matrices, rows of the consensus table, turnout."""

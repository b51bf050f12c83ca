"""What all measures share: exact arithmetic, results with reasons, tails, the matrix of a panel."""

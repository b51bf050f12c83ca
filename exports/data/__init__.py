"""Data for others: anonymised ratings, a codebook, and the scripts that read them."""

"""What a panelist sees of the round before."""

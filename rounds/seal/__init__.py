"""The seal: closing counts the answers of a round once, decides what of them may be shown, and keeps only that."""

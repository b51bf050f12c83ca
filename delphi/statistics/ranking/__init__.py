"""Rankings, choices and point allocations."""

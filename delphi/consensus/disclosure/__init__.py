"""What may be shown: small cells, their remainders, and what several tables together would tell."""

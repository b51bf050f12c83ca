"""The kinds of letters: whom each goes to, which placeholders it knows, and its text in the catalogues."""

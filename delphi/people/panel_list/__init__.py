"""The roster as the team reads it: a page at a time, in order, and what is done with those who are ticked."""

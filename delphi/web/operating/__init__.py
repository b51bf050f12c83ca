"""What whoever runs a server sees of it, and where it lives: health, figures, lines of the log, a path."""

"""Tables and documents: all that a file format sees, small numbers hidden."""

"""A study read from the database, one module a part of its record; each is told which rounds its reader may see."""

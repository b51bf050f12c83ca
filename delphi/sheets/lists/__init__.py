"""Lists as people have them, in any sheet, encoding and order of columns; every filled cell is accounted for."""

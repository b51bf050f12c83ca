"""Tables of an author's own design: columns by round, group and figure, in the words and the house style of a journal."""

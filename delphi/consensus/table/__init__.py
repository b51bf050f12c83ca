"""The consensus table: its columns, its rows, the figures of one statement."""

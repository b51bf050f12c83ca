"""Looking at an installation as its keeper would: settings, files, database, work that waits, mail."""

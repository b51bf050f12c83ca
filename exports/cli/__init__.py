"""Commands that write files: export, analyse, bundle."""

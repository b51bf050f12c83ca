"""Commands of an operator: each module is one, and `delphi.cli` puts them together."""

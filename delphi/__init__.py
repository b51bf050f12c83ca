"""What a Delphi study is, and preparing one."""

__version__ = "0.1.0"

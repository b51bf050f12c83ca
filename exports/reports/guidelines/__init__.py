"""Reporting guidelines as data files, in our own short form."""

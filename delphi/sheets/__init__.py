"""Files to rows and rows to files: the only reader and writer of CSV and XLSX."""

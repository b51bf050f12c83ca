"""Formats: one writer a file type."""

from exports.formats import csv, docx, html, json, latex, plain, svg, typst, xlsx
from exports.formats.base import PICTURES, TABLES, Format

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMATS: dict[str, Format] = {
    "table": Format("Plain text", "txt", "text/plain; charset=utf-8", plain.write),
    "csv": Format("CSV", "csv", "text/csv; charset=utf-8", csv.write, TABLES),
    "xlsx": Format("Excel", "xlsx", EXCEL, xlsx.write, TABLES),
    "docx": Format("Word", "docx", WORD, docx.write),
    "pdf": Format("PDF", "pdf", "application/pdf", typst.write_pdf),
    "latex": Format("LaTeX", "tex", "application/x-tex", latex.write),
    "latex-table": Format("LaTeX, tables for \\input", "tex", "application/x-tex", latex.write_fragment),
    "html": Format("HTML", "html", "text/html; charset=utf-8", html.write),
    "json": Format("JSON", "json", "application/json", json.write, TABLES),
    "svg": Format("SVG", "svg", "image/svg+xml", svg.write, PICTURES),
    "png": Format("PNG, 300 dpi", "png", "image/png", typst.write_png, PICTURES),
}
PRINTED = ("docx", "pdf", "latex", "latex-table", "html")  # read on paper or on a screen, not by machines

"""The handbook within the product: docs/ built by `make docs`, served below /help, and the chapter of each page."""

"""docs/methods.md says what the code does: it is written from the docstrings, and current."""

import runpy
from pathlib import Path

import delphi.statistics

DOCS = Path(__file__).parents[3] / "docs"


def test_the_page_is_current():
    written = runpy.run_path(str(DOCS / "methods.py"))["page"]()
    assert (DOCS / "methods.md").read_text(encoding="utf-8") == written, "run make methods"


def test_every_measure_is_on_the_page():
    text = (DOCS / "methods.md").read_text(encoding="utf-8")
    measures = [name for name, value in vars(delphi.statistics).items() if hasattr(value, "table")]
    assert len(measures) > 15
    assert [name for name in measures if f"### `{name}`" not in text] == []

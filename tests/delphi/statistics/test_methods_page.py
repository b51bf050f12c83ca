"""docs/methods.md says what the code does: it is written from the docstrings, and current."""

import runpy
from inspect import isclass
from pathlib import Path
from pkgutil import iter_modules

import delphi.statistics

DOCS = Path(__file__).parents[3] / "docs"


def test_the_page_is_current():
    written = runpy.run_path(str(DOCS / "methods.py"))["page"]()
    assert (DOCS / "methods.md").read_text(encoding="utf-8") == written, "run make methods"


def test_every_public_measure_is_on_the_page():
    text = (DOCS / "methods.md").read_text(encoding="utf-8")
    public = [name for name, value in vars(delphi.statistics).items() if callable(value) and not isclass(value)]
    assert len(public) > 100
    assert [name for name in public if f"#### `{name}`" not in text] == []


def test_every_folder_of_measures_is_a_chapter():
    chapters = runpy.run_path(str(DOCS / "methods.py"))["CHAPTERS"]
    assert sorted(chapters) == sorted(found.name for found in iter_modules(delphi.statistics.__path__))


def test_one_statement_comes_first():
    text = (DOCS / "methods.md").read_text(encoding="utf-8")
    assert text.index("\n## ") == text.index("\n## Measures of one statement")

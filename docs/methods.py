"""Write docs/methods.md: what each measure is, its formula, its edge cases, its source, from the docstrings."""

import inspect
import re
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

HERE = Path(__file__).parent
STATISTICS = HERE.parent / "delphi" / "statistics"
LABELS = {"Notes": "Formula", "Returns": "Returns and edge cases", "References": "Source"}
INTRODUCTION = """# Methods

Every measure the platform computes, in the words of the code that computes it. An undefined figure is empty and
carries a reason, such as `no_ratings`; it is never 0. This page is written by `make methods`.
"""


def sections(docstring: str) -> dict[str, str]:
    """Split a numpydoc docstring into its summary ("") and named sections."""
    parts = re.split(r"^(\w+)\n-+\n", docstring, flags=re.MULTILINE)
    return {"": parts[0].strip()} | {name: text.strip() for name, text in zip(parts[1::2], parts[2::2], strict=True)}


def entry(name: str, docstring: str) -> str:
    """Write one measure as a section of the page."""
    found = sections(docstring)
    lines = [f"### `{name}`", "", " ".join(found[""].split())]
    for section, label in LABELS.items():
        if section in found:
            text = re.sub(r"^\.\. \[\d+\] ", "", found[section], flags=re.MULTILINE)
            if section == "Returns" and "\n" in text:
                text = text.split("\n", 1)[1]  # the first line is the type
            lines += ["", f"*{label}.* {' '.join(text.split())}"]
    return "\n".join(lines)


def families() -> Iterator[str]:
    """Write the sections of the page, one a module."""
    source = (STATISTICS / "__init__.py").read_text(encoding="utf-8")
    exported = re.findall(r"^from (delphi\.statistics\.[\w.]+) import (\w+) as \w+$", source, re.MULTILINE)
    for module in dict.fromkeys(module for module, _ in exported):
        loaded = import_module(module)
        title = re.sub(r" \(METHOD [^)]*\)", "", (loaded.__doc__ or "").splitlines()[0])
        functions = [(name, getattr(loaded, name)) for owner, name in exported if owner == module]
        measures = [entry(name, inspect.getdoc(f) or "") for name, f in functions if not inspect.isclass(f)]
        if measures:
            yield "\n\n".join([f"## {title.rstrip('.')}", *measures])


def page() -> str:
    """Write the whole page."""
    return "\n\n".join([INTRODUCTION.strip(), *families()]) + "\n"


if __name__ == "__main__":
    sys.path.insert(0, str(HERE.parent))
    (HERE / "methods.md").write_text(page(), encoding="utf-8")

"""Write docs/methods.md: what each measure is, its formula, its edge cases, its source, from the docstrings."""

import inspect
import re
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

HERE = Path(__file__).parent
CHAPTERS = {  # in the order of a reader: one statement first, and how shares are compared last
    "one_statement": (
        "description",
        "quantiles",
        "intervals",
        "median_intervals",
        "dispersion",
        "indices",
        "van_der_eijk",
        "content_validity",
        "lawshe",
    ),
    "agreement": ("krippendorff", "chance_corrected", "kappa", "concordance", "large_panel", "reliability"),
    "change": (
        "distribution_change",
        "paired",
        "paired_agreement",
        "paired_tests",
        "square_tables",
        "individual_stability",
        "attrition",
    ),
    "groups": ("comparison", "association", "opinion_map"),
    "ranking": ("ranking", "kemeny", "choices"),
    "estimates": ("estimates", "cooke"),
    "base": ("exact", "panel_matrix"),
}
LABELS = {"Notes": "Formula", "Returns": "Returns and edge cases", "References": "Source"}
INTRODUCTION = """# Methods

Every measure the platform computes, in the words of the code that computes it: a chapter for each folder of
`delphi/statistics`, a section for each of its modules. An undefined figure is empty and carries a reason, such as
`no_ratings`; it is never 0. This page is written by `make methods`.
"""


def sections(docstring: str) -> dict[str, str]:
    """Split a numpydoc docstring into its summary ("") and named sections."""
    parts = re.split(r"^(\w+)\n-+\n", docstring, flags=re.MULTILINE)
    return {"": parts[0].strip()} | {name: text.strip() for name, text in zip(parts[1::2], parts[2::2], strict=True)}


def entry(name: str, docstring: str) -> str:
    """One measure as an entry of the page."""
    parts = sections(docstring)
    lines = [f"#### `{name}`", "", " ".join(parts[""].split())]
    for section, label in LABELS.items():
        if section in parts:
            text = re.sub(r"^\.\. \[\d+\] ", "", parts[section], flags=re.MULTILINE)
            if section == "Returns" and "\n" in text:
                text = text.split("\n", 1)[1]  # the first line is the type
            lines += ["", f"*{label}.* {' '.join(text.split())}"]
    return "\n".join(lines)


def title(module: ModuleType) -> str:
    """First line of a module's docstring, without its reference to the design and its full stop."""
    return re.sub(r" \(METHOD [^)]*\)", "", (module.__doc__ or "").splitlines()[0]).rstrip(".")


def measures(module: ModuleType) -> list[str]:
    """Entries of the measures that `delphi.statistics` offers from a module, in the order in which they stand there."""
    public = vars(import_module("delphi.statistics"))
    return [
        entry(name, inspect.getdoc(value) or "")
        for name, value in vars(module).items()
        if public.get(name) is value and inspect.getmodule(value) is module and not inspect.isclass(value)
    ]


def chapter(name: str) -> Iterator[str]:
    """Heading of a chapter, and of each of its modules with the measures there."""
    yield f"## {title(import_module(f'delphi.statistics.{name}'))}"
    for module in (import_module(f"delphi.statistics.{name}.{module}") for module in CHAPTERS[name]):
        yield "\n\n".join([f"### {title(module)}", *measures(module)])


def page() -> str:
    """The whole page."""
    return "\n\n".join([INTRODUCTION.strip(), *(part for name in CHAPTERS for part in chapter(name))]) + "\n"


if __name__ == "__main__":
    sys.path.insert(0, str(HERE.parent))
    (HERE / "methods.md").write_text(page(), encoding="utf-8")

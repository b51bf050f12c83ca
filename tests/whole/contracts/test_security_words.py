"""Each sentence of SECURITY.md is numbered, and each number names tests that exist and run."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
SENTENCES, _, TABLE = PAGE.partition("## Kept by")
NUMBERED = re.compile(r"\[(\d+)\]")
KEPT_BY = re.findall(r"^\| (\d+) \| `(.+)` \|$", TABLE, re.MULTILINE)
NEVER_RUN = {"skip", "skipif", "xfail"}


def items(page: str) -> list[str]:
    """Every entry of a list, on one line."""
    return [" ".join(item.split()) for item in re.findall(r"^- ((?:.|\n(?!\n|- |#))+)", page, re.MULTILINE)]


def unnumbered(page: str) -> list[str]:
    """The sentences after which no number stands."""
    return [item for item in items(page) if re.search(r"\.(?! \[\d+\])( [A-Z]|$)", item) or not NUMBERED.search(item)]


def not_run(test: str) -> str | None:
    """Say why a test keeps nothing: it is not there, or it is not run."""
    path, _, name = test.partition("::")
    if not (ROOT / path).is_file():
        return "no such file"
    module = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    found = [node for node in module.body if isinstance(node, ast.FunctionDef) and node.name == name]
    marks = [
        node for node in module.body if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "pytestmark"
    ]
    if not found:
        return "no such test"
    parts = [*found, *marks]
    named = {node.attr for part in parts for node in ast.walk(part) if isinstance(node, ast.Attribute)}
    return "is not always run" if named & NEVER_RUN else None


def test_every_sentence_has_a_number():
    assert len(items(SENTENCES)) > 25
    assert unnumbered(SENTENCES) == []


def test_every_number_has_a_test_and_no_test_is_left_over():
    assert {n for n, _ in KEPT_BY} == set(NUMBERED.findall(SENTENCES))
    assert len(TABLE.strip().splitlines()) == len(KEPT_BY) + 4


@pytest.mark.parametrize("test", sorted({test for _, test in KEPT_BY}))
def test_the_test_of_a_sentence_exists_and_runs(test):
    assert not_run(test) is None


@pytest.mark.parametrize(
    ("test", "reason"),
    [
        ("no/such/file.py::test_a", "no such file"),
        ("tests/whole/contracts/test_security_words.py::test_nothing", "no such test"),
        ("tests/whole/contracts/test_security_words.py::PAGE", "no such test"),
    ],
)
def test_a_wrong_name_is_found(test, reason):
    assert not_run(test) == reason


@pytest.mark.parametrize("page", ["- One. [1] Two.", "- One. Two. [2]", "- One."])
def test_a_sentence_without_a_number_is_found(page):
    assert unnumbered(page)
    assert unnumbered("- One. [1] Two\n  lines. [2]") == []

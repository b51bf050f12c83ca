"""Rules that the source keeps: one commit, one lock, no trusted text."""

import ast
import re
from pathlib import Path

import delphi

ROOT = Path(delphi.__file__).parent.parent
SOURCES = [path for package in ("delphi", "rounds", "exports") for path in sorted((ROOT / package).rglob("*.py"))]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


def calls(path: Path) -> list[str]:
    """Name the methods that a module calls, and the keywords that it passes."""
    names = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            names += [keyword.arg for keyword in node.keywords if keyword.arg]
            if isinstance(node.func, ast.Attribute):
                names.append(node.func.attr)
    return names


def modules_with(name: str) -> set[str]:
    return {str(path.relative_to(ROOT)) for path in SOURCES if name in calls(path)}


def test_no_date_is_written_in_a_way_that_only_linux_knows():
    odd = re.compile(r"%[-#_][a-zA-Z]")  # strftime of one C library
    assert odd.search(f"{'%'}-d %B")
    assert [str(path) for path in SOURCES if odd.search(path.read_text(encoding="utf-8"))] == []


def test_only_the_edge_commits():
    assert modules_with("commit") == {"delphi/database.py"}


SAVING = {
    "rounds/participation/holding.py",
    "rounds/questionnaire/keeping.py",
}  # loads no object, so has none to refresh


def test_a_row_is_locked_by_the_helper_by_saves_and_queues():
    assert modules_with("with_for_update") - modules_with("skip_locked") == {"delphi/database.py", *SAVING}


def test_forms_write_named_attributes():
    assert modules_with("populate_obj") == set()


def test_only_the_clock_reads_this_machines_time():
    reading = re.compile(r"datetime\.now\(|date\.today\(|utcnow\(|time\.time\(")
    found = {str(path.relative_to(ROOT)) for path in SOURCES if reading.search(path.read_text(encoding="utf-8"))}
    assert found == {"delphi/clock.py"}


def test_templates_trust_no_text():
    text = {path.name: path.read_text(encoding="utf-8") for path in TEMPLATES}
    assert not [name for name, source in text.items() if re.search(r"\|\s*safe\b|autoescape false", source)]
    assert not [
        name
        for name, source in text.items()
        if name != "letter.html"  # a mail has no style sheet
        and re.search(r"\sstyle=|\son\w+=\"|<script(?![^>]* src=)", source)
    ]


def test_no_module_marks_text_as_trusted():
    assert not [path for path in SOURCES if re.search(r'\bMarkup\((?!["\'])', path.read_text(encoding="utf-8"))]


def test_what_is_refused_is_said_in_texts_of_the_catalogues():
    """A text put together of pieces has no translation."""
    refusals = {"Refused", "BadInput", "RoundClosed", "KeyReused", "BadBundle", "Issue"}
    composed = [
        f"{path.name}:{node.lineno}"
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in refusals
        for argument in node.args
        if isinstance(argument, ast.JoinedStr)
    ]
    assert composed == []

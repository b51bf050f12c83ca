"""The few places that reach answers: the person's own, saving, the seal, whether there is an answer, and what writes rows."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
ANSWERS = {"Rating", "Comment", "ChangeReason", "StatementProposal"}
OWN = {
    "delphi/people/personal_data.py",
    "exports/personal/feedback.py",
    "rounds/participation/withdrawal.py",
    "rounds/questionnaire/cards.py",
    "rounds/questionnaire/outcomes.py",
    "rounds/questionnaire/suggesting.py",
}
SAVING = {"rounds/questionnaire/saving.py"}
SEAL = {f"rounds/seal/{name}.py" for name in ("counting", "matrices", "sealing", "texts")}
WHETHER = {"delphi/progress.py", "delphi/people/severing.py"}
WRITING = {"exports/bundle/importing.py"}
SUGGESTED = {
    "delphi/statements/editing.py",
    "rounds/revision/lineage.py",
}  # where the statement of a suggestion came from


def read_by(source):
    """Names of tables of answers that a module imports."""
    imports = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ImportFrom)]
    return {alias.name for node in imports for alias in node.names if (node.module or "").startswith("delphi.model")}


def readers():
    paths = [path for name in ("delphi", "rounds", "exports") for path in (ROOT / name).rglob("*.py")]
    return {str(path.relative_to(ROOT)) for path in paths if ANSWERS & read_by(path.read_text())}


def test_answers_are_reached_from_few_places():
    assert readers() - OWN - SAVING - SEAL - WHETHER - WRITING - SUGGESTED == set()


def test_nothing_that_reports_reads_an_answer():
    reporting = (
        "exports/record",
        "exports/reports",
        "exports/figures",
        "exports/results",
        "exports/files",
        "exports/data",
    )
    assert [path for path in readers() if path.startswith(reporting)] == []


@pytest.mark.parametrize(
    "line", ["from delphi.model.rating import Rating", "from delphi.model.rating import Comment as C"]
)
def test_an_import_of_answers_is_found(line):
    assert ANSWERS & read_by(line)

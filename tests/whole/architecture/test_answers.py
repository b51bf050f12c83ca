"""Answers are reached through few modules: the person's own, saving, the seal, and whether there is an answer at all.

Read from the sources: whoever imports a table of answers, or names it in SQL, is in `rounds.seal` or stands in `PLACES`.
Deleting a whole study goes over all tables without naming one (`delphi.studies.retention`).
"""

import ast
import re
from pathlib import Path

import pytest

import delphi

ROOT = Path(delphi.__file__).parent.parent
SOURCES = [path for package in ("delphi", "rounds", "exports") for path in sorted((ROOT / package).rglob("*.py"))]
CLASSES = {"Rating", "Comment", "ChangeReason", "StatementProposal"}
SQL = re.compile(r'\b(?:FROM|INTO|UPDATE|JOIN)\s+"?(?:rating|comment|change_reason|proposal)\b')
PLACES = {
    "the person's own": {
        "rounds.questionnaire.cards",
        "rounds.questionnaire.outcomes",
        "rounds.participation.withdrawal",
        "delphi.people.own_answers",
        "delphi.people.personal_data",
        "exports.personal.feedback",
        "delphi.handed_links",  # narrows every query on a person's own answers
    },
    "saving": {"rounds.questionnaire.keeping", "rounds.questionnaire.suggesting"},
    "whether, never which": {"delphi.progress"},
    "how long what was released is, never what it says": {"delphi.statements.duration"},
    "writing alone": {"delphi.statements.editing"},
}
ALLOWED = set().union(*PLACES.values())
SEAL = "rounds.seal."  # the capability that counts, and reads texts by ticket
READING = {"select", "scalars", "get", "get_one", "query"}


def dotted(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def reaches(tree: ast.AST) -> set[str]:
    """Name the tables of answers that a module imports, reads as attributes of the model, or names in SQL."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("delphi.model"):
            found |= {alias.name for alias in node.names} & CLASSES
        elif isinstance(node, ast.Attribute) and node.attr in CLASSES:
            found.add(node.attr)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL.search(node.value):
            found.add("SQL")
        elif isinstance(node, ast.Subscript) and ast.unparse(node.value).endswith("metadata.tables"):
            found.add("metadata")
    return found


TREES = {
    dotted(path): ast.parse(path.read_text(encoding="utf-8"))
    for path in SOURCES
    if not dotted(path).startswith(("delphi.model", "delphi.migrations"))
}
REACHING = {name for name, tree in TREES.items() if reaches(tree)}


def test_answers_are_reached_through_the_named_modules_alone():
    assert sorted(name for name in REACHING - ALLOWED if not name.startswith(SEAL)) == []


def test_every_named_module_reaches_answers():
    assert sorted(ALLOWED - REACHING) == []


@pytest.mark.parametrize("module", sorted(PLACES["writing alone"]))
def test_who_only_writes_asks_for_no_answer(module):
    calls = [node for node in ast.walk(TREES[module]) if isinstance(node, ast.Call)]
    asking = [call for call in calls if getattr(call.func, "attr", getattr(call.func, "id", "")) in READING]
    named = {node.id for call in asking for node in ast.walk(call) if isinstance(node, ast.Name)}
    assert named & CLASSES == set()


def test_the_texts_of_the_seal_are_read_by_no_person():
    """`rounds.seal.texts` counts authors and joins them, and selects none."""
    calls = [node for node in ast.walk(TREES["rounds.seal.texts"]) if isinstance(node, ast.Call)]
    selected = [ast.unparse(a) for call in calls if getattr(call.func, "id", "") == "select" for a in call.args]
    assert len(selected) > 8
    assert [a for a in selected if a.endswith(".panelist")] == []


def test_progress_reads_no_value_and_no_text():
    attributes = {node.attr for node in ast.walk(TREES["delphi.progress"]) if isinstance(node, ast.Attribute)}
    assert {"given", "panelist"} <= attributes
    assert attributes & {"value", "kind", "text", "released_text"} == set()


@pytest.mark.parametrize(
    "source",
    [
        "from delphi.model.rating import Moderation, Rating",
        "from delphi.model import rating\nquery = select(rating.Comment)",
        "session.execute(text('SELECT value FROM rating WHERE round = 1'))",
        "table = Base.metadata.tables['comment']",
    ],
)
def test_a_module_that_reaches_answers_is_found(source):
    assert reaches(ast.parse(source))


@pytest.mark.parametrize(
    "source",
    ["from delphi.model.rating import Moderation", '"""Kept from the rating of a round."""', "rows.proposal = 3"],
)
def test_a_module_that_does_not_is_not(source):
    assert not reaches(ast.parse(source))

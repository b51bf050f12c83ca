"""In every capability: pages may use forms and operations, forms operations, and operations neither.

Read from the imports, since a layers contract cannot say "the rest". A capability is a folder of a package; `delphi/web` is none:
all of it belongs to the pages.
"""

import ast
from pathlib import Path

import pytest

import delphi

ROOT = Path(delphi.__file__).parent.parent
PACKAGES = ("delphi", "rounds", "exports")
SOURCES = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
RANKS = {"pages": 2, "forms": 1}
ASKING = {"select", "exists", "execute", "scalars", "scalar", "query"}


def dotted(path: Path) -> str:
    """Name a module as it is imported."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def kind_of(module: str) -> str:
    """Say what a module is in its capability: pages, forms or an operation."""
    words = module.split(".")
    return next((word for word in ("pages", "forms") if word in words[2:]), "operation")


def capability_of(module: str) -> str:
    """Name the folder of a module: the second word of its name."""
    return ".".join(module.split(".")[:2])


def imports_of(tree: ast.AST) -> set[str]:
    """List the modules that a module imports."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names & TREES.keys()


def upward(module: str, tree: ast.AST) -> list[str]:
    """List the imports that go from forms to pages, or from an operation to forms or pages, in one capability."""
    rank = RANKS.get(kind_of(module), 0)
    return sorted(
        name
        for name in imports_of(tree)
        if capability_of(name) == capability_of(module) and RANKS.get(kind_of(name), 0) > rank
    )


def queries(tree: ast.AST) -> list[int]:
    """List the lines in which a module asks the database by a query of its own."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [call.lineno for call in calls if name_of(call) in ASKING]


def name_of(call: ast.Call) -> str:
    """Name the function or method that is called."""
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def blueprint_of(tree: ast.AST) -> str | None:
    """Name the blueprint that a module makes."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and name_of(node) == "Blueprint"]
    return ast.literal_eval(calls[0].args[0]) if calls else None


def expected_name(module: str) -> str:
    """Name the blueprint as its module, or as its capability where this has one module of pages."""
    words = module.split(".")
    return words[-2] if words[-1] == "pages" else words[-1]


TREES = {dotted(path): ast.parse(path.read_text(encoding="utf-8")) for path in SOURCES}
PAGES = {name: tree for name, tree in TREES.items() if kind_of(name) == "pages"}
DOORS = {module for module in TREES if capability_of(module) == "delphi.web"}


@pytest.mark.parametrize("package", PACKAGES)
def test_operations_know_no_forms_and_forms_no_pages(package):
    inner = {name: tree for name, tree in TREES.items() if name.startswith(f"{package}.") and name not in DOORS}
    assert {name: found for name, tree in inner.items() if (found := upward(name, tree))} == {}


@pytest.mark.parametrize("package", PACKAGES)
def test_no_page_asks_the_database_itself(package):
    pages = {name: tree for name, tree in PAGES.items() if name.startswith(f"{package}.")}
    assert pages
    assert {name: lines for name, tree in pages.items() if (lines := queries(tree))} == {}


def test_a_blueprint_is_named_after_its_module():
    named = {name: blueprint_of(tree) for name, tree in PAGES.items() if not (ROOT / name.replace(".", "/")).is_dir()}
    assert len(named) > 25
    assert {name: blueprint for name, blueprint in named.items() if blueprint != expected_name(name)} == {}


@pytest.mark.parametrize(
    ("module", "text", "found"),
    [
        ("rounds.moderation.rulings", "from rounds.moderation import forms", ["rounds.moderation.forms"]),
        ("delphi.people.forms", "import delphi.people.pages.roster", ["delphi.people.pages.roster"]),
        ("rounds.moderation.pages", "from rounds.moderation import forms, rulings", []),
        ("rounds.moderation.forms", "from rounds.moderation.rulings import Ruling", []),
        ("rounds.questionnaire.answer_sheet", "from rounds.questionnaire.paging import pages", []),
    ],
)
def test_an_import_that_goes_up_is_found(module, text, found):
    assert upward(module, ast.parse(text)) == found


@pytest.mark.parametrize("text", ["rows = session.scalars(select(Round))", "session.execute(query)"])
def test_a_query_is_found(text):
    assert queries(ast.parse(text)) != []

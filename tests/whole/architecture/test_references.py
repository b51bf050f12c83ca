"""Every reference in code, templates, tests, pages and settings leads to a place that is there.

A reference is a page of docs/design in capitals with the number of a section, a page of a panelist at the start of a docstring (P13),
the number of an ADR, a link of a Markdown page, a path below docs, tests or bench, or the name of a test.
"""

import re
from functools import cache
from pathlib import Path

import pytest

import delphi

ROOT = Path(delphi.__file__).parent.parent
DESIGN = ROOT / "docs" / "design"
MADE = {"build", "dist", "htmlcov", "mutants", "node_modules", "pictures", "site", "venv", "__pycache__"}
SUFFIXES = {"", ".R", ".cfg", ".css", ".html", ".js", ".mako", ".md", ".po", ".py", ".toml", ".txt", ".typ", ".yml"}
NUMBER = r"E?\d+(?:\.\d+)*"
LIST = r"{0}(?:(?:, and |, | and | to ){0})*"
SECTION = re.compile(
    r"\b(ARCHITECTURE|EXPERIENCE|LIBRARIES|METHOD|REPORTING|TRUST)\s+(?:#\s+)?(" + LIST.format(NUMBER) + ")"
)
PAGE = re.compile(r'"""(' + LIST.format(r"P\d+") + "):")
DECISION = re.compile(r"\bADR\s+(\d+)\b")
PATH = re.compile(r"(?<![\w/.-])((?:docs|tests|bench)/[\w/-]+\.(?:md|py|png|json))\b|\b([A-Z]{4,}\.md)\b")
TEST = re.compile(r"\b(test_\w+)(\.py)?\b")
LINK = re.compile(r"\]\(([^)\s]+)\)")
ANCHOR = re.compile(r'<a id="([^"]+)"></a>')
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
NUMBERED = re.compile(r'^#+ <a id="([^"]+)"></a>([\d.]+) ', re.MULTILINE)


@cache
def texts() -> dict[Path, str]:
    """Read every text file of the repository."""
    files = [path for path in ROOT.rglob("*") if path.suffix in SUFFIXES and _ours(path.relative_to(ROOT))]
    return {path: path.read_text(encoding="utf-8") for path in sorted(files) if path.is_file()}


def _ours(path: Path) -> bool:
    top = path.parts[0]
    hidden = (top.startswith(".") and top != ".ci") or top in {"demo", "replay"}
    return not (hidden or MADE & set(path.parts) or any(part.endswith(".egg-info") for part in path.parts))


@cache
def anchors(page: Path) -> list[str]:
    """List the anchors of a Markdown page: those that are written, and those GitHub makes of headings."""
    if not page.is_file():
        return []
    text = page.read_text(encoding="utf-8")
    plain = [re.sub(r"<[^>]+>|`", "", title).strip().lower() for title in HEADING.findall(text)]
    return ANCHOR.findall(text) + [re.sub(r"[^\w\- ]", "", title).replace(" ", "-") for title in plain]


def lost_sections(text: str) -> list[str]:
    """Name the sections of docs/design that a text refers to and that are not there."""
    cited = [(page.lower(), one) for page, all_ in SECTION.findall(text) for one in re.findall(NUMBER, all_)]
    cited += [("experience", one) for all_ in PAGE.findall(text) for one in re.findall(r"P\d+", all_)]
    return [f"{page} {one}" for page, one in cited if one.replace(".", "-") not in anchors(DESIGN / f"{page}.md")]


def lost_decisions(text: str) -> list[str]:
    """Name the ADRs that a text refers to and that are not there."""
    return [n for n in DECISION.findall(text) if not list((ROOT / "docs" / "adr").glob(f"{int(n):04d}-*.md"))]


def lost_paths(text: str) -> list[str]:
    """Name the files that a text refers to and that are not there."""
    paths = [below or top for below, top in PATH.findall(text)]
    return [path for path in paths if not (ROOT / path).exists()]


def lost_links(text: str, page: Path) -> list[str]:
    """Name the links of a Markdown page that lead nowhere within the repository."""
    here = [link for link in LINK.findall(text) if not re.match(r"[a-z]+:", link)]
    return [link for link in here if not _leads(link, page)]


def _leads(link: str, page: Path) -> bool:
    path, _, anchor = link.partition("#")
    target = page.parent / path if path else page
    return target.exists() and (not anchor or anchor in anchors(target))


def lost_tests(text: str) -> list[str]:
    """Name the tests that a text refers to and that are not there."""
    code = "\n".join(source for path, source in texts().items() if path.suffix == ".py")
    files = {path.name for path in texts()}
    named = TEST.findall(text)
    missing = {name for name, end in named if not end and f"def {name}(" not in code}
    return sorted(missing | {name + end for name, end in named if end and name + end not in files})


def found(lost, *suffixes: str) -> dict[str, list[str]]:
    """Give what is lost, by file."""
    chosen = {path: text for path, text in texts().items() if not suffixes or path.suffix in suffixes}
    return {str(path.relative_to(ROOT)): names for path, text in chosen.items() if (names := lost(text))}


def test_every_section_that_is_cited_exists():
    assert found(lost_sections) == {}


def test_sections_are_cited_in_more_than_a_hundred_places():
    assert sum(len(SECTION.findall(text)) for path, text in texts().items() if path.suffix == ".py") > 100


def test_every_decision_that_is_cited_exists():
    assert found(lost_decisions) == {}


def test_every_path_that_is_named_exists():
    assert found(lost_paths) == {}


@pytest.mark.parametrize("page", [path for path in texts() if path.suffix == ".md"], ids=lambda path: path.name)
def test_every_link_of_a_page_leads_somewhere(page):
    assert lost_links(texts()[page], page) == []


def test_every_test_that_a_page_names_exists():
    assert found(lost_tests, ".md") == {}


@pytest.mark.parametrize("page", sorted(DESIGN.glob("*.md")), ids=lambda path: path.name)
def test_an_anchor_stands_once_and_is_its_number(page):
    text = page.read_text(encoding="utf-8")
    assert len(ANCHOR.findall(text)) == len(set(ANCHOR.findall(text)))
    assert [(anchor, number) for anchor, number in NUMBERED.findall(text) if anchor != number.replace(".", "-")] == []


@pytest.mark.parametrize(
    ("lost", "text"),
    [
        (lost_sections, "(TRU" + "ST 8.2, 99.1)"),
        (lost_sections, "METH" + "OD\n    # 77"),
        (lost_sections, "LIBRA" + "RIES 1.6"),
        (lost_sections, '""' + '"P1 to P99: a page."""'),
        (lost_decisions, "as AD" + "R 99 says"),
        (lost_paths, "see doc" + "s/nowhere.md"),
        (lost_paths, "see NOWHE" + "RE.md"),
        (lost_tests, "`test" + "_that_nobody_wrote`"),
        (lost_tests, "`test" + "_nowhere.py`"),
    ],
)
def test_a_made_up_reference_is_found(lost, text):
    assert len(lost(text)) == 1


@pytest.mark.parametrize("link", ["nowhere.md", "trust.md#99", "#99", "../../docs/nothing.png"])
def test_a_made_up_link_is_found(link):
    assert lost_links(f"[there]({link}) and [here](trust.md#8-2-10)", DESIGN / "README.md") == [link]

"""PDFs read by pikepdf: what PDF/UA-1 asks of the structure of a file, apart from the program that wrote it.

Checked: the file says that it is tagged and PDF/UA-1, has a language and shows its title; every mark on every page is
either an artifact or content that hangs in the tree of tags, and the tree names no content that is not there; headings
begin at 1 and skip no level; tables are made of rows of cells, with a scope for each head, each row as wide as the head, and
headers for each cell; pictures have an alternative text; fonts are in the file and tell which letters they print; nothing
runs, is encrypted or asks for input.

Not checked, since a machine cannot or these files have none: whether the order and the texts make sense, contrast, links,
forms, lists, notes, media, and the inner rules of fonts that veraPDF tests (it cannot be installed from the registries this
project uses).
"""

import io
from collections import Counter

import pikepdf
import played
import pytest
from databases import Template
from sqlalchemy import select

from delphi.database import Database
from delphi.letters.values import Words
from delphi.model.panel import Panelist
from exports.files.orders import Order, exhibit_of
from exports.formats import FORMATS
from exports.personal.document import DocumentFacts, document_for
from exports.record.reader_profile import Profile
from rounds.questionnaire.outcomes import outcomes_of_round

PAINTING = {"Tj", "TJ", "'", '"', "Do", "EI", "sh", "f", "F", "f*", "B", "B*", "b", "b*", "S", "s"}
ARTIFACT = "/Artifact"
ORDERS = {
    "table": Order("journal", "pdf", Profile.PUBLIC),
    "wide table": Order("journal-groups", "pdf", Profile.ANALYST),
    "long table": Order("stability", "pdf", Profile.ANALYST),
    "document": Order("text", "pdf", Profile.AUTHOR),
    "figure": Order("figure-stacked", "pdf", Profile.PUBLIC),
    "flow": Order("figure-flow", "pdf", Profile.PUBLIC),
}


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """The files of one study, and the document of one panelist; a file is the same on either engine."""
    with Template("sqlite", tmp_path_factory.mktemp("tags")).copy() as url:
        database = Database(url)
        with database.transaction() as session:
            study = played.play(session, "tags", panelists=40, rounds=2, **played.COS)
            made = {name: exhibit_of(session, study, order) for name, order in ORDERS.items()}
            who = session.scalars(select(Panelist).filter_by(study_id=study.id)).first()
            facts = DocumentFacts(study.title, study.notice, study.smallest_cell, "", 2, "3 March 2027", "Ada Example")
            outcomes = outcomes_of_round(session, study, who, 2)
            made["personal"] = document_for(facts, outcomes, {}, Words("en"))
        database.engine.dispose()
    return {name: written(exhibit) for name, exhibit in made.items()}


def written(exhibit):
    stream = io.BytesIO()
    FORMATS["pdf"].write(exhibit, stream)
    return stream.getvalue()


@pytest.fixture(params=[*ORDERS, "personal"])
def file(request, files):
    with pikepdf.open(io.BytesIO(files[request.param])) as opened:
        yield opened


class Tag:
    """An element of the tree of tags: its kind, its elements, and the content it holds as (page, number)."""

    def __init__(self, element, roles, page=None):
        self.element = element
        self.kind = str(roles.get(element.S, element.S)).lstrip("/")
        page = element.get("/Pg", page)
        self.tags, self.content = [], []
        kids = element.get("/K", [])
        for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
            if isinstance(kid, int):
                self.content.append((page.objgen, int(kid)))
            elif kid.get("/Type") == "/MCR":
                self.content.append((kid.get("/Pg", page).objgen, int(kid.MCID)))
            elif "/S" in kid:
                self.tags.append(Tag(kid, roles, page))

    def __iter__(self):
        yield self
        for tag in self.tags:
            yield from tag

    def attribute(self, name):
        """Look an attribute up, whoever owns it."""
        given = self.element.get("/A", [])
        for owner in given if isinstance(given, pikepdf.Array) else [given]:
            if isinstance(owner, pikepdf.Dictionary) and name in owner:
                return owner[name]
        return None


def tree(file):
    root = file.Root.StructTreeRoot
    roles = dict(root.get("/RoleMap", {}).items())
    kids = root.K if isinstance(root.K, pikepdf.Array) else [root.K]
    return [Tag(kid, roles) for kid in kids]


def tags(file, *kinds):
    """Every element, or those of some kinds."""
    return [tag for top in tree(file) for tag in top if not kinds or tag.kind in kinds]


def test_the_file_says_what_it_is(file):
    root = file.Root
    assert root.MarkInfo.Marked is True
    assert not root.MarkInfo.get("/Suspects", False)
    assert str(root.Lang) == "en"
    assert root.ViewerPreferences.DisplayDocTitle is True
    with file.open_metadata() as about:
        assert about["pdfuaid:part"] == "1"
        assert about["dc:title"]
    assert not file.is_encrypted
    assert not {"/OpenAction", "/AA", "/AcroForm"} & set(root.keys())
    assert "/JavaScript" not in root.get("/Names", {})


def marks(page):
    """Every mark of a page with the content it belongs to: an artifact, a number, or None for neither."""
    stack, found = [], []
    for operands, operator in pikepdf.parse_content_stream(page):
        said = str(operator)
        if said in ("BDC", "BMC"):
            facts = operands[1] if said == "BDC" else {}
            number = facts.get("/MCID") if isinstance(facts, pikepdf.Dictionary) else None
            stack.append(ARTIFACT if str(operands[0]) == ARTIFACT else None if number is None else int(number))
        elif said == "EMC":
            stack.pop()
        elif said in PAINTING:
            found.append(next((one for one in reversed(stack) if one is not None), None))
    assert not stack
    return found


def test_every_mark_is_an_artifact_or_hangs_in_the_tree_once(file):
    held = Counter(content for tag in tags(file) for content in tag.content)
    assert set(held.values()) == {1}
    seen = set()
    for page in file.pages:
        found = marks(page)
        assert found
        assert None not in found
        seen |= {(page.obj.objgen, number) for number in found if number != ARTIFACT}
    assert seen <= set(held)
    assert {page for page, _ in held} == {page for page, _ in seen}


def test_a_mark_outside_the_tags_is_found(files):
    with pikepdf.open(io.BytesIO(files["table"])) as opened:
        page = opened.pages[0]
        assert None not in marks(page)
        page.contents_add(b"0 0 m 9 9 l S")
        assert None in marks(page)


def test_headings_begin_at_one_and_skip_none(file):
    levels = [int(tag.kind[1:]) for tag in tags(file, *(f"H{n}" for n in range(1, 7)))]
    steps = zip([0, *levels], levels, strict=False)
    assert all(level <= before + 1 for before, level in steps)
    assert levels[:1] in ([1], [])  # a figure alone has no heading
    assert bool(levels) != (not tags(file, "Table", "P"))


def widths(rows):
    """Columns that each row fills, with the cells that reach down into it."""
    above = []
    for row in rows:
        cells = [[int(cell.attribute(name) or 1) for name in ("/ColSpan", "/RowSpan")] for cell in row.tags]
        yield sum(wide for wide, _ in (*cells, *above))
        above = [(wide, high - 1) for wide, high in (*cells, *above) if high > 1]


def test_tables_have_rows_of_cells_under_heads_with_a_scope(file):
    for table in tags(file, "Table"):
        parts = [tag for tag in table.tags if tag.kind != "Caption"]
        assert {part.kind for part in parts} <= {"THead", "TBody", "TR"}
        rows = [tag for tag in table if tag.kind == "TR"]
        assert all(cell.kind in ("TH", "TD") for row in rows for cell in row.tags)
        assert len(set(widths(rows))) == 1
        heads = [tag for tag in table if tag.kind == "TH"]
        assert heads
        assert all(str(head.attribute("/Scope")) in ("/Column", "/Row", "/Both") for head in heads)
        names = {bytes(head.element.ID) for head in heads}
        for cell in (tag for tag in table if tag.kind == "TD"):
            assert {bytes(name) for name in cell.attribute("/Headers")} <= names
            assert len(cell.attribute("/Headers"))


def test_pictures_have_their_sentence_and_their_place(file):
    for figure in tags(file, "Figure"):
        assert len(str(figure.element.Alt)) > 20
        assert len(figure.attribute("/BBox")) == 4


def test_what_a_file_is_about_is_tagged_as_that(files):
    kinds = {}
    for name, data in files.items():
        with pikepdf.open(io.BytesIO(data)) as opened:
            kinds[name] = {tag.kind for tag in tags(opened)}
    assert {"H1", "Table", "TR", "TH", "TD", "P"} <= kinds["table"]
    assert {"H1", "H2", "P", "Table"} <= kinds["document"]
    assert "Figure" in kinds["figure"]
    assert {"H1", "H2", "P", "Figure", "Table"} <= kinds["personal"]


def fonts(holder, seen):
    """Fonts of a page and of whatever is drawn on it."""
    resources = holder.get("/Resources", {})
    yield from resources.get("/Font", {}).values()
    for drawn in resources.get("/XObject", {}).values():
        if drawn.objgen not in seen:
            seen.add(drawn.objgen)
            yield from fonts(drawn, seen)


def test_fonts_are_in_the_file_and_tell_their_letters(file):
    found = [font for page in file.pages for font in fonts(page.obj, set())]
    assert found
    for font in found:
        assert "/ToUnicode" in font
        inner = font.DescendantFonts[0] if "/DescendantFonts" in font else font
        assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(inner.FontDescriptor.keys())


def test_the_keyboard_follows_the_tags_where_there_is_something_to_reach(file):
    for page in file.pages:
        assert "/Annots" not in page.obj or str(page.obj.Tabs) == "/S"

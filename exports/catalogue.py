"""Everything that can be exported: one entry a report or a figure, with the profiles that may have it (REPORTING 1.1)."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from delphi.errors import Refused
from exports.figures import FIGURES
from exports.figures.draw import resized
from exports.formats import FORMATS, PRINTED
from exports.formats.base import Format
from exports.record.columns import by_statement, with_groups
from exports.record.consensus import from_rows
from exports.record.facts import StudyFacts
from exports.record.material import Material
from exports.record.reader_profile import Profile
from exports.record.record import Record, defined, hidden_notes, shown_cells
from exports.reports import (
    REPORTS,
    agreement,
    attrition,
    audit,
    checklist,
    comments,
    instrument,
    lineage,
    members,
    panel_table,
    participation,
    protocol,
    robustness,
    sensitivity,
    stability,
    styles,
    wide,
    writing,
)
from exports.reports.designed import paper
from exports.reports.designed.rounds import side_by_side
from exports.reports.recount import contradictions
from exports.reports.sentences.untranslated import noted
from exports.tables.document import Document, Exhibit, Figure, Heading
from exports.tables.house import PLAIN, House
from exports.tables.sparse import without_hidden
from exports.tables.suppression import suppress
from exports.tables.table import Table, rows_of

STYLED = (*PRINTED, "table", "svg", "png")
PAPERS = ("journal-table/1", "designed-table/1")
RECOUNTED = ("consensus-table/1", "journal-table/1")
PUBLIC, ANALYST, MANAGER, AUTHOR = Profile.PUBLIC, Profile.ANALYST, Profile.MANAGER, Profile.AUTHOR
STATISTICIAN = Profile.STATISTICIAN
Builder = Callable[[Record], Exhibit]


@dataclass(frozen=True)
class Entry:
    """One thing that can be exported.

    Attributes
    ----------
    raw
        Built from numbers that were not hidden yet: they are hidden afterwards, outside the analyst profile.
    long
        Takes seconds even of a small study, so that no page waits for it.
    page
        What page formats print instead, where the table itself is made for machines.
    kind
        What the builder gives.
    """

    label: str
    build: Builder
    profiles: tuple[Profile, ...] = (PUBLIC, ANALYST)
    raw: bool = False
    long: bool = False
    page: Builder | None = None
    kind: type[Exhibit] = Table

    @property
    def formats(self) -> dict[str, Format]:
        """Formats that can hold it."""
        return {key: format_ for key, format_ in FORMATS.items() if self.kind in format_.holds}


def _consensus(record: Record) -> Table:
    rows = [row for row in record.rows if record.by_group or row.is_panel]
    return replace(from_rows(rows, defined(record), notes=hidden_notes(record, rows)), split="round")


def _groups(record: Record) -> Table:
    """Compare groups: the consensus table by group, with effect sizes and tests beside the few figures they are about."""
    compared = with_groups(REPORTS["consensus"](Material(record.analysis, by_group=True)))
    if record.figures is None:
        return compared
    shown = shown_cells(record)
    rows = [row for row in compared.as_dicts() if (row["round"], row["statement"], row["group"]) in shown]
    return replace(compared, rows=rows_of(compared.columns, rows))


def _groups_printed(record: Record) -> Table:
    return by_statement(_groups(record))


def _report(record: Record) -> Document:
    """Write methods and results with their tables, and the figures that a paper prints."""
    drafted = writing.build(record)
    figures = [FIGURES[key].draw(record) for key in ("flow", "stacked", "change")]
    return replace(drafted, blocks=(*drafted.blocks, Heading("Figures"), *figures))


CATALOGUE: dict[str, Entry] = {
    "consensus": Entry("Consensus table", _consensus, page=styles.build),
    "journal": Entry("Consensus table as journals print it", styles.build, (PUBLIC, ANALYST, AUTHOR)),
    **{
        f"journal-{key}": Entry(f"The same: {styles.NAMES[key]}", styles.of(key), (PUBLIC, ANALYST, AUTHOR))
        for key in styles.STYLES
    },
    "tables": Entry("Tables of your own design", paper.document, (PUBLIC, ANALYST, AUTHOR), kind=Document),
    "wide": Entry("Consensus by statement, rounds side by side", wide.build, page=side_by_side),
    "stability": Entry("Change between rounds", stability.of_record, (ANALYST, STATISTICIAN)),
    "lineage": Entry("Statements and their changes", lineage.build, (PUBLIC, ANALYST, AUTHOR)),
    "participation": Entry(
        "Participants and response",
        participation.build,
        (PUBLIC, ANALYST, MANAGER, AUTHOR),
        raw=True,
        page=participation.page,
    ),
    "panel-table": Entry(
        "Characteristics of the panel (Table 1)", panel_table.build, (PUBLIC, ANALYST, MANAGER, AUTHOR)
    ),
    "groups": Entry("Groups compared", _groups, raw=True, page=_groups_printed),
    "sensitivity": Entry("Sensitivity to the definition", sensitivity.of_record, raw=True),
    "agreement": Entry(
        "Agreement of the panel over all statements", agreement.of_record, (ANALYST, STATISTICIAN), long=True
    ),
    "robustness": Entry("How firmly verdicts stand", robustness.of_record, (ANALYST,)),
    "attrition": Entry("Attrition", attrition.of_record, (ANALYST, STATISTICIAN)),
    "comments": Entry("Comments", comments.build, (ANALYST,)),
    "protocol": Entry("Protocol and amendments", protocol.build, (PUBLIC, ANALYST, AUTHOR), kind=Document),
    "members": Entry("Members of the panel who asked to be named", members.build, (MANAGER,)),
    "instrument": Entry("Instrument as the panel saw it", instrument.build, (PUBLIC, ANALYST, AUTHOR), kind=Document),
    "audit": Entry("Audit trail", audit.build),
    **{
        key: Entry(f"Checklist: {guideline.name}", checklist.of(guideline), (AUTHOR,))
        for key, guideline in checklist.GUIDELINES.items()
    },
    "text": Entry("Methods and results, drafted", _report, (AUTHOR,), kind=Document),
    **{
        f"figure-{key}": Entry(f"Figure: {drawing.label}", drawing.draw, drawing.profiles, kind=Figure)
        for key, drawing in FIGURES.items()
    },
}


def make(record: Record, key: str, format_: str) -> Exhibit:
    """Build one thing as a profile may have it; page formats get what is made for pages."""
    entry = CATALOGUE[key]
    build = entry.page if entry.page and format_ in PRINTED else entry.build
    exhibit = _in_house(build(record), record) if format_ in STYLED else build(record)
    for table in exhibit.tables if isinstance(exhibit, Document) else (exhibit,):
        _check(record, table)
    if entry.raw and record.profile in (PUBLIC, AUTHOR) and isinstance(exhibit, Table):
        exhibit = suppress(exhibit, record.study.smallest_cell)
    if isinstance(exhibit, Document):
        blocks = tuple(_dressed(b, record.study) if isinstance(b, Table | Figure) else b for b in exhibit.blocks)
        dressed = replace(exhibit, blocks=blocks, language=record.study.language, notice=record.study.notice)
        return noted(dressed, record)
    return noted(_dressed(exhibit, record.study), record)


def _in_house(exhibit: Exhibit, record: Record) -> Exhibit:
    """Put tables and figures into the house style that the study has chosen for its paper."""
    house = paper.Paper.of(record.study.paper).house
    if house is PLAIN:
        return exhibit
    if isinstance(exhibit, Document):
        blocks = tuple(_set(b, house) if isinstance(b, Table | Figure) else b for b in exhibit.blocks)
        return replace(exhibit, blocks=blocks)
    return _set(exhibit, house)


def _set(part: Table | Figure, house: House) -> Table | Figure:
    """Print a table as a journal does; make a figure as wide as its page."""
    if isinstance(part, Table):
        return replace(part, house=house)
    return replace(part, svg=resized(part.svg, house.widths[1]), data=replace(part.data, house=house))


def _check(record: Record, part: Exhibit) -> None:
    """Refuse a table with a figure that its own counts do not give, or that its rounding puts beside another verdict."""
    if (
        isinstance(part, Table)
        and part.schema in RECOUNTED
        and (wrong := contradictions(part, record.rows, record.definition))
    ):
        raise Refused(
            "%(n)s figures of this table do not follow from its counts; the first: %(first)s. Nothing was written. Tell "
            "whoever runs this server.",
            n=len(wrong),
            first=wrong[0],
        )


def _dressed(part: Table | Figure, study: StudyFacts) -> Table | Figure:
    """Put on a table what all files of a study say: its title, language, notice, and what was changed after data."""
    table = part.data if isinstance(part, Figure) else part
    marks = study.marks if table.definition else ()
    table = replace(
        table, subject=study.title, language=study.language, notice=study.notice, notes=(*table.notes, *marks)
    )
    if isinstance(part, Figure):
        return replace(part, data=table)
    return without_hidden(table) if table.schema in PAPERS else table

"""The command `delphi export`: any report, in any format, for any profile."""

import io
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from exports.cli.designed import design_from, table_options
from exports.record.reader_profile import Profile

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from delphi.model.study import Study
    from exports.files.orders import Order, WrittenFile
    from exports.tables.document import Exhibit


@click.command()
@click.argument("study", required=False)
@click.option("--report", default="consensus", show_default=True, help="Which report; --list names them all.")
@click.option("--format", "format_", default="csv", show_default=True, help="Which format; --list names them all.")
@click.option(
    "--profile",
    type=click.Choice([profile.value for profile in Profile]),
    help="Who the file is for; what they may not see is hidden.",
)
@click.option("--by-group", is_flag=True, help="A row for each group, too.")
@click.option("--round", "round_", type=int, help="One round only.")
@click.option("--language", help="Language of the statements, such as de; that of the source if left out.")
@click.option("--output", type=click.Path(dir_okay=False), help="A file; standard output if left out.")
@table_options
@click.option("--list", "list_", is_flag=True, help="List reports with their profiles and formats.")
def export(
    *,
    study: str | None,
    report: str,
    format_: str,
    profile: str | None,
    by_group: bool,
    round_: int | None,
    output: str | None,
    list_: bool,
    **rest: Any,
) -> None:
    """Write a report of a STUDY (its short name) from the database: nobody's name, and each export is an event."""
    from delphi.errors import Refused
    from exports.files.orders import Order

    if list_:
        _list()
        return
    if study is None:
        raise click.UsageError("Missing argument 'STUDY': the short name of a study.")
    if format_ == "journal":
        report, format_ = "text-table", "table"
    plain = design_from(rest["design"]) if rest["design"] else None
    if plain:
        report, format_ = "tables", "table" if format_ == "csv" else format_
    reader = Profile(profile) if profile else _usual_profile(report)
    order = Order(report, format_, reader, by_group, round_, rest["language"])
    try:
        _export(study, order, output, style=rest["style"], design=plain)
    except Refused as error:
        raise click.ClickException(str(error)) from None


def _usual_profile(report: str) -> Profile:
    """The analyst, or the first profile that has the report."""
    from exports.catalogue import CATALOGUE

    entry = CATALOGUE.get(report)
    return Profile.ANALYST if entry is None or Profile.ANALYST in entry.profiles else entry.profiles[0]


def _list() -> None:
    from exports.catalogue import CATALOGUE

    for key, entry in CATALOGUE.items():
        click.echo(f"{key}: {entry.label} (for {', '.join(entry.profiles)}; as {', '.join(entry.formats)})")


def _export(
    slug: str, order: "Order", output: str | None, *, style: str | None, design: Mapping[str, Any] | None
) -> None:
    """Read in one transaction, write the file, and log it in another."""
    from delphi import clock
    from delphi.migrations import checked_database
    from exports.bundle.source import study_called
    from exports.files import orders

    database = checked_database()
    try:
        with database.transaction(writing=False) as session:
            study = study_called(session, slug)
            if order.report == "text-table":
                click.echo(_journal(session, study, order.language))
                return
            paper = _paper(study.paper, style, design) if style or design else None
            exhibit = orders.exhibit_of(session, study, order, paper=paper)
        file = _written(exhibit, order, output)
        with database.transaction() as session:
            orders.log(session, study_called(session, slug), order, file, by=None, at=clock.now())
    finally:
        database.engine.dispose()


def _paper(kept: Mapping[str, Any], style: str | None, design: Mapping[str, Any] | None) -> dict[str, Any]:
    """The paper that a study keeps, with what was asked for in its place."""
    from exports.reports.designed.paper import Paper

    paper = Paper.of(kept)
    return Paper(style or paper.style, paper.tables if design is None else (design,)).as_dict()


def _written(exhibit: "Exhibit", order: "Order", output: str | None) -> "WrittenFile":
    from exports.files import orders
    from exports.formats import FORMATS

    if output:
        return orders.write(exhibit, order.format, Path(output))
    stream = io.BytesIO()
    FORMATS[order.format].write(exhibit, stream)
    click.echo(stream.getvalue(), nl=False)
    return orders.WrittenFile.of(orders.rows_in(exhibit), stream.getvalue())


def _journal(session: "Session", study: "Study", language: str | None) -> str:
    """Print the newest round as a journal sets it, for a terminal."""
    from sqlalchemy import select

    from delphi.errors import Refused
    from delphi.model.round import Round
    from exports.record.in_language import record_in
    from exports.reports.sentences.untranslated import note_of
    from exports.results import journal

    closed = select(Round).where(Round.study_id == study.id, Round.closed_at.is_not(None)).order_by(Round.number)
    rounds = session.scalars(closed).all()
    if not rounds:
        raise Refused("No round of this study is closed yet, so there is nothing to print.")
    record = record_in(session, study, language, round=rounds[-1].number)
    page = journal.page(record.rows, record.definition)
    texts = (*(row[name] for row in record.rows for name in ("text", "section")), page.definition, page.opt_out or "")
    notice = " ".join(filter(None, (study.notice, note_of(record.untranslated, texts))))
    return journal.as_text(page, title=f"{study.title}: round {rounds[-1].number}", notice=notice)


COMMANDS = (export,)

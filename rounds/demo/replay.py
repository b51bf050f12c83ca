"""From a file of ratings to a script: the same people give the same ratings over HTTP."""

import csv
import io
from collections.abc import Mapping
from pathlib import Path

import click

from delphi.consensus.shipped_scales import SCALES
from delphi.model.study import Harm
from delphi.sheets.errors import SheetError
from delphi.sheets.ratings import RatingsFile, read_ratings
from rounds.demo.bots import PlannedAnswers
from rounds.demo.script import Script

FACTS = {
    "template": "blank",
    "lead_name": "The study lead of the replay",
    "contact_email": "lead@example.org",
    "time_zone": "Europe/Amsterdam",
    "simulated": "y",
    "minimum_n": "1",
}


def script_of(path: Path, columns: str | None, scale: str, slug: str) -> Script:
    """The script of the study that a file of ratings tells."""
    file = _read(path, columns, scale)
    addresses = {panelist: f"p{n:04}@panel.example.org" for n, panelist in enumerate(everybody(file), 1)}
    people = [[panelist, address, file.groups.get(panelist, "")] for panelist, address in addresses.items()]
    statements = [[entry.name, entry.name, entry.kind, entry.section] for entry in file.statements]
    return Script(
        slug=slug,
        facts=FACTS | {"title": f"Replay of {path.name}", "scale": scale, "maximum_rounds": str(len(file.rounds))},
        panel=_csv(["name", "email", "group"], people),
        addresses=list(addresses.values()),
        rounds=len(file.rounds),
        sheets=lambda number: sheets_of(file, number, addresses),
        statements=_csv(["code", "text", "kind", "section"], statements),
        harm=Harm.NO,  # the answers were published: open rows
        finished="The file holds no further round.",  # and so they are here again
    )


def _read(path: Path, columns: str | None, scale: str) -> RatingsFile:
    if scale not in SCALES:
        raise click.UsageError(f"There is no scale “{scale}”; there are {', '.join(SCALES)}.")
    names = dict(pair.split("=", 1) for pair in columns.split(",")) if columns else {}
    sources = {name: tuple(text.split("+")) for name, text in names.items()}
    try:
        return read_ratings(path.read_bytes(), SCALES[scale].lo, SCALES[scale].hi, sources)
    except SheetError as error:
        for problem in error.errors:
            click.echo(f"{path}, {problem}", err=True)
        raise click.exceptions.Exit(2) from None


def everybody(file: RatingsFile) -> list[str]:
    """List the panelists of all rounds in the order of the file."""
    return list(dict.fromkeys(panelist for round_ in file.rounds for panelist in round_.panelists))


def sheets_of(file: RatingsFile, number: int, addresses: Mapping[str, str]) -> dict[str, PlannedAnswers]:
    """The answers of a round by address; who gave none in the file does not come."""
    round_ = file.rounds[number - 1]
    before = file.rounds[number - 2].answers if number > 1 else {}
    return {
        addresses[panelist]: PlannedAnswers(
            answers={s: (_option(round_.answers.get((panelist, s))), "") for s in round_.statements},
            before={s: _option(before.get((panelist, s))) for s in round_.statements} if number > 1 else {},
        )
        for panelist in round_.analysed
    }


def _option(answer: int | str | None) -> int | str | None:
    return "nq" if isinstance(answer, str) else answer


def _csv(head: list[str], rows: list[list[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([head, *rows])
    return text.getvalue().encode()

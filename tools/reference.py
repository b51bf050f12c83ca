"""The pages docs/reference/, written from the code: commands, settings, files, formats, columns. `make docs` runs it first."""

import inspect
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

import wsgi
from delphi import config
from delphi.consensus.shipped_scales import SCALES
from delphi.people.panel_files.heads import WORDS
from delphi.statements import heads as statement_heads
from delphi.statements.files import COLUMNS as STATEMENT_COLUMNS
from exports.catalogue import CATALOGUE
from exports.data.codebook import STATUSES
from exports.data.ratings import LONG
from exports.formats import FORMATS
from exports.record.columns import consensus_columns
from exports.tables.table import Column

FOLDER = Path(__file__).parents[1] / "docs" / "reference"
WRITTEN = "This page is written from the code by `make docs`."
PANEL = {
    "name": "the whole name of a person",
    "first": "the first name",
    "infix": "what stands between first and last name",
    "last": "the last name",
    "email": "the mail address",
    "group": "the stakeholder group",
}
STATEMENT = {
    "code": "a short name that stays for the whole study; given where it is left out",
    "text": "the statement, as the panel reads it",
    "kind": "statement or recommendation",
    "section": "the heading under which it stands",
    "help": "plain words below the statement",
    "evidence": "what is known, with its source",
    "round": "the round in which it enters; 1 where it is left out",
}


def page(title: str, *parts: str) -> str:
    """A page of Markdown."""
    return "\n\n".join([f"# {title}", WRITTEN, *parts]) + "\n"


def table(heads: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A table of Markdown."""
    lines = [list(heads), *(list(map(str, row)) for row in rows)]
    texts = [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines]
    return "\n".join([texts[0], "|" + "---|" * len(lines[0]), *texts[1:]])


def commands() -> str:
    """Every command with its options."""
    return page("Commands", *(_command(path, command) for path, command in each_command()))


def each_command() -> Iterator[tuple[str, click.Command]]:
    """Walk the commands by their whole name."""
    for name in sorted(wsgi.main.commands):
        command = wsgi.main.commands[name]
        if isinstance(command, click.Group):
            yield from ((f"{name} {inner}", command.commands[inner]) for inner in sorted(command.commands))
        else:
            yield name, command


def _command(path: str, command: click.Command) -> str:
    arguments = [one.human_readable_name for one in command.params if isinstance(one, click.Argument)]
    usage = " ".join(["delphi", path, *arguments])
    texts = inspect.cleandoc(command.help or "").replace("*", r"\*")
    options = [one for one in command.params if isinstance(one, click.Option) and not one.hidden]
    rows = [(f"`{' '.join(one.opts)}`{_value(one)}", one.help or "") for one in options]
    parts = [f"## `{usage}`", texts, *([table(("option", "what it does"), rows)] if rows else [])]
    return "\n\n".join(parts)


def _value(option: click.Option) -> str:
    if option.is_flag:
        return ""
    kind = option.metavar or option.type.name.upper()
    choices = f" ({', '.join(option.type.choices)})" if isinstance(option.type, click.Choice) else f" {kind}"
    shown = f", else {option.default}" if option.show_default and option.default is not None else ""
    return choices + shown


def settings() -> str:
    """Every setting."""
    said = (
        "A setting stands in the environment, in a file that `NAME_FILE` names, or in the TOML file that "
        f'`{config.FILE_OF_ALL}` names (`name = "value"`, in small letters). `delphi config` prints each with its value and source. '
        "A name that is none, or a wrong value, stops the start in one sentence."
    )
    rows = [
        (f"`{one.name}`", one.meaning + (" A secret." if one.secret else ""), _default(one)) for one in config.SETTINGS
    ]
    return page("Settings", said, table(("setting", "what it means", "where nothing is written"), rows))


def _default(setting: config.Setting) -> str:
    if setting.default is None:
        return "has to be set"
    return f"`{setting.default}`" if setting.default else "none"


def files() -> str:
    """What can be read in: statements, panel, ratings."""
    return page(
        "Files that are read",
        "Statements and panels come as CSV, as XLSX, or pasted. Separators, encodings and a title above the head are recognised; "
        "nothing is taken before a preview has shown every cell, and a file is taken whole or not at all.",
        "## Statements",
        table(
            ("column", "what stands there", "some of the heads that are known"),
            (
                (f"`{key}`", STATEMENT[key], ", ".join(statement_heads.WORDS[key].split("|")[:6]))
                for key in STATEMENT_COLUMNS
            ),
        ),
        "## Panel",
        "A column that is none of these is kept as a characteristic of the person, under its head.",
        table(
            ("column", "what stands there", "some of the heads that are known"),
            ((key, what, ", ".join(WORDS[key].split("|")[:6])) for key, what in PANEL.items()),
        ),
        "## Ratings, for `delphi analyse` and `delphi replay`",
        "Long: the columns panelist, statement and rating; round, group, kind and section may be added. Wide: a row a panelist (and "
        "round), a column a statement. A rating is a whole number, `NQ`, or blank. Files of `delphi data` are read, too.",
    )


def formats() -> str:
    """What can be written, and for whom."""
    kinds = [(key, one.label, f"`.{one.suffix}`") for key, one in FORMATS.items()]
    rows = [
        (f"`{key}`", entry.label, ", ".join(entry.profiles), ", ".join(entry.formats))
        for key, entry in CATALOGUE.items()
    ]
    return page(
        "Reports and formats",
        "`delphi export STUDY --report KEY --format FORMAT` writes what the page “Files” of a study offers, with the same bytes. A profile "
        "says who a file is for; what they may not see is hidden in it.",
        "## Formats",
        table(("format", "what it is", "ends in"), kinds),
        "## Reports and figures",
        table(("report", "what it is", "for", "as"), rows),
    )


def columns() -> str:
    """Columns of what is written."""
    scale = SCALES["agree4_nq"]
    return page(
        "Columns",
        "Names of columns never change with the language. An empty cell has its reason in the column `reasons`.",
        "## The consensus table",
        f"On the scale “{scale.name}”; on another one the columns `k_…` and `pct_…` are those of its options.",
        _columns(consensus_columns(scale)),
        "## Single ratings, long",
        "In studies whose level has them. `status` is one of: "
        + "; ".join(f"`{word}`, {meaning}" for word, meaning in STATUSES.items())
        + ".",
        _columns(LONG),
    )


def _columns(found: Iterable[Column]) -> str:
    return table(("column", "kind", "what it is"), ((f"`{one.name}`", one.type, one.label) for one in found))


PAGES = {"commands": commands, "settings": settings, "files": files, "formats": formats, "columns": columns}


def main() -> None:
    """Write the pages."""
    FOLDER.mkdir(exist_ok=True)
    for name, write in PAGES.items():
        (FOLDER / f"{name}.md").write_text(write(), encoding="utf-8")


if __name__ == "__main__":
    main()

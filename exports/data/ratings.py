"""Ratings, long and wide (REPORTING 1.7): an opt-out is never a number, and nothing here has a date."""

from collections.abc import Iterator

from delphi.consensus.matrix import BLANK, NOT_QUALIFIED
from delphi.consensus.scale import Scale
from delphi.consensus.table.columns import Cell
from delphi.sheets.writing import cell
from exports.data.records import Asked, Records
from exports.data.variable_names import variable_names
from exports.tables.table import Column, Row, Table

STATUS = {NOT_QUALIFIED: "nq", BLANK: "blank"}
LONG = (
    Column("row", "int", "Row"),
    Column("panelist", "text", "Code of the panelist, which nothing else knows"),
    Column("round", "int", "Round"),
    Column("group", "text", "Stakeholder group"),
    Column("statement", "text", "Statement"),
    Column("version", "int", "Version of the wording"),
    Column("status", "text", "Status of the answer"),
    Column("rating", "int", "Rating"),
    Column("rating_label", "text", "Rating in words"),
    Column("position", "int", "Place in the order shown"),
)


def long_rows(records: Records, scale: Scale) -> Iterator[Row]:
    """One row an answer, in the order of the codes, which are random."""
    number = 0
    for record in records.records:
        for r, row in record.rows.items():
            wave = records.waves[r]
            for position, (item, code) in enumerate(zip(wave.items.values(), row.tolist(), strict=True), 1):
                number += 1
                rated = code >= 0
                yield (
                    number,
                    record.code,
                    wave.number,
                    record.group,
                    item.statement,
                    item.version,
                    "rated" if rated else STATUS[code],
                    scale.lo + code if rated else None,
                    scale.labels[code] if rated else None,
                    position,
                )


def long_lines(records: Records, scale: Scale) -> Iterator[str]:
    """The long rows as lines of CSV; what an answer to an item looks like is written once, not for each panelist."""
    tails = [_tails(wave, scale) for wave in records.waves]
    number = 0
    for record in records.records:
        who, group = cell(record.code), cell(record.group)
        for r, row in record.rows.items():
            head = f"{who},{records.waves[r].number},{group},"
            for tail, code in zip(tails[r], row.tolist(), strict=True):
                number += 1
                yield f"{number},{head}{tail[code]}\r\n"


def _tails(wave: Asked, scale: Scale) -> list[dict[int, str]]:
    """Write the cells from the statement on, by place of the item and code of the answer."""
    answers: dict[int, tuple[Cell, ...]] = {code: (word, None, None) for code, word in STATUS.items()}
    answers |= {code: ("rated", scale.lo + code, label) for code, label in enumerate(scale.labels)}
    return [
        {
            code: ",".join(map(cell, (item.statement, item.version, *answer, position)))
            for code, answer in answers.items()
        }
        for position, item in enumerate(wave.items.values(), 1)
    ]


def wide_lines(records: Records, scale: Scale) -> Iterator[str]:
    """The wide rows as lines of CSV."""
    written = {code: f",{cell(None)},{cell(word)}" for code, word in STATUS.items()}
    written |= {code: f",{cell(scale.lo + code)},{cell('rated')}" for code in range(scale.K)}
    for record in records.records:
        cells = [f"{cell(record.code)},{cell(record.group)}"]
        for r, wave in enumerate(records.waves):
            row = record.rows.get(r)
            away = f",,{cell('absent')}" * len(wave.items)
            cells.append(away if row is None else "".join(map(written.__getitem__, row.tolist())))
        yield "".join(cells) + "\r\n"


def wide_columns(records: Records) -> tuple[Column, ...]:
    """Name two variables an item: the rating, and its status."""
    stems = stems_of(records)
    columns = [Column("panelist", "text", LONG[1].label), Column("group", "text", LONG[3].label)]
    for wave in records.waves:
        for item in wave.items.values():
            name = f"{stems[item.statement]}_r{wave.number}"
            columns += [
                Column(name, "int", f"{item.statement}, round {wave.number}: {item.text}"),
                Column(f"{name}_status", "text", f"{item.statement}, round {wave.number}: status"),
            ]
    return tuple(columns)


def stems_of(records: Records) -> dict[str, str]:
    """Stem of the variables of each statement, by its code."""
    return variable_names(dict.fromkeys(item.statement for wave in records.waves for item in wave.items.values()))


def wide_rows(records: Records, scale: Scale) -> Iterator[Row]:
    """One row a record; who is not in a round is absent."""
    for record in records.records:
        cells: list[Cell] = [record.code, record.group]
        for r, wave in enumerate(records.waves):
            row = record.rows.get(r)
            if row is None:
                cells += [None, "absent"] * len(wave.items)
                continue
            for code in row.tolist():
                cells += [scale.lo + code, "rated"] if code >= 0 else [None, STATUS[code]]
        yield tuple(cells)


def wide_table(records: Records, scale: Scale) -> Table:
    """Make the wide table, for formats that hold a table."""
    return Table("ratings-wide/1", "Ratings", CAPTION, wide_columns(records), tuple(wide_rows(records, scale)))


CAPTION = "Ratings under random codes that nothing else knows; the rows stand in the order of the codes."

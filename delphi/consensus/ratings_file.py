"""From a file of ratings to an analysis: matrices of each round, then nothing but counts."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from delphi.consensus.analysis import Analysis, Definition, Item, People, RoundData
from delphi.consensus.counts import Integers
from delphi.consensus.matrix import ABSENT, BLANK, NOT_QUALIFIED, Matrix, count_matrix, count_moves
from delphi.consensus.panel import RoundPanel
from delphi.consensus.vocabulary import Relation
from delphi.sheets.ratings import FileAnswer, RatingsFile, RoundAnswers, StatementEntry

Items = Mapping[tuple[int, str], Item]


def analysis_of(file: RatingsFile, definition: Definition, items: Items | None = None) -> Analysis:
    """Count every round of a file; a statement of the same name is the same statement version, if the file tells no version.

    ``items`` are those of the study by round and name, where they came with the file.
    """
    rows = _rows(file)
    columns = {entry.name: j for j, entry in enumerate(file.statements)}
    matrices = [matrix_of(round_, rows, columns, definition.scale.lo) for round_ in file.rounds]
    counted = [_round(file, k, matrices, definition.scale.K, items or {}) for k in range(len(file.rounds))]
    return Analysis(definition, tuple(counted))


def panels_of(file: RatingsFile, definition: Definition) -> tuple[RoundPanel, ...]:
    """Matrix of every round, with the same panelists in the same order."""
    rows = _rows(file)
    names, member = _groups(file)
    return tuple(
        RoundPanel(
            round_.number,
            round_.statements,
            matrix_of(round_, rows, {name: j for j, name in enumerate(round_.statements)}, definition.scale.lo),
            np.isin(list(rows), round_.panelists),
            member,
            names,
        )
        for round_ in file.rounds
    )


def _rows(file: RatingsFile) -> dict[str, int]:
    """Row of each panelist, in order of first appearance."""
    return {name: i for i, name in enumerate(dict.fromkeys(p for round_ in file.rounds for p in round_.panelists))}


def matrix_of(round_: RoundAnswers, rows: dict[str, int], columns: dict[str, int], lo: int) -> Matrix:
    """Panelists × statements of one round, `ABSENT` outside the analysis set and where nothing was shown."""
    matrix = np.full((len(rows), len(columns)), ABSENT, dtype=np.int8, order="F")
    analysed = set(round_.analysed)
    for (panelist, statement), answer in round_.answers.items():
        if panelist in analysed:
            matrix[rows[panelist], columns[statement]] = _code(answer, lo)
    return matrix


def _code(answer: FileAnswer, lo: int) -> int:
    if answer is None:
        return BLANK
    return NOT_QUALIFIED if isinstance(answer, str) else answer - lo


def _round(file: RatingsFile, k: int, matrices: list[Matrix], options: int, known: Items) -> RoundData:
    """Count round k, with the moves since the last round in which each statement stood."""
    round_ = file.rounds[k]
    places = {entry.name: j for j, entry in enumerate(file.statements)}
    sections = {entry.section: None for entry in file.statements if entry.section}
    kept = [(j, entry) for j, entry in enumerate(file.statements) if entry.name in set(round_.statements)]
    names, member = _groups(file)
    before = [_previous(file, k, entry.name) for _, entry in kept]
    items = tuple(
        known.get((round_.number, entry.name)) or _item(entry, file, list(sections), k, at)
        for (_, entry), at in zip(kept, before, strict=True)
    )
    now = matrices[k][:, [places[entry.name] for _, entry in kept]]
    then = np.full_like(now, ABSENT)
    for column, (at, (j, _)) in enumerate(zip(before, kept, strict=True)):
        if at is not None:
            then[:, column] = matrices[at][:, j]
    invited = [sum(file.groups.get(p, "") == name for p in round_.panelists) for name in names]
    by_group = [count_moves(then[member == g], now[member == g], options) for g in range(len(names))]
    counts = count_matrix(now, options, member, names, invited)
    moves: Integers = np.stack(by_group, axis=1)
    moved = None if file.may_be_cut or k == 0 else _moved(file.rounds[k - 1], round_)
    return RoundData(round_.number, items, counts, np.asarray(moves.sum(1), dtype=np.int64), moves, moved=moved)


def _moved(before: RoundAnswers, now: RoundAnswers) -> People:
    """Who took part in both rounds, in the first alone, and in the second alone."""
    then, here = set(before.analysed), set(now.analysed)
    return People(len(then & here), len(then - here), len(here - then))


def _groups(file: RatingsFile) -> tuple[tuple[str, ...], NDArray[np.intp]]:
    """Names of the groups, those that are listed first, and the group of each panelist in order of first appearance."""
    everyone = _rows(file)
    names = tuple(dict.fromkeys([*file.group_order, *(file.groups.get(panelist, "") for panelist in everyone)]))
    return names, np.array([names.index(file.groups.get(panelist, "")) for panelist in everyone], dtype=np.intp)


def _previous(file: RatingsFile, k: int, statement: str) -> int | None:
    """Index of the last earlier round in which a statement stood; of a file written here, of the round before."""
    earlier = [at for at in reversed(range(k)) if statement in file.rounds[at].statements]
    if file.written_here:
        earlier = [at for at in earlier if file.rounds[at].number == file.rounds[k].number - 1]
    return earlier[0] if earlier else None


def _item(entry: StatementEntry, file: RatingsFile, sections: list[str], k: int, at: int | None) -> Item:
    version = file.rounds[k].versions.get(entry.name, 1)
    same = at is None or file.rounds[at].versions.get(entry.name, 1) == version
    return Item(
        statement=entry.name,
        version=version,
        kind=entry.kind,
        section_no=sections.index(entry.section) + 1 if entry.section else None,
        section=entry.section,
        text=entry.name,
        relation=Relation.NEW if at is None else Relation.SAME if same else Relation.REWORDED,
        previous_round=None if at is None else file.rounds[at].number,
    )

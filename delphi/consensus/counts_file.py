"""From a file of counts to an analysis."""

import numpy as np

from delphi.consensus.analysis import Analysis, Definition, Item, RoundData
from delphi.consensus.counts import Counts
from delphi.consensus.vocabulary import EVERYBODY, Relation
from delphi.sheets.counts_file import CountsFile


def analysis_of_counts(file: CountsFile, definition: Definition) -> Analysis:
    """Make rounds of counts: of the groups where these are the whole panel, else of everybody.

    A statement without a row of everybody is left out (`left_out`).
    """
    rounds = [
        (number, [name for name in names if (number, EVERYBODY, name) in file.numbers])
        for number, names in file.statements.items()
    ]
    return Analysis(definition, tuple(_round(file, number, names) for number, names in rounds if names))


def left_out(file: CountsFile) -> list[tuple[int, str]]:
    """Rounds and statements that have rows of groups alone."""
    return [
        (number, name)
        for number, names in file.statements.items()
        for name in names
        if (number, EVERYBODY, name) not in file.numbers
    ]


def _round(file: CountsFile, number: int, names: list[str]) -> RoundData:
    groups = [group for group in file.groups if group != EVERYBODY]
    parts = groups if _is_whole(file, number, names, groups) else [EVERYBODY]
    table = np.array([[file.numbers[number, part, name] for part in parts] for name in names], dtype=np.int64)
    counts = Counts(
        ratings=table[:, :, 3:],
        not_qualified=table[:, :, 2],
        blank=table[:, :, 1],
        invited=np.asarray(table[:, :, 0].max(0), dtype=np.int64),
        groups=tuple(parts),
    )
    return RoundData(number, tuple(map(_item, names)), counts)


def _is_whole(file: CountsFile, number: int, names: list[str], groups: list[str]) -> bool:
    """Whether the groups add up to the panel in every statement of the round."""
    if not groups or any((number, group, name) not in file.numbers for group in groups for name in names):
        return False
    told = np.array([[file.numbers[number, group, name] for group in groups] for name in names])
    whole = np.array([file.numbers[number, EVERYBODY, name] for name in names])
    return bool((told.sum(1) == whole).all())


def _item(name: str) -> Item:
    return Item(name, 1, "statement", None, "", name, Relation.NEW, None)

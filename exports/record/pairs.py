"""Who moved from round to round, counted from rows: only where a study keeps them and the reader may read them."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from delphi.consensus.analysis import Analysis, RoundData
from delphi.consensus.panel import Mask, RoundPanel
from exports.record.record import Record


def with_pairs(record: Record) -> Analysis:
    """The analysis of a study, with the moves of those who rated a statement in two rounds that follow each other."""
    panels = {now.number: (before, now) for before, now in pairwise(record.panels)}
    rounds = [
        _paired(round_, *panels[round_.number]) if round_.number in panels else round_
        for round_ in record.analysis.rounds
    ]
    return Analysis(record.definition, tuple(rounds))


def _paired(round_: RoundData, before: RoundPanel, now: RoundPanel) -> RoundData:
    groups = round_.counts.groups
    everybody = np.ones(len(now.member), dtype=bool)
    members = [now.member == now.groups.index(name) if name in now.groups else ~everybody for name in groups]
    moves = [_moves(round_, before, now, members_) for members_ in (everybody, *members)]
    return replace(round_, paired=moves[0], paired_by_group=np.stack(moves[1:], axis=1), bands=None)


def _moves(round_: RoundData, before: RoundPanel, now: RoundPanel, members: Mask) -> NDArray[np.int64]:
    """Rating before × rating now (J, K, K) of some people."""
    options = round_.counts.ratings.shape[2]
    table = np.zeros((len(round_.items), options, options), dtype=np.int64)
    for j, item in enumerate(round_.items):
        if round_.comparable(j) and item.statement in before.statements:
            a = before.ratings[:, before.statements.index(item.statement)]
            b = now.ratings[:, now.statements.index(item.statement)]
            both = members & (a >= 0) & (b >= 0)
            np.add.at(table[j], (a[both], b[both]), 1)
    return table

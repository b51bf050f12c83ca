"""An analysis whose texts and numbers are hostile to file formats."""

import numpy as np

from delphi.consensus.analysis import Analysis, Definition, Item, RoundData
from delphi.consensus.counts import Counts
from delphi.consensus.panel import RoundPanel
from delphi.consensus.vocabulary import Relation

HOSTILE = [
    "=1+1",
    "+x",
    "-x",
    "@x",
    "\tx",
    "\rx",
    "\nx",
    "＝x",
    'a"b',
    "a;b",
    "a,b",
    "",
    "ü 😀",
    "<b>&",
    "\\",
    "'",
    "\x00",
]


def analysis(scale):
    rng = np.random.default_rng(3)
    f = rng.integers(0, 12, (3, 2, scale.K)) if scale.K < 20 else rng.integers(0, 2, (3, 2, scale.K))
    f[2] = 0
    some = rng.integers(0, 3, (3, 2))
    counts = Counts(f, some, some, np.array([200, 200]), ("=a", "b"))
    moves = np.zeros((3, 2, scale.K, scale.K), dtype=np.int64)
    moves[0, :, 0, -1] = 7
    relations = (Relation.SAME, Relation.MERGED, Relation.NEW)
    items = [
        Item(f"S{i}", i, "statement", 1, "=Section", text, relation, None if relation is Relation.NEW else 1)
        for i, (text, relation) in enumerate(zip(HOSTILE[:3], relations, strict=True), 1)
    ]
    definition = Definition.of(scale, minimum_n=5)
    return Analysis(definition, (RoundData(2, tuple(items), counts, moves.sum(1), moves),))


def panels(scale):
    """Two rounds of twelve panelists, some of whom leave."""
    rng = np.random.default_rng(5)
    first, second = (rng.integers(-2, scale.K, (12, 3)).astype(np.int8) for _ in range(2))
    first[0], second[8:] = -3, -3
    rest = np.ones(12, dtype=bool), np.arange(12) % 2, ("=a", "b")
    return tuple(RoundPanel(k, ("S1", "S2", "S3"), m, *rest) for k, m in ((1, first), (2, second)))

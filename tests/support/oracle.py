"""Oracle cases of consensus rules, by id, and the few shapes they come in."""

import json
from pathlib import Path

import numpy as np
import pytest

FOLDER = Path(__file__).parent.parent / "whole" / "oracles"
WORDS = {"consensus in": "in", "consensus out": "out", "no consensus": "none", "insufficient": "too_few"}


def _load():
    for path in sorted(FOLDER.glob("*.json")):
        loaded = json.loads(path.read_text(encoding="utf-8"))
        yield from loaded["cases"] if isinstance(loaded, dict) else loaded


CASES = list(_load())


def cases(*measures):
    """Parametrize a test over every case of these measures, by its id."""
    chosen = [pytest.param(case, id=case["id"]) for case in CASES if case["measure"] in measures]
    assert chosen
    return pytest.mark.parametrize("case", chosen)


def nine(ratings):
    """Counts of ratings on 1 to 9; null is no rating."""
    return np.array([sum(r == v for r in ratings) for v in range(1, 10)])

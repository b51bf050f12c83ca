"""The oracle cases, and who tests them: a test claims the measures it runs, once."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

FOLDER = Path(__file__).parent.parent / "whole" / "oracles"
CLAIMED: dict[str, list[str]] = {}


def all_cases() -> list[dict[str, Any]]:
    cases = []
    for path in sorted(FOLDER.glob("[01]*.json")):
        loaded = json.loads(path.read_text(encoding="utf-8"))
        found = loaded["cases"] if isinstance(loaded, dict) else loaded
        cases += [case | {"file": path.name[:2]} for case in found]
    return cases


def claim(*measures: str, files: str = "01 02 03 04 05 06 07 10") -> pytest.MarkDecorator:
    """Parametrize a test over every case of these measures in these files, by its id."""
    chosen = [case for case in all_cases() if case["measure"] in measures and case["file"] in files.split()]
    assert chosen, f"no oracle case measures {measures}"
    for case in chosen:
        CLAIMED.setdefault(case["id"], []).append(case["measure"])
    return pytest.mark.parametrize("case", [pytest.param(case, id=case["id"]) for case in chosen])


def approx(expected: Any, case: dict[str, Any]) -> Any:
    """The expected value within the tolerance of the case; undefined stays None, inside lists too."""
    if expected is None:
        return None
    tolerance = case.get("tolerance", 1e-9)
    return pytest.approx(expected, abs=tolerance, rel=tolerance)


def count(x: list[float]) -> tuple[np.ndarray, np.ndarray]:
    """Counts and the integers behind them, over the whole range seen."""
    values = np.arange(min(x, default=0), max(x, default=0) + 1)
    return np.array([x.count(v) for v in values]), values

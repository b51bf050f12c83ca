"""Whole answers, field by field: a file of calls and what they gave when every oracle passed.

``python tests/support/golden.py FILE MODULE CALL …`` adds calls to a file; without calls it computes all of them again.
What it wrote is read before it is kept: an answer that is not understood is no answer.
"""

import importlib
import json
import sys
from dataclasses import fields, is_dataclass
from enum import Enum
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest


def plain(value: Any) -> Any:
    """What JSON can hold, with nothing lost: fractions as text, records by their fields."""
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, np.ma.MaskedArray | np.ndarray | np.generic):
        return plain(value.tolist())
    if isinstance(value, dict):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(part) for part in (sorted(value) if isinstance(value, set | frozenset) else value)]
    if isinstance(value, Enum):
        return value.value
    return value if isinstance(value, int | float | str | bool | None) else str(value)


def same(found: Any, kept: Any) -> bool:
    """Whether two answers agree: numbers within rounding, all else exactly."""
    if isinstance(kept, dict):
        return isinstance(found, dict) and list(found) == list(kept) and all(same(found[k], kept[k]) for k in kept)
    if isinstance(kept, list):
        both = isinstance(found, list) and len(found) == len(kept)
        return both and all(same(a, b) for a, b in zip(found, kept, strict=True))
    if isinstance(kept, float) and isinstance(found, float):
        return found == pytest.approx(kept, rel=1e-9, abs=1e-12)
    return type(found) is type(kept) and found == kept


def answer(module: str, call: str) -> Any:
    """Make the call among the names of a module."""
    names = {"np": np, "Fraction": Fraction, **vars(importlib.import_module(module))}
    return plain(eval(call, names))


def load(path: Path) -> list[Any]:
    return json.loads(path.read_text(encoding="utf-8"))


def params(path: Path) -> Any:
    """Parametrize a test over the calls of a file."""
    kept = load(path)
    return pytest.mark.parametrize(
        ("module", "call", "expected"), [pytest.param(*row, id=f"{row[0].rpartition('.')[2]}-{row[1]}") for row in kept]
    )


def main(path: str, module: str = "", *calls: str) -> None:
    file = Path(path)
    kept = load(file) if file.exists() else []
    rows = {(row[0], row[1]) for row in kept} if not calls else set()
    wanted = [(row[0], row[1]) for row in kept] + [(module, call) for call in calls if (module, call) not in rows]
    wanted = list(dict.fromkeys(wanted))
    lines = [json.dumps([m, call, answer(m, call)], ensure_ascii=False) for m, call in wanted]
    file.write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])

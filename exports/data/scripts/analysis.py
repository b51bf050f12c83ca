"""Recompute the consensus table from the ratings, with the Python standard library alone and exact fractions.

Run it in the unpacked folder: python3 scripts/analysis.py. It reads ratings/long.csv, or ratings/counts.csv where the
ratings were not released, prints the table, and compares it with results/consensus_long.csv if that is there.
"""

import csv
import math
import sys
from fractions import Fraction
from pathlib import Path

COLUMNS = (
    "n_shown n_rated n_nq n_blank agree_k agree_pct combined_k combined_pct disagree_k disagree_pct neutral_k neutral_pct"
    " median q1 q3 iqr mean sd"
).split()
SETS = ("agree", "combined", "disagree", "neutral")
QUARTER, HALF = Fraction(1, 4), Fraction(1, 2)


def read(path):
    """Read a CSV file; the apostrophe that guards a text against spreadsheets is taken off."""
    with path.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            yield {name: text[1:] if text[:1] == "'" and text[1:2] in tuple("=+-@\t\r\n＝＋－＠") else text
                   for name, text in row.items()}  # fmt: skip


def tallies(folder, scale):
    """Count options, opt-outs and blanks by round, position, statement and group."""
    options = [int(row["value"]) for row in scale]
    found = {}
    if (folder / "ratings" / "long.csv").exists():
        for row in read(folder / "ratings" / "long.csv"):
            for group in {"all", row["group"]}:
                key = (int(row["round"]), int(row["position"]), row["statement"], group)
                cell = found.setdefault(key, {"options": dict.fromkeys(options, 0), "nq": 0, "blank": 0})
                if row["status"] == "rated":
                    cell["options"][int(row["rating"])] += 1
                elif row["status"] in cell:
                    cell[row["status"]] += 1
        return found
    for row in read(folder / "ratings" / "counts.csv"):
        key = (int(row["round"]), int(row["position"]), row["statement"], row["group"])
        counts = {value: int(row[f"k_{value}"]) for value in options}
        found[key] = {"options": counts, "nq": int(row["n_nq"]), "blank": int(row["n_blank"])}
    return found


def quantile(values, p, kind):
    """Quantile of sorted values by Hyndman and Fan's type, exactly."""
    n = len(values)
    m = {4: Fraction(0), 5: HALF, 6: p, 7: 1 - p, 8: (p + 1) / 3, 9: p / 4 + Fraction(3, 8)}.get(kind)
    if kind == 3:
        at = n * p - HALF
        j = math.floor(at)
        g = 0 if at == j and j % 2 == 0 else 1
    else:
        at = n * p + (m or 0)
        j = math.floor(at)
        g = at - j
        if kind == 1:
            g = 1 if g > 0 else 0
        elif kind == 2:
            g = 1 if g > 0 else HALF
    low, high = (values[min(max(rank, 1), n) - 1] for rank in (j, j + 1))
    return (1 - g) * low + g * high


def describe(cell, scale, settings):
    """Give the figures of one statement."""
    counts, n = cell["options"], sum(cell["options"].values())
    shown = n + cell["nq"] + cell["blank"]
    base = {"rated": n, "answered": n + cell["nq"], "shown": shown}[settings["denominator"]]
    row = {"n_shown": shown, "n_rated": n, "n_nq": cell["nq"], "n_blank": cell["blank"]}
    row.update({f"k_{value}": k for value, k in counts.items()})
    row.update({f"pct_{value}": Fraction(100 * k, base) if n else None for value, k in counts.items()})
    for name in SETS:
        members = [int(option["value"]) for option in scale if option[name] == "1"]
        k = sum(counts[value] for value in members) if members else None
        row.update({f"{name}_k": k, f"{name}_pct": None if k is None or not n else Fraction(100 * k, base)})
    values = [value for value in sorted(counts) for _ in range(counts[value])]
    kind = int(settings["quantile_type"])
    if n:
        q1, q3 = quantile(values, QUARTER, kind), quantile(values, 1 - QUARTER, kind)
        row.update({"median": quantile(values, HALF, 7), "q1": q1, "q3": q3, "iqr": q3 - q1})
        row["mean"] = Fraction(sum(values), n)
    if n > 1:
        squares = sum(value * value for value in values)
        row["sd"] = math.sqrt((n * squares - sum(values) ** 2) / (n * (n - 1)))
    return {name: float(value) if isinstance(value, Fraction) else value for name, value in row.items()}


def settings_of(folder):
    """Give the settings of each round: a protocol may have been amended between two."""
    return {int(row["round"]): row for row in read(folder / "ratings" / "settings.csv")}


def recompute(folder):
    """Give the figures by round, statement and group."""
    scale = list(read(folder / "ratings" / "scale.csv"))
    settings = settings_of(folder)
    cells = tallies(folder, scale)
    return {
        (number, statement, group): describe(cells[number, position, statement, group], scale, settings[number])
        for number, position, statement, group in sorted(cells)
    }


def compare(folder, rows):
    """Compare every figure with the table; gives how many were compared, and where they differ."""
    compared, differences = 0, []
    for row in read(folder / "results" / "consensus_long.csv"):
        own = rows.get((int(row["round"]), row["statement"], row["group"]), {})
        for name in row:
            if row[name] and own.get(name) is not None:
                compared += 1
                if float(row[name]) != own[name]:
                    differences.append(f"round {row['round']}, {row['statement']}, {row['group']}: {name}")
    return compared, differences


def printed(value):
    """Print one figure."""
    return "-" if value is None else f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def main():
    """Print the table and the comparison; the exit code is 0 only if all agree."""
    folder = Path(__file__).resolve().parent.parent
    rows = recompute(folder)
    print("round", "statement", "group", *COLUMNS, sep="\t")
    for key, row in rows.items():
        print(*key, *(printed(row.get(name)) for name in COLUMNS), sep="\t")
    if not (folder / "results" / "consensus_long.csv").exists():
        return 0
    compared, differences = compare(folder, rows)
    print(f"{compared} compared, {compared - len(differences)} equal", file=sys.stderr)
    for difference in differences:
        print(f"not equal: {difference}", file=sys.stderr)
    return int(bool(differences) or not compared)


if __name__ == "__main__":
    sys.exit(main())

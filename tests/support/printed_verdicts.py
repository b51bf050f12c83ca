"""The verdict that a reader finds with the printed figures of a table and the rule in its note; no rule of ours is called."""

from fractions import Fraction

from exports.reports.styles.deciding import figure_of
from exports.tables.layout import picked_of, printed_rows

NEARLY = {"0*": Fraction(2, 5), "100†": Fraction(498, 5), "<1": Fraction(2, 5), ">99": Fraction(498, 5)}
HIDING = "‡"
WORDS = {"appropriate": "in", "inappropriate": "out", "uncertain": "none"}


def number(text):
    """A printed figure; nothing where it is hidden or marked."""
    if text in ("", "–") or text.endswith(HIDING):
        return None
    return NEARLY[text] if text in NEARLY else Fraction(text.replace("−", "-"))


def verdict_by_hand(rule, figures):
    """In, out or none; nothing where a figure is hidden, marked, or the rule is not one of those below.

    ``figures`` gives the printed text of the options of a share, or of "median", "iqr", "mean", "sd", "di".
    """
    reader = READERS.get(rule["key"])
    try:
        sides = reader(rule, lambda what: _read(figures, what)) if reader else None
    except LookupError:
        return None
    return sides and ("in" if sides[0] and not sides[1] else "out" if sides[1] and not sides[0] else "none")


def _read(figures, what):
    """A printed figure, or the sum of the printed shares of its options."""
    texts = [figures[what]] if what in figures else [figures[(option,)] for option in what]
    parts = [number(text) for text in texts]
    if None in parts:
        raise LookupError
    return sum(round(part) for part in parts) if len(parts) > 1 else parts[0]


def _percent(rule, figure):
    def met(options, threshold):
        share, bound = figure(tuple(options)), _per_cent(threshold)
        return share > bound if rule["strict"] else share >= bound

    out = rule["disagree_threshold"] or rule["threshold"]
    return met(rule["agree_set"], rule["threshold"]), bool(rule["disagree_set"]) and met(rule["disagree_set"], out)


def _per_cent(text):
    return Fraction(text) * (100 if "/" in text else 1)


def _median_percent(rule, figure):
    to_in, to_out = _percent(rule, figure)
    highest = rule["max_median"]
    return (
        to_in and figure("median") >= Fraction(rule["min_median"]),
        to_out and highest is not None and figure("median") <= Fraction(highest),
    )


def _graded(rule, figure):
    lowest = Fraction(rule["bands"][-1]) - (Fraction(1, 2) if rule["gaps"] == "half_up" else 0)
    agree, disagree = figure(tuple(rule["agree_set"])), figure(tuple(rule["disagree_set"]))
    return agree >= lowest, disagree >= lowest


def _comet(rule, figure):
    high, low = figure(tuple(rule["high"])), figure(tuple(rule["low"]))
    include, exclude = _per_cent(rule["include"]), _per_cent(rule["exclude"])
    return high >= include and low < exclude, low >= include and high < exclude


def _iqr(rule, figure):
    bound, width = Fraction(rule["max_iqr"]), figure("iqr")
    close = width < bound if rule["strict"] else width <= bound
    return _towards(rule, figure, "median", close=close)


def _sd(rule, figure):
    return _towards(rule, figure, "mean", close=figure("sd") < Fraction(rule["max_sd"]))


def _towards(rule, figure, middle, *, close):
    least, most = rule[f"min_{middle}"], rule[f"max_{middle}"]
    return (
        close and least is not None and figure(middle) >= Fraction(least),
        close and most is not None and figure(middle) <= Fraction(most),
    )


def _rand(rule, figure):
    if rule["disagreement"] == "classic":
        n, low, high = figure("n"), figure("low"), figure("high")
        each = (n + 1) // 3 if rule["cutoffs"] == "table" else -(-n // 3)
        agreed = not (low >= each and high >= each)
    else:
        agreed = figure("di") <= 1
    return agreed and figure("median") >= Fraction("6.5"), agreed and figure("median") <= 3


READERS = {
    "percent_agreement": _percent,
    "median_percent": _median_percent,
    "graded_agreement": _graded,
    "comet_70_15": _comet,
    "iqr_rule": _iqr,
    "sd_rule": _sd,
    "rand_appropriateness": _rand,
}


def read_back(record, table):
    """Verdict of every row as it is printed, beside the one that its printed figures give."""
    columns, scale = [table.columns[i] for i in picked_of(table)], record.definition.scale
    names = [column.name for column in columns]
    rule = record.definition.as_dict()["rule"]
    ends = {"n": "n_rated", "low": "disagree_k", "high": "combined_k"}
    for cells in printed_rows(table):
        row = dict(zip(names, cells, strict=True))
        figures = {figure_of(c.name, scale): row[c.name] for c in columns if not c.over}
        added = {
            c.label.removeprefix("All: ").removesuffix(" %"): row[c.name]
            for c in columns
            if c.name.startswith("deciding_")
        }
        figures |= {options: added[text] for options, text in sets(rule).items() if text in added}
        figures |= {key: row[name] for key, name in ends.items() if name in row}
        said = row.get("verdict") or WORDS.get(row.get("classification"))
        if said is None and "grade" in row:
            said = "in" if row["grade"] not in ("", "–") else None
        groups = {c.over for c in columns if c.over}
        if "require" in rule and groups:
            yield row, said, _of_groups(rule, columns, row, groups, scale)
        else:
            yield row, said, verdict_by_hand(rule, figures)


def _of_groups(rule, columns, row, groups, scale):
    """The verdict on which all groups agree."""
    inner = rule | {"key": "comet_70_15"} if rule["key"] == "comet_by_group" else rule["rule"]
    found = [
        verdict_by_hand(inner, {figure_of(c.name, scale): row[c.name] for c in columns if c.over == group})
        for group in groups
    ]
    return None if None in found else found[0] if len(set(found)) == 1 else "none"


def sets(rule):
    """Sets of options of a rule, with the heads of their columns."""
    texts = {}
    for name in ("agree_set", "disagree_set", "high", "low"):
        options = tuple(rule.get(name) or ()) if not isinstance(rule.get(name), str) else ()
        long = len(options) > 1 and list(options) == list(range(options[0], options[-1] + 1))
        texts[options] = f"{options[0]}–{options[-1]}" if long else ", ".join(map(str, options))
    return texts

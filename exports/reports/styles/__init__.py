"""The consensus table as journals print it: one style a study design, and one for screens (REPORTING 1.3)."""

from collections.abc import Callable

from exports.record.record import Record, last_round
from exports.reports.styles.agreement import agreement
from exports.reports.styles.groups import groups
from exports.reports.styles.quartiles import means, medians
from exports.reports.styles.rand import rand
from exports.tables.table import Table

Style = Callable[[Record, int], Table]
STYLES: dict[str, Style] = {"agreement": agreement, "median": medians, "mean": means, "rand": rand, "groups": groups}
NAMES = {
    "agreement": "grades and shares of every option",
    "median": "median and quartiles",
    "mean": "mean and standard deviation",
    "rand": "RAND/UCLA",
    "groups": "groups side by side, as core outcome sets print it",
}


def of(key: str) -> Callable[[Record], Table]:
    """Return the builder of one style, for the newest round."""
    return lambda record: STYLES[key](record, last_round(record))


def style_of(record: Record) -> str:
    """Name the style that journals of the field expect of such a study."""
    rule = record.definition.rule.key
    if rule.startswith("rand"):
        return "rand"
    if rule in ("comet_by_group", "comet_70_15", "each_group"):
        return "groups"
    return "median" if record.definition.scale.kind == "interval" else "agreement"


def build(record: Record) -> Table:
    """Print the newest round in the style of its design."""
    return STYLES[style_of(record)](record, last_round(record))

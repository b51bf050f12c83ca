"""Reports: one builder a table."""

from collections.abc import Callable

from exports.record.material import Material
from exports.reports import agreement, attrition, consensus, robustness, sensitivity, stability
from exports.tables.table import Table

REPORTS: dict[str, Callable[[Material], Table]] = {
    "consensus": consensus.build,
    "stability": stability.build,
    "agreement": agreement.build,
    "sensitivity": sensitivity.build,
    "robustness": robustness.build,
    "attrition": attrition.build,
}

"""Reports: one builder a table."""

from collections.abc import Callable

from exports.reports import consensus
from exports.table import Table

REPORTS: dict[str, Callable[..., Table]] = {"consensus": consensus.build}

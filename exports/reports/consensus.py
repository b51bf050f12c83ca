"""The consensus table as a report: the panel, and the groups compared if asked."""

from delphi.consensus.table.rows import consensus_rows
from exports.record.consensus import from_rows
from exports.record.material import Material, joined
from exports.reports import groups
from exports.tables.table import Table


def build(material: Material) -> Table:
    """Build the table: all panelists first, then the groups if asked, each compared with the others."""
    rows = [
        material.unproved.without(row)
        for analysis in material.judged()
        for row in consensus_rows(analysis, by_group=material.by_group)
    ]
    if not material.by_group:
        return from_rows(rows, material.definition_dict())
    compared = zip(rows, groups.comparisons(material.analysis), strict=True)
    rows = [joined(row, cells, reasons) for row, (cells, reasons) in compared]
    return from_rows(rows, material.definition_dict(), groups.COLUMNS, (groups.NOTE,))

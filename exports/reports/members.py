"""Members of the panel who asked to be named, for the acknowledgements of a paper (REPORTING 1.8, E18)."""

from exports.record.record import Record
from exports.tables.table import Column, Table, rows_of

COLUMNS = (
    Column("name", "text", "Name", brief=True),
    Column("affiliation", "text", "Affiliation", brief=True),
    Column("orcid", "text", "ORCID", brief=True),
    Column("certificate", "bool", "Wants a certificate"),
)


def build(record: Record) -> Table:
    """List them by name, as they wrote themselves; whoever did not ask is not listed, and no answer stands here."""
    rows = [
        {"name": one.name, "affiliation": one.affiliation, "orcid": one.orcid or None, "certificate": one.certificate}
        for one in record.members
    ]
    caption = "Members of the panel who asked to be named, by name. It is not the list of the panel."
    return Table("members/1", "Members of the panel who asked to be named", caption, COLUMNS, rows_of(COLUMNS, rows))

"""Methods and results as paragraphs, from the record alone: no adjective, no claim beyond it (REPORTING 4)."""

from exports.record.record import Record
from exports.reports import participation, styles
from exports.reports.sentences import METHODS, RESULTS, drafted
from exports.tables.document import Document, Heading, Paragraph

NOTE = (
    "Drafted by the platform from the study's record; the author edits a copy. What stands in square brackets is not in "
    "the record."
)
TABLE = ("Participants and response", "Consensus")


def build(record: Record) -> Document:
    """Write methods, results, and the two tables that every report prints."""
    return Document(
        f"{record.study.title}: methods and results",
        (
            Paragraph(NOTE),
            Heading("Methods"),
            Paragraph(" ".join(drafted(record, METHODS))),
            Heading("Results"),
            Paragraph(" ".join(drafted(record, RESULTS))),
            Heading(TABLE[0]),
            participation.printed(record),
            Heading(TABLE[1]),
            styles.build(record),
        ),
    )

"""A record of a file of ratings or counts, so that a table can be designed of it as of a study."""

from delphi.consensus.table.result_row import result_rows
from delphi.consensus.table.rows import consensus_rows
from exports.record.facts import RoundFacts, StudyFacts
from exports.record.material import Material
from exports.record.record import GivenRecord

SMALLEST = 1  # a file of the reader's own hides nothing from its reader


def record_of(material: Material, title: str) -> GivenRecord:
    """Make a record of an analysis, groups included."""
    rows = [
        material.unproved.without(row)
        for analysis in material.judged()
        for row in consensus_rows(analysis, by_group=True)
    ]
    facts = StudyFacts("", title, "en", "", SMALLEST, len(material.analysis.rounds), "", (), (), "", None, None, {})
    numbers = [RoundFacts(round_.number) for round_ in material.analysis.rounds]
    return GivenRecord(facts, material.definition, material.analysis, result_rows(rows), numbers)

"""Sentences of a manuscript, one a fact; a sentence whose facts are missing is None and becomes a gap (REPORTING 4)."""

import re
from collections.abc import Iterable

from delphi.translations import renamed
from exports.record.facts import StudyFacts
from exports.record.record import Record
from exports.reports.sentences.methods import FEEDBACK, METHODS
from exports.reports.sentences.results import RESULTS

__all__ = ["FEEDBACK", "METHODS", "RESULTS", "SENTENCES", "drafted"]
SENTENCES = {**METHODS, **RESULTS}


# Sentences that the platform writes alone; what the lead wrote stays in the lead's words.
NAMING = {
    "first_statements",
    "scale",
    "evidence",
    "feedback",
    "settled",
    "anonymity",
    "analysis",
    "response",
    "changes",
    "verdicts",
}
NAMING |= {"means", "not_qualified", "nq_sensitivity", "stable"}


def in_its_words(text: str, study: StudyFacts) -> str:
    """Say a sentence with what the study calls that which is rated and who rates it; quoted words stay.

    Examples
    --------
    >>> from dataclasses import replace
    >>> study = StudyFacts("s", "S", "en", "", 5, 3, "stay", (), (), "", None, None, {})
    >>> in_its_words("Panelists rated “a statement” and a statement.", replace(study, item_noun="outcome", person_noun="expert"))
    'Experts rated “a statement” and an outcome.'
    """
    parts = re.split("(“[^”]*”)", text)
    parts[::2] = (renamed(renamed(part, study.item_noun), study.person_noun, "panelist") for part in parts[::2])
    return "".join(parts)


def drafted(record: Record, sentences: Iterable[str]) -> list[str]:
    """Write sentences; a missing one that must not be missing becomes a gap."""
    texts = []
    for key in sentences:
        text = SENTENCES[key].write(record)
        if text is not None:
            texts.append(in_its_words(text, record.study) if key in NAMING else text)
        elif SENTENCES[key].gap:
            texts.append(f"[to complete: {SENTENCES[key].gap}]")
    return texts

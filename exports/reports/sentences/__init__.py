"""Sentences of a manuscript, one a fact; a sentence whose facts are missing is None and becomes a gap (REPORTING 4)."""

from collections.abc import Iterable

from exports.record.record import Record
from exports.reports.sentences.methods import FEEDBACK, METHODS
from exports.reports.sentences.results import RESULTS

__all__ = ["FEEDBACK", "METHODS", "RESULTS", "SENTENCES", "drafted"]
SENTENCES = {**METHODS, **RESULTS}


def drafted(record: Record, sentences: Iterable[str]) -> list[str]:
    """Write sentences; a missing one that must not be missing becomes a gap."""
    texts = []
    for key in sentences:
        text = SENTENCES[key].write(record)
        if text is not None:
            texts.append(text)
        elif SENTENCES[key].gap:
            texts.append(f"[to complete: {SENTENCES[key].gap}]")
    return texts

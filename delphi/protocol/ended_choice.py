"""A choice of version 0.1.0 that has ended: whoever left could have the answers of closed, unreleased rounds removed.

A round is counted when it closes, and what was counted stays. Studies that promised the choice replace it by the
removal of answers of the open round: by an amendment, and with a new version of the information.
"""

from datetime import datetime

from sqlalchemy import String, cast
from sqlalchemy.orm import Session

from delphi import audit
from delphi.dates import day_in_words, locale_of
from delphi.model.event import EventKind
from delphi.model.study import Document, Study, Withdrawal
from delphi.protocol import amendments, information
from delphi.translations import N_, translations

REMOVE_UNRELEASED = "remove_unreleased"
PROMISED = cast(Study.withdrawal_choices, String).contains(f'"{REMOVE_UNRELEASED}"')
REASON = N_("What was counted stays: answers of a round that is closed and not yet released can no longer be removed.")
PARAGRAPH = N_(
    "Since %(day)s this holds: when a round closes, your answers to it are counted. What was counted stays, also if you "
    "leave. Answers to a round that is still open can be removed when you leave, and your name and address are deleted "
    "at once."
)


def end(session: Session, study: Study, *, at: datetime) -> Document | None:
    """Replace the choice; the new version of the information if panelists may have read the old one."""
    before = list(study.withdrawal_choices)
    after = list(dict.fromkeys(Withdrawal.REMOVE_OPEN.value if c == REMOVE_UNRELEASED else c for c in before))
    study.withdrawal_choices = after
    if study.protocol_locked_at is None:
        audit.record(session, study.id, EventKind.STUDY_CHANGED, by=None, at=at, changed=["withdrawal_choices"])
        return None
    changes = {"withdrawal_choices": [before, after]}
    amendments.add(session, study, changes, reason=_in_words(study, REASON), by=None, at=at)
    newest = information.newest(session, study.id)
    day = day_in_words(at.date(), locale=locale_of(study.language))
    text = f"{newest.text}\n\n{_in_words(study, PARAGRAPH) % {'day': day}}".strip()
    return information.add(
        session, study, text, newest.consent, material=False, reason=_in_words(study, REASON), by=None, at=at
    )


def _in_words(study: Study, text: str) -> str:
    return translations(study.language).gettext(text)

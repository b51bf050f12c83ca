"""The languages of a study and of its panelists."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from delphi import audit
from delphi.consensus.shipped_scales import SCALES
from delphi.contents import scale_words, translating
from delphi.contents.reading import Wording
from delphi.errors import Refused
from delphi.model.event import EventKind
from delphi.model.panel import Panelist
from delphi.model.study import StaleMark, Study
from delphi.model.translation import Translation
from delphi.translations import LANGUAGES, N_, PSEUDO

KNOWN = frozenset(LANGUAGES | PSEUDO)
UNKNOWN = N_("This language is not offered here; nothing was changed.")


def choose(
    session: Session,
    study: Study,
    others: Sequence[str],
    *,
    by: int,
    at: datetime,
    stale_mark: StaleMark | None = None,
) -> None:
    """Choose the languages beside that of the source; one that goes takes its translations with it.

    A new one begins with the words of the scale from its catalogue, where the study uses the words that came with it.
    """
    wanted = [code for code in dict.fromkeys(others) if code != study.language]
    if not set(wanted) <= KNOWN:
        raise Refused(UNKNOWN)
    gone, new = [code for code in study.languages if code not in wanted], set(wanted) - set(study.languages)
    if gone and study.protocol_locked_at:
        raise Refused("The protocol is locked, so languages are added and not taken away; nothing was changed.")
    session.execute(delete(Translation).where(Translation.study_id == study.id, Translation.language.in_(gone)))
    changed = ["languages"] if wanted != study.languages else []
    study.languages = wanted
    if stale_mark is not None and stale_mark is not study.stale_mark:
        study.stale_mark = stale_mark
        changed.append("stale_mark")
    session.flush()
    for code in sorted(new):
        begin_with_scale_words(session, study, code, at=at)
    if changed:
        facts = {"changed": sorted(changed), "languages": wanted}
        audit.record(session, study.id, EventKind.STUDY_CHANGED, by=by, at=at, **facts)


def begin_with_scale_words(session: Session, study: Study, language: str, *, at: datetime) -> None:
    """Translate the words of the scale that the study took as they came; its own words are translated by the lead."""
    scale = SCALES[study.scale]
    came = scale_words.words_of(scale) | scale_words.shipped(scale, study.language)
    own = scale_words.words_of(scale_words.worded(scale, study.scale_words))
    said = scale_words.words_of(scale) if language == "en" else scale_words.shipped(scale, language)
    words = {item: Wording(said[item], word) for item, word in own.items() if word == came[item] and item in said}
    translating.write(session, study, language, words, by=None, at=at)


def speak(panelist: Panelist, language: str | None) -> None:
    """Keep the language of a panelist; None lets the browser say it again.

    Raises
    ------
    Refused
        This language is not offered.
    """
    if language is not None and language not in KNOWN:
        raise Refused(UNKNOWN)
    panelist.language = language

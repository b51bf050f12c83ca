"""Comments before the panel sees them: show as written, show edited, or hold; the raw text stays apart."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from delphi import audit
from delphi.contents import voices
from delphi.contents.reading import languages_of
from delphi.errors import Refused
from delphi.model.event import EventKind
from delphi.model.rating import Moderation
from delphi.model.round import Round, State
from delphi.model.study import Study
from rounds.seal import texts
from rounds.seal.texts import WrittenComment

TAGS = ("wording", "pro", "contra", "reopen")


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a moderator decided on a comment: the text for the panel where it is edited, the reason where it is held."""

    moderation: Moderation
    text: str = ""
    note: str = ""
    tags: tuple[str, ...] = ()
    translations: Mapping[str, str] = field(default_factory=dict)  # by language of the study


def queue(session: Session, round_: Round, statement: int | None = None) -> list[WrittenComment]:
    """List the comments of a closed round by statement, within it in the order of random tickets."""
    return texts.comments(session, round_, statement)


def waiting(session: Session, round_: Round) -> int:
    """Count the comments of a closed round on which nobody has decided."""
    return texts.waiting(session, round_)


def decide(session: Session, round_: Round, rulings: Mapping[UUID, Ruling], *, by: int, at: datetime) -> int:
    """Show or hold comments, by ticket; how many were decided."""
    if round_.state is not State.CLOSED:
        raise Refused("Comments are decided between the close and the release of a round; nothing was changed.")
    chosen = [(comment, rulings[comment.ticket]) for comment in queue(session, round_) if comment.ticket in rulings]
    ruled = {comment.ticket: _ruled(comment, ruling) for comment, ruling in chosen}
    study = session.get_one(Study, round_.study_id)
    for comment, ruling in chosen:
        shown = ruled[comment.ticket]["released_text"]
        _refuse_unread(session, study, comment, ruling, shown)
        texts.rule(session, round_, comment.ticket, **ruled[comment.ticket])
        if shown:
            voices.translate(session, study, comment.ticket, shown, ruling.translations, by=by, at=at)
    facts = {"round": round_.number, "decided": len(ruled)}
    audit.record(session, round_.study_id, EventKind.COMMENTS_MODERATED, by=by, at=at, **facts)
    return len(ruled)


def is_unread(study: Study, comment: WrittenComment) -> bool:
    """Whether a comment is in a language that the study does not have, so that nobody can be expected to read it."""
    return comment.language is not None and comment.language not in languages_of(study)


def _refuse_unread(session: Session, study: Study, comment: WrittenComment, ruling: Ruling, shown: str | None) -> None:
    """Refuse to show a comment in a language that the study does not have without a translation."""
    if shown is None or not is_unread(study, comment) or ruling.translations.get(study.language, "").strip():
        return
    if study.language not in voices.translations_of(session, study).get(voices.item_of(comment.ticket), {}):
        raise Refused(
            "A comment in a language that the study does not have is shown with a translation, or held; nothing was changed."
        )


def original(session: Session, round_: Round, ticket: UUID, *, by: int, at: datetime) -> WrittenComment:
    """Read a comment as it was written, after it was edited or held: reading it is kept in the audit trail."""
    if round_.state not in (State.CLOSED, State.RELEASED):
        raise Refused("Comments are read once the round is closed; nothing was shown.")
    comment = next((one for one in texts.comments(session, round_) if one.ticket == ticket), None)
    if comment is None:
        raise Refused("This comment is not there any more; nothing was shown.")
    facts = {"round": round_.number, "statement": comment.statement}
    audit.record(session, round_.study_id, EventKind.COMMENT_READ, by=by, at=at, **facts)
    return comment


def _ruled(comment: WrittenComment, ruling: Ruling) -> dict[str, Any]:
    """The columns of a comment that say what was decided."""
    text, note = ruling.text.strip(), ruling.note.strip()
    if ruling.moderation is Moderation.EDITED and not text:
        raise Refused("An edited comment needs its text; nothing was changed. Hold it if nothing of it can be shown.")
    if ruling.moderation is Moderation.HELD and not note:
        raise Refused("Holding a comment needs a reason, which stays with the team; nothing was changed.")
    as_written = ruling.moderation is Moderation.EDITED and text == comment.text.strip()
    moderation = Moderation.RELEASED if as_written else ruling.moderation
    shown = {Moderation.RELEASED: comment.text, Moderation.EDITED: text, Moderation.HELD: None}[moderation]
    return {"moderation": moderation, "released_text": shown, "note": note, "tags": list(ruling.tags)}

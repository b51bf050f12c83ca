"""A letter as somebody would get it, before it leaves: with a link that opens nothing, and no answer of anybody.

What a person has answered is no value of a preview: the numbers of answers in it are made up.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from delphi import access, signing
from delphi.config import Settings
from delphi.dates import end_of_day, in_words, locale_of
from delphi.letters import message, texts
from delphi.letters.message import Written
from delphi.letters.values import Words
from delphi.model.identity import Identity
from delphi.model.round import Round, progress_of
from delphi.model.study import Study
from delphi.protocol.information import newest
from delphi.statements.duration import reading_of

NO_LINK = "preview"  # no token: it opens the page of links that are unknown
EXAMPLE_DONE, EXAMPLE_FINISHED, EXAMPLE_INVITED = 3, 12, 57


@dataclass(frozen=True, slots=True)
class Look:
    """How a letter is looked at: in which language, as whom, and with what may be missing left out."""

    kind: str
    language: str
    name: str = ""
    missing: bool = False


def person_like(session: Session, study: Study, search: str) -> Identity | None:
    """Find the first person whose name or address has these letters; the first of all where there are none."""
    people = select(Identity).where(Identity.study_id == study.id)
    if search:
        people = people.where(
            or_(Identity.name.icontains(search, autoescape=True), Identity.email.icontains(search, autoescape=True))
        )
    return session.scalars(people.order_by(Identity.name, Identity.email).limit(1)).first()


def written(session: Session, study: Study, look: Look, settings: Settings, *, at: datetime) -> Written:
    """Write a letter as it would be with these values."""
    facts = _facts(session, study, look, settings, at=at)
    return message.compose(look.kind, facts, texts.own(session, study.id, look.kind, look.language))


def _facts(session: Session, study: Study, look: Look, settings: Settings, *, at: datetime) -> Mapping[str, Any]:
    facts = {"study": study, "language": look.language, "name": "" if look.missing else look.name}
    facts |= _of_server(settings, study) | _of_round(session, study, look, at=at)
    return facts | _of_person(session, study, look, at=at) | _of_team(look)


def _of_server(settings: Settings, study: Study) -> dict[str, Any]:
    return {
        "link": f"{settings.public_url}/p/{NO_LINK}",
        "stop": f"{settings.public_url}/stop/{NO_LINK}",
        "page": f"{settings.public_url}/studies/{study.slug}",
        "signing_key": signing.public_key_of(settings.secret_key),
    }


def _round(session: Session, study: Study) -> Round | None:
    """Find the round that letters would be about now: the one that runs or ran last, else the first."""
    progress = progress_of(session, study)
    return progress.latest or progress.upcoming


def _of_round(session: Session, study: Study, look: Look, *, at: datetime) -> dict[str, Any]:
    round_ = _round(session, study)
    number = round_.number if round_ else 1
    reading, locale = reading_of(session, study, number), locale_of(look.language)
    closes = (round_.closes_at if round_ else None) or end_of_day(at, study.time_zone, days=14)
    following = next((one for one in progress_of(session, study).rounds if one.number == number + 1), None)
    return {
        "number": _fitting(look.kind, number),
        "items": len(reading.words),
        "minutes": reading.minutes(),
        "done": min(EXAMPLE_DONE, len(reading.words)),
        "closes": in_words(closes, study.time_zone, locale=locale),
        "closed": in_words((round_.closed_at if round_ else None) or at, study.time_zone, locale=locale),
        "reason": "" if look.missing else Words(look.language)._("the reason that you write then"),
        "opens": None if look.missing or following is None else following.opens_on,
    }


def _fitting(kind: str, number: int) -> int:
    """The number of a round that a kind can be about."""
    if kind == "invitation_open":
        return 0
    return max(number, 2 if kind == "next_round" else 1)


def _of_person(session: Session, study: Study, look: Look, *, at: datetime) -> dict[str, Any]:
    document = newest(session, study.id)
    facts: dict[str, Any] = {
        "document": SimpleNamespace(version=document.version, text=document.text, reason=document.reason or "…"),
        "withdrawn_on": at.date(),
        "counted": {1: EXAMPLE_DONE},
        "kept": {},
        "named": access.statisticians(session, study) or ["statistician@example.org"],
    }
    if look.kind == "consent":
        facts |= {"items": document.items, "consent": SimpleNamespace(given_on=at.date())}
    return facts


def _of_team(look: Look) -> dict[str, Any]:
    return {
        "role": "viewer",
        "new": False,
        "days": 14,
        "invited": EXAMPLE_INVITED,
        "finished": EXAMPLE_FINISHED,
        "bounced": 1,
        "seal": SimpleNamespace(number=1, sha256="0" * 64),
        "contact": not look.missing,
    }

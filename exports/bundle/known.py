"""Whether this server knows what a bundle asks of it: a value that no page could show is refused, and named."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from types import NoneType
from typing import Any
from zoneinfo import available_timezones

from sqlalchemy import select
from sqlalchemy.orm import Session

from delphi.consensus.rules import RULES
from delphi.consensus.shipped_scales import SCALES
from delphi.consensus.stopping import StoppingRule
from delphi.consensus.vocabulary import EVERYBODY, Feedback
from delphi.errors import Refused
from delphi.model.event import EventKind
from delphi.model.study import Study, Withdrawal
from delphi.protocol.ended_choice import REMOVE_UNRELEASED
from delphi.protocol.method import METHOD, TEXTS, definition_from
from delphi.statistics.base.exact import meets_threshold
from delphi.translations import LANGUAGES, N_
from exports.bundle.facts import EARLIEST, LARGEST, LATEST

Facts = Mapping[str, Any]
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
BOUNDS = {"quantile_type": (1, 9), "minimum_n": (1, 1000), "smallest_cell": (3, 100), "maximum_rounds": (1, 20)}
LARGEST_TARGET = 99_999
SCALE = N_(
    "This server does not know the scale “%(value)s”. Update it to the version that wrote the bundle, and import again. "
    "Nothing was imported."
)
RULE = N_(
    "This server does not know the consensus rule “%(value)s”. Update it to the version that wrote the bundle, and import "
    "again. Nothing was imported."
)
ZONE = N_(
    "This server does not know the time zone “%(value)s”. Update its time zones (the package tzdata), and import again. "
    "Nothing was imported."
)
LANGUAGE = N_(
    "This server has no texts in the language “%(value)s”. Update it to the version that wrote the bundle, and import "
    "again. Nothing was imported."
)
SHORT_NAME = N_(
    "“%(value)s” is no short name of a study: small letters, digits and single hyphens, at most 60. Ask for a bundle that "
    "was not changed. Nothing was imported."
)
FEEDBACK = N_(
    "This server does not know the feedback “%(value)s”. Update it to the version that wrote the bundle, and import again. "
    "Nothing was imported."
)
EVENT = N_(
    "This server does not know the event “%(value)s”. Update it to the version that wrote the bundle, and import again. "
    "Nothing was imported."
)
CANNOT = N_(
    "“%(value)s” is nothing that %(name)s of a study can be. Update this server to the version that wrote the bundle, or ask "
    "for a bundle that was not changed. Nothing was imported."
)


def refuse_unknown(
    facts: Mapping[str, list[dict[str, Any]]], amendments: Sequence[Facts], events: Sequence[Facts]
) -> None:
    """Refuse a study whose facts no page of this server could show, with the first of them and what to do."""
    study = facts["study"][0]
    for refusal in _of_study(study):
        raise refusal
    for refusal in _of_groups(facts["groups"]):
        raise refusal
    before = dict(study)
    for amendment in reversed(amendments):
        for refusal in _of_changes(amendment["changes"]):
            raise refusal
        before |= {name: change[0] for name, change in amendment["changes"].items() if name in METHOD}
        for refusal in _of_method(before):
            raise refusal
    for refusal in _of_events(events):
        raise refusal


def refuse_taken(session: Session, slug: str) -> None:
    """Refuse a study whose short name is taken here; it cannot be renamed, since its protocol names it."""
    if session.scalar(select(Study.id).where(Study.slug == slug)) is not None:
        raise Refused("There is a study with the short name “%(slug)s” here already. Nothing was imported.", slug=slug)


def _refused(message: str, value: object, **more: object) -> Refused:
    """Name a value, but not all of one without end."""
    return Refused(message, value=str(value)[:80], **more)


def _of_study(study: Facts) -> Iterator[Refused]:
    slug = study["slug"]
    if not (isinstance(slug, str) and len(slug) <= 60 and SLUG.fullmatch(slug)):
        yield _refused(SHORT_NAME, slug)
    if not _among(study["time_zone"], available_timezones()):
        yield _refused(ZONE, study["time_zone"])
    if not _among(study["language"], LANGUAGES):
        yield _refused(LANGUAGE, study["language"])
    yield from _of_method(study)
    for name, fits in SHAPES.items():
        if not fits(study[name]):
            yield _refused(CANNOT, study[name], name=name)


def _of_method(study: Facts) -> Iterator[Refused]:
    """Find what of the method is unknown, or does not work together."""
    if not _among(study["scale"], SCALES):
        yield _refused(SCALE, study["scale"])
    if not _among(study["rule"], RULES):
        yield _refused(RULE, study["rule"])
    for name, (least, most) in BOUNDS.items():
        if type(study[name]) is not int or not least <= study[name] <= most:
            yield _refused(CANNOT, study[name], name=name)
    for name, fits in METHOD_SHAPES.items():
        if not fits(study[name]):
            yield _refused(CANNOT, study[name], name=name)
    for form in study["feedback_plan"]:
        if not _among(form, list(Feedback)):
            yield _refused(FEEDBACK, form)
    try:
        definition_from(study).describe()
    except (ValueError, ArithmeticError, KeyError, TypeError) as error:
        yield Refused(
            "The consensus rule of the bundle does not work here: %(error)s. Update this server to the version that wrote "
            "the bundle, or ask for a bundle that was not changed. Nothing was imported.",
            error=str(error)[:200],
        )


def _among(value: object, known: Collection[str]) -> bool:
    return isinstance(value, str) and value in known


def _are_texts(value: object) -> bool:
    """Whether texts stand under names."""
    return isinstance(value, dict) and all(isinstance(text, str) for text in value.values())


def _are_shares(value: object) -> bool:
    """Whether these are criteria of a stopping rule, each with a share."""
    if not _are_texts(value):
        return False
    assert isinstance(value, dict)
    try:
        StoppingRule(max_rounds=1, **value)
        return "max_rounds" not in value and all(
            meets_threshold(1, 1, share) in (True, False) for share in value.values()
        )
    except (TypeError, ValueError, ArithmeticError):
        return False


def _is_question(value: object) -> bool:
    """Whether this is a question about the panelist as the set-up page writes it."""
    if not isinstance(value, dict) or not isinstance(value.get("key"), str):
        return False
    options = value.get("options", [])
    words = [text for name, text in value.items() if name != "options"]
    return isinstance(options, list) and all(isinstance(word, str) for word in (*options, *words))


def _all(fits: Callable[[Any], bool]) -> Callable[[Any], bool]:
    """Whether a value is a list of which each member fits."""
    return lambda value: isinstance(value, list) and all(map(fits, value))


METHOD_SHAPES: Mapping[str, Callable[[Any], bool]] = {
    "rule_settings": _are_texts,
    "scale_words": _are_texts,
    "stopping_rule": _are_shares,
    "feedback_plan": lambda value: isinstance(value, list),
}
SHAPES: Mapping[str, Callable[[Any], bool]] = {
    "languages": _all(lambda code: _among(code, LANGUAGES)),
    "texts": lambda value: _are_texts(value) and value.keys() <= TEXTS.keys(),
    "asked_characteristics": _all(_is_question),
    "proposal_rounds": _all(lambda number: type(number) is int and 0 <= number <= BOUNDS["maximum_rounds"][1]),
    "withdrawal_choices": _all(lambda choice: _among(choice, [*Withdrawal, REMOVE_UNRELEASED])),
}


def _of_groups(groups: Sequence[Facts]) -> Iterator[Refused]:
    for group in groups:
        key, target = group["key"], group["target"]
        if not isinstance(key, str) or not 0 < len(key) <= 60 or key == EVERYBODY:
            yield _refused(CANNOT, key, name="groups")
        if target is not None and not (type(target) is int and 1 <= target <= LARGEST_TARGET):
            yield _refused(CANNOT, target, name="target")


AMENDED = {*METHOD, *TEXTS, "withdrawal_choices"}  # the last one by the upgrade from 0.1.0


def _of_changes(changes: Any) -> Iterator[Refused]:
    """Find what no amendment can have changed."""
    if not isinstance(changes, dict):
        yield _refused(CANNOT, changes, name="changes")
    for name, change in changes.items():
        pair = isinstance(change, list) and len(change) == 2
        if name not in AMENDED or not pair or (name in TEXTS and not all(isinstance(t, str) for t in change)):
            yield _refused(CANNOT, f"{name}: {change}", name="changes")


def _of_events(events: Sequence[Facts]) -> Iterator[Refused]:
    """Find the events that the trail cannot show."""
    for event in events:
        data, at, actor = event["data"], datetime.fromisoformat(event["at"]), event["actor"]
        if not _among(event["kind"], list(EventKind)):
            yield _refused(EVENT, event["kind"])
        if at.tzinfo is None or not EARLIEST <= at.year <= LATEST:
            yield _refused(CANNOT, event["at"], name="events")
        if actor is not None and not (type(actor) is int and abs(actor) <= LARGEST):
            yield _refused(CANNOT, actor, name="events")
        if not isinstance(data, dict) or type(data.get("round")) not in (int, NoneType):
            yield _refused(CANNOT, data, name="events")

"""What differs between two protocols, and putting a change into effect before the lock."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from delphi import audit
from delphi.consensus.shipped_scales import SCALES
from delphi.contents.scale_words import shipped
from delphi.errors import Refused
from delphi.model.event import EventKind
from delphi.model.study import Study
from delphi.protocol.method import METHOD, TEXTS, definition_from, definition_of


def differences(study: Study, wanted: Mapping[str, Any]) -> dict[str, list[Any]]:
    """List what would change: name of the column or text to [old, new]."""
    old: dict[str, Any] = {name: getattr(study, name) for name in METHOD} | dict.fromkeys(TEXTS, "") | study.texts
    wanted = _with_words(study, wanted)
    same_rule = _same_rule(old, {**old, **wanted})
    return {
        name: [old[name], value]
        for name, value in wanted.items()
        if old[name] != value
        and not (name == "rule_settings" and same_rule)
        and not (name == "feedback_plan" and set(old[name]) == set(value))
    }


def _with_words(study: Study, wanted: Mapping[str, Any]) -> Mapping[str, Any]:
    """Let another scale begin with its own words: those of the present one belong to other options."""
    scale = wanted.get("scale", study.scale)
    if scale == study.scale or "scale_words" in wanted:
        return wanted
    return {**wanted, "scale_words": shipped(SCALES[scale], study.language)}


def _same_rule(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Whether two ways to write the settings make one rule: what is not said follows from the scale."""
    try:
        return definition_from(old).rule == definition_from(new).rule
    except ValueError:
        return False


def apply(study: Study, changes: Mapping[str, list[Any]]) -> None:
    """Put changes into effect; a rule that does not work is refused."""
    for name in METHOD:
        if name in changes:
            setattr(study, name, changes[name][1])
    study.texts = study.texts | {name: changes[name][1] for name in TEXTS if name in changes}
    try:
        definition_of(study)
    except ValueError as error:
        raise Refused("This consensus rule does not work: %(error)s. Nothing was changed.", error=error) from None


def change(session: Session, study: Study, wanted: Mapping[str, Any], *, by: int, at: datetime) -> list[str]:
    """Change the protocol before its lock; the answer is the names of what changed."""
    if study.protocol_locked_at:
        raise Refused("The protocol is locked. A change now is an amendment, with a reason; nothing was changed.")
    changes = differences(study, wanted)
    if changes:
        apply(study, changes)
        audit.record(session, study.id, EventKind.PROTOCOL_CHANGED, by=by, at=at, changed=sorted(changes))
    return list(changes)

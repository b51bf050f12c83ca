"""The protocol: the method written once, locked with time and hash before round 1."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from delphi import audit
from delphi.consensus.analysis import Definition
from delphi.consensus.rules.parsing import rule_from
from delphi.consensus.shipped_scales import SCALES
from delphi.consensus.stopping import StoppingRule
from delphi.contents.scale_words import worded
from delphi.errors import Issue, NotReady, Refused
from delphi.model.event import EventKind
from delphi.model.study import Study

# Columns of the study that decide what is asked, judged and shown, in the order of the page.
METHOD = (
    "scale",
    "scale_words",
    "rule",
    "rule_settings",
    "denominator",
    "quantile_type",
    "minimum_n",
    "smallest_cell",
    "maximum_rounds",
    "stopping_rule",
    "settled",
    "unsettled",
    "feedback_plan",
)
LEVEL_OPEN = Issue(
    "level_open",
    "The level of anonymity is not chosen yet. It becomes part of the protocol, so choose it before the lock.",
    "anonymity.show",
)
# What a lead writes, each with the item of ACCORD it feeds (REPORTING 3.1).
TEXTS = {
    "aim": "M11",
    "rationale": "M9",
    "steering": "M2",
    "panel": "M3",
    "statements": "M6",
    "rule_rationale": "M12",
    "registration": "M1",
    "incentives": "M20",
    "accessibility": "M21",
    "ethics": "O2",
    "funding": "O3",
    "conflicts": "O2",
    "retention": "M18",
}


def definition_of(study: Study) -> Definition:
    """The consensus definition of a study: scale, rule and its parameters, denominators."""
    return definition_from({name: getattr(study, name) for name in METHOD})


def definition_from(method: Mapping[str, Any]) -> Definition:
    """Make the consensus definition of columns of a study.

    Raises
    ------
    ValueError
        The rule does not work, or not on this scale.
    """
    scale = worded(SCALES[method["scale"]], method.get("scale_words", {}))
    return Definition(
        scale=scale,
        rule=rule_from(method["rule"], method["rule_settings"], scale),
        quantile_type=method["quantile_type"],
        denominator=method["denominator"],
        minimum_n=method["minimum_n"],
    )


def stopping_rule_of(study: Study) -> StoppingRule:
    """The criteria on which ending the study is advised."""
    return StoppingRule(max_rounds=study.maximum_rounds, **study.stopping_rule)


def document(study: Study) -> dict[str, Any]:
    """Write the protocol as one document of plain values; this is what the hash seals.

    How far answers are kept from everybody is part of it where the team has chosen; of studies that were locked before
    it could be chosen the document, and so its hash, stays what it was.
    """
    return _plain(study) if study.harm is None else _plain(study) | {"schema": "protocol/3"} | anonymity(study)


def anonymity(study: Study) -> dict[str, Any]:
    """How far answers are kept from everybody, as part of the document."""
    return {
        "harm": study.harm.value if study.harm else None,
        "level": study.level.value,
        "caution": study.caution,
        "turnout": study.turnout.value,
        "closing_hours": study.closing_hours,
    }


def _plain(study: Study) -> dict[str, Any]:
    return {
        "schema": "protocol/2",
        "study": study.slug,
        "title": study.title,
        "definition": definition_of(study).as_dict(),
        "smallest_cell": study.smallest_cell,
        "maximum_rounds": study.maximum_rounds,
        "stopping_rule": dict(study.stopping_rule),
        "settled": study.settled.value,
        "unsettled": study.unsettled.value,
        "feedback_plan": list(study.feedback_plan),
        "proposal_rounds": list(study.proposal_rounds),
        "open_question": study.open_question,
        "withdrawal_choices": list(study.withdrawal_choices),
        "texts": {name: study.texts.get(name, "") for name in TEXTS},
    }


def sha256(protocol: dict[str, Any]) -> str:
    """Hash a protocol as canonical JSON."""
    text = json.dumps(protocol, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def lock(session: Session, study: Study, *, by: int, at: datetime) -> None:
    """Lock the protocol; afterwards a change needs an amendment."""
    if study.protocol_locked_at:
        raise Refused("The protocol is locked already; nothing was changed.")
    if study.harm is None and study.rehearsal_of is None:
        raise NotReady([LEVEL_OPEN])
    study.protocol_locked_at = at
    study.protocol_sha256 = sha256(document(study))
    audit.record(
        session,
        study.id,
        EventKind.PROTOCOL_LOCKED,
        by=by,
        at=at,
        protocol=document(study),
        sha256=study.protocol_sha256,
    )

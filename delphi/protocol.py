"""The protocol: the method written once, locked with time and hash before round 1."""

import hashlib
import json
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from delphi import audit
from delphi.consensus.analysis import Definition
from delphi.consensus.rule import rule_from
from delphi.consensus.scale import SCALES
from delphi.errors import Refused
from delphi.model.event import EventKind
from delphi.model.study import Study


def definition_of(study: Study) -> Definition:
    """Give the consensus definition of a study: scale, rule and its parameters, denominators."""
    scale = SCALES[study.scale]
    return Definition(
        scale=scale,
        rule=rule_from(study.rule, study.rule_settings, scale),
        quantile_type=study.quantile_type,
        denominator=study.denominator,
        minimum_n=study.minimum_n,
    )


def document(study: Study) -> dict[str, Any]:
    """Write the protocol as one document of plain values; this is what the hash seals."""
    return {
        "schema": "protocol/1",
        "study": study.slug,
        "title": study.title,
        "definition": definition_of(study).as_dict(),
        "smallest_cell": study.smallest_cell,
        "maximum_rounds": study.maximum_rounds,
        "settled": study.settled.value,
        "feedback_plan": list(study.feedback_plan),
    }


def sha256(protocol: dict[str, Any]) -> str:
    """Hash a protocol as canonical JSON."""
    text = json.dumps(protocol, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def lock(session: Session, study: Study, *, by: int, at: datetime) -> None:
    """Lock the protocol; afterwards a change needs an amendment."""
    if study.protocol_locked_at:
        raise Refused("The protocol is locked already; nothing was changed.")
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

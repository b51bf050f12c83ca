"""Whether the method of a bundle is the one that was locked, changed only by amendments that the trail tells of."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from delphi.model.event import EventKind, data_hash, sha256_of
from delphi.protocol import method
from exports.archive import Bundle

EVENTS = "audit/events.jsonl"
Events = Sequence[Mapping[str, Any]]


class Unknown(Exception):
    """A method that this version does not know."""


def problems_of_protocol(bundle: Bundle, events: Events) -> list[str]:
    """Compare the protocol with its lock, the amendments with their events, and each round's method with both."""
    facts, document = bundle.json("protocol/facts.json"), bundle.json("protocol/protocol.json")
    amendments = bundle.json("protocol/amendments.json")
    problems = [*_lock(bundle, document, amendments, events), *_amendments(amendments, events)]
    try:
        return [*problems, *_definitions(bundle, document, facts, amendments)]
    except Unknown as error:
        return [*problems, f"protocol/facts.json: this version does not know the method: {error}"]


def _lock(bundle: Bundle, document: dict[str, Any], amendments: list[dict[str, Any]], events: Events) -> list[str]:
    lock, problems = bundle.json("protocol/lock.json"), []
    locked = [event for event in events if event["kind"] == EventKind.PROTOCOL_LOCKED]
    unchanged, sha256 = lock["unchanged"], method.sha256(document)
    if lock["sha256"] != bundle.manifest["protocol_sha256"]:
        problems.append("protocol/lock.json: the hash is not that of the manifest")
    if unchanged and sha256 != lock["sha256"]:
        problems.append("protocol/protocol.json is not what was locked")
    if not locked or not _locks(locked[-1]["data"], lock["sha256"], document if unchanged else None):
        problems.append(f"{EVENTS}: no event locks the protocol under the hash of protocol/lock.json")
    elif not unchanged and not amendments and not _renamed(locked[-1]["data"], document):
        problems.append("protocol/protocol.json is not what was locked, and there is no amendment")
    return problems


def _locks(data: Mapping[str, Any], sha256: str, document: dict[str, Any] | None) -> bool:
    """Whether an event locks this protocol; one whose data are withheld is compared by its hash."""
    if document is not None and method.sha256(document) == sha256:
        return data_hash(data) == sha256_of({"protocol": document, "sha256": sha256})
    return bool(data.get("sha256", sha256) == sha256)


def _renamed(data: Mapping[str, Any], document: dict[str, Any]) -> bool:
    """Whether only the title changed since the lock, for which nobody has to say why."""
    locked = data.get("protocol")
    return locked is None or locked | {"title": ""} == document | {"title": ""}


def _amendments(amendments: list[dict[str, Any]], events: Events) -> list[str]:
    """Compare each amendment with its event."""
    told = [data_hash(event["data"]) for event in events if event["kind"] == EventKind.PROTOCOL_AMENDED]
    own = [
        sha256_of(
            {name: row[name] for name in ("number", "changes", "reason", "sha256")}
            | {"after_data": row["answers_given"] or row["results_seen"]}
        )
        for row in amendments
    ]
    return [] if own == told else [f"protocol/amendments.json: the amendments are not those of {EVENTS}"]


def _definitions(
    bundle: Bundle, document: dict[str, Any], facts: dict[str, Any], amendments: list[dict[str, Any]]
) -> list[str]:
    """Compare the definition of each round with the protocol, later amendments taken back."""
    columns, problems = {name: facts["study"][0][name] for name in method.METHOD}, []
    if _plain(columns) != document["definition"]:
        problems.append("protocol/facts.json is not what protocol/protocol.json says")
    stored = bundle.json("protocol/definitions.json")
    released = {
        row["number"]: datetime.fromisoformat(row["released_at"]) for row in facts["rounds"] if row["released_at"]
    }
    if sorted(released) != sorted(bundle.manifest["rounds"]) or set(stored) != {str(n) for n in released}:
        return [*problems, "protocol/facts.json: the rounds are not those of the manifest"]
    for number, at in released.items():
        then = dict(columns)
        for row in reversed(amendments):
            if datetime.fromisoformat(row["at"]) > at:
                then |= {name: change[0] for name, change in row["changes"].items() if name in then}
        if _plain(then) != stored[str(number)]:
            problems.append(f"protocol/definitions.json: the method of round {number} is not that of the protocol")
    return problems


def _plain(columns: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return method.definition_from(columns).as_dict()
    except KeyError as error:
        raise Unknown(f"there is no scale {error}") from None
    except ValueError as error:
        raise Unknown(str(error)) from None


def unproven_protocol(bundle: Bundle, events: Events) -> list[str]:
    """Say what of the protocol cannot be compared: what was withheld, or has changed without an amendment."""
    lock, document = bundle.json("protocol/lock.json"), bundle.json("protocol/protocol.json")
    if lock["unchanged"]:
        return []
    locked = [event["data"] for event in events if event["kind"] == EventKind.PROTOCOL_LOCKED]
    amended = [event["data"] for event in events if event["kind"] == EventKind.PROTOCOL_AMENDED]
    last = (amended or locked)[-1]
    if amended and last.get("sha256") == method.sha256(document):
        return []
    if not amended and last.get("protocol"):
        return []  # the title alone is another, or it was named a problem
    return ["protocol/protocol.json: it was changed since the last hash of it, so it was not compared with one"]

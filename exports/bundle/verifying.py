"""Is a bundle whole? Its hashes, its chain of events, and the protocol against its lock."""

import hashlib
import json
from datetime import datetime
from pathlib import Path
from typing import Any

from delphi.audit import GENESIS
from delphi.model.event import EventKind, data_hash, link_hash, sha256_of
from delphi.protocol import method
from exports.archive import BadBundle, Bundle, reading
from exports.bundle.results import MARKS
from exports.tables.table import HIDDEN

EVENTS = "audit/events.jsonl"
SCHEMA = "study-bundle/1"


def sha256_of_file(path: Path) -> str:
    """Hash a file piece by piece."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def verify(path: Path) -> list[str]:
    """List every problem, each naming its file; nothing if the bundle is as it was written."""
    try:
        with reading(path) as bundle:
            return problems_of(bundle)
    except BadBundle as error:
        return str(error).splitlines()


def problems_of(bundle: Bundle) -> list[str]:
    """List what does not fit in a bundle whose hashes are right."""
    if bundle.manifest.get("schema") != SCHEMA:
        return [f"MANIFEST.json: the schema is not {SCHEMA}, which is the one this version reads"]
    try:
        events = events_of(bundle)
        return [*_chain(events), *_lock(bundle, events), *_releases(bundle, events)]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        return [f"the bundle is not built as one: {type(error).__name__}"]


def events_of(bundle: Bundle) -> list[dict[str, Any]]:
    """Read the events in the order of the file."""
    return [json.loads(line) for line in bundle.archive.read(EVENTS).decode().splitlines()]


def _chain(events: list[dict[str, Any]]) -> list[str]:
    """Follow the chain to the first event that does not fit."""
    previous = GENESIS
    for number, event in enumerate(events, 1):
        at = datetime.fromisoformat(event["at"])
        own = link_hash(previous, event["seq"], at, event["actor"], event["kind"], data_hash(event["data"]))
        if (event["seq"], event["previous_hash"], event["hash"]) != (number, previous, own):
            return [f"{EVENTS}: event {number} does not fit the chain"]
        previous = own
    return [] if events else [f"{EVENTS}: there is no event"]


def _lock(bundle: Bundle, events: list[dict[str, Any]]) -> list[str]:
    """Compare the protocol, its lock and the event of locking."""
    lock, document = bundle.json("protocol/lock.json"), bundle.json("protocol/protocol.json")
    locked = [event for event in events if event["kind"] == EventKind.PROTOCOL_LOCKED]
    problems = []
    if lock["sha256"] != bundle.manifest["protocol_sha256"]:
        problems.append("protocol/lock.json: the hash is not that of the manifest")
    if lock["unchanged"] and method.sha256(document) != lock["sha256"]:
        problems.append("protocol/protocol.json is not what was locked")
    if not locked or locked[-1]["data"].get("sha256") != lock["sha256"]:
        problems.append(f"{EVENTS}: no event locks the protocol under the hash of protocol/lock.json")
    return problems


def _releases(bundle: Bundle, events: list[dict[str, Any]]) -> list[str]:
    """Compare each release with the hash of its event, where the bundle had to hide nothing of it."""
    if bundle.manifest["profile"] != "analyst":
        return []
    releases = {e["data"].get("round"): e["data"] for e in events if e["kind"] == EventKind.ROUND_RELEASED}
    problems = []
    for number in bundle.manifest["rounds"]:
        name, entries = f"results/release-{number}.json", bundle.json(f"results/release-{number}.json")["rows"]
        whole = not any(HIDDEN in entry[MARKS].values() for entry in entries)
        if whole and releases[number]["rows"] == len(entries):
            own = sha256_of([entry["row"] for entry in entries])
            problems += [f"{name} is not what was released"] if own != releases[number]["results_sha256"] else []
    return problems

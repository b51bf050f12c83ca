"""Checking a bundle: hashes, chain, lock and every figure that can be computed again; and what could not be checked."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from pathlib import Path

from delphi.audit import GENESIS
from delphi.model.event import WITHHELD, EventKind, data_hash, link_hash
from exports.archive import BadBundle, Bundle, reading
from exports.bundle import seals
from exports.bundle.marks import unjustified, unproven
from exports.bundle.older import of_any_version
from exports.bundle.protocol import EVENTS, Events, problems_of_protocol, unproven_protocol
from exports.bundle.reading import contents_of, events_of
from exports.bundle.recomputing import recompute
from exports.bundle.remaking import compare_for_readers
from exports.bundle.signing import signed

SCHEMA = "study-bundle/2"
NOT_BUILT = (KeyError, TypeError, ValueError, AttributeError, LookupError, ArithmeticError)


class Status(IntEnum):
    """What a check found; the exit code of the command."""

    RIGHT = 0
    WRONG = 1
    PARTLY = 3


@dataclass(frozen=True, slots=True)
class Verification:
    """What is wrong with a bundle, each with its file; or, if nothing is, what in it nobody could check, and why."""

    problems: list[str]
    unchecked: list[str]
    signed_by: str | None = None

    @property
    def status(self) -> Status:
        """Wrong, right, or right as far as it could be checked."""
        if self.problems:
            return Status.WRONG
        return Status.PARTLY if self.unchecked else Status.RIGHT


def sha256_of_file(path: Path) -> str:
    """Hash a file piece by piece."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def verify(path: Path, key: str | None = None) -> Verification:
    """Check a file from its first hash to its last figure, and that a key signed it, if one is named."""
    try:
        with reading(path) as bundle:
            return check(bundle, key)
    except BadBundle as error:
        return Verification(str(error).splitlines(), [])


def check(bundle: Bundle, key: str | None = None) -> Verification:
    """Check a bundle whose hashes are right: its signature, then what it holds."""
    signature, contents = signed(bundle, key), _check_contents(of_any_version(bundle))
    problems = signature.problems + contents.problems
    return Verification(problems, [] if problems else signature.unchecked + contents.unchecked, signature.by)


def _check_contents(bundle: Bundle) -> Verification:
    if bundle.manifest.get("schema") != SCHEMA:
        return Verification([f"MANIFEST.json: the schema is not {SCHEMA}, which is the one this version reads"], [])
    try:
        events = events_of(bundle)
        if problems := _chain(events):
            return Verification(problems, [])
        problems = [
            *problems_of_protocol(bundle, events),
            *_releases(bundle, events),
            *seals.problems_of_seals(bundle, events),
            *unjustified(bundle, contents_of(bundle)),
            *recompute(bundle).differences,
        ]
        if problems:
            return Verification(problems, [])
        wrong, unmade = compare_for_readers(bundle)
        unchecked = [*unproven_protocol(bundle, events), *_apart(bundle, events), *unproven(bundle), *unmade]
        return Verification(wrong, [] if wrong else unchecked)
    except BadBundle as error:
        return Verification(str(error).splitlines(), [])
    except NOT_BUILT as error:
        return Verification([f"the bundle is not built as one: {type(error).__name__}"], [])


def _chain(events: Events) -> list[str]:
    """Follow the chain to the first event that does not fit."""
    previous = GENESIS
    for number, event in enumerate(events, 1):
        at = datetime.fromisoformat(event["at"])
        own = link_hash(previous, event["seq"], at, event["actor"], event["kind"], data_hash(event["data"]))
        if (event["seq"], event["previous_hash"], event["hash"]) != (number, previous, own):
            return [f"{EVENTS}: event {number} does not fit the chain"]
        if WITHHELD in event["data"] and len(event["data"]) > 1:
            return [f"{EVENTS}: event {number} withholds its data and tells some that no hash covers"]
        previous = own
    return [] if events else [f"{EVENTS}: there is no event"]


def _releases(bundle: Bundle, events: Events) -> list[str]:
    """Compare the moment of each release with its event."""
    told = {event["data"].get("round"): event for event in events if event["kind"] == EventKind.ROUND_RELEASED}
    moments, problems = {row["number"]: row["released_at"] for row in bundle.json("protocol/facts.json")["rounds"]}, []
    for number in bundle.manifest["rounds"]:
        if number not in told:
            problems.append(f"{EVENTS}: no event releases round {number}")
        elif datetime.fromisoformat(told[number]["at"]) != datetime.fromisoformat(moments[number]):
            problems.append(f"protocol/facts.json: round {number} was not released when its event says")
    return problems


def _apart(bundle: Bundle, events: Events) -> list[str]:
    """Name the seals and events of which only the hash is here."""
    lines = seals.untold(events)
    withheld = [str(entry["number"]) for entry in bundle.json(seals.CHAIN) if WITHHELD in entry["content"]]
    if withheld:
        lines.append(f"{seals.CHAIN}: only the hash is here of what entry {', '.join(withheld)} holds")
    silent = [str(event["seq"]) for event in events if WITHHELD in event["data"]]
    if silent:
        lines.append(f"{EVENTS}: only the hash is here of what was done in event {', '.join(silent)}")
    return lines

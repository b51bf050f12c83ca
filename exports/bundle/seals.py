"""The chain of seals in a bundle: the rows of the table `seal`, and whether each fits its hash, the trail and the results."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from delphi.consensus.analysis import Definition
from delphi.consensus.sealed_counts import SealedRound
from delphi.model.event import WITHHELD, EventKind, data_hash, sha256_of
from delphi.model.seal import Seal, SealKind, seal_hash
from exports.archive import Bundle
from rounds.seal import chain
from rounds.seal.row_keeping import KEPT_ROWS

CHAIN, ROWS = "seals/chain.json", "ratings/rows.json"
KEPT = (
    "number",
    "round",
    "kind",
    "smallest_cell",
    "level",
    "caution",
    "definition_sha256",
    "content",
    "previous_sha256",
    "sha256",
)
TOLD_BY = {
    SealKind.ROUND: EventKind.ROUND_SEALED,
    SealKind.AMENDED: EventKind.VERDICTS_AMENDED,
    SealKind.ROWS: EventKind.ROWS_PUBLISHED,
    SealKind.PANEL: EventKind.PANEL_DESCRIBED,
}
JUDGED = (SealKind.ROUND, SealKind.AMENDED)
Entry = Mapping[str, Any]
Events = Sequence[Mapping[str, Any]]


def entries_of(session: Session, study_id: int, last: int) -> list[dict[str, Any]]:
    """The chain up to the last entry of the released rounds; what is said of a later round is replaced by its hash."""
    seals = [{name: getattr(seal, name) for name in KEPT} for seal in chain.entries(session, study_id)]
    told = [at for at, seal in enumerate(seals, 1) if seal["round"] <= last]
    kept = seals[: max(told, default=0)]
    return [entry if entry["round"] <= last else without_content(entry) for entry in kept]


def without_content(entry: Entry) -> dict[str, Any]:
    """An entry whose content stays here: its hash is what the chain covers."""
    return {**entry, "content": {WITHHELD: data_hash(entry["content"])}}


def stored(entry: Entry, study_id: int) -> Seal:
    """An entry as a row of the table, as it is."""
    plain = {name: entry[name] for name in KEPT}
    return Seal(study_id=study_id, **plain | {"kind": SealKind(entry["kind"])})


def sealed_rounds(bundle: Bundle) -> dict[int, SealedRound]:
    """What the seals of a bundle hold, by round; nothing where their contents were withheld."""
    found = {
        entry["round"]: entry["content"]
        for entry in bundle.json(CHAIN)
        if entry["kind"] == SealKind.ROUND and WITHHELD not in entry["content"]
    }
    return {number: SealedRound.from_dict(content) for number, content in found.items()}


def judged(entries: Sequence[Entry], number: int) -> Entry | None:
    """The entry with the verdicts that the panel was told of a round: the last one."""
    found = [entry for entry in entries if entry["round"] == number and entry["kind"] in JUDGED]
    return found[-1] if found else None


def problems_of_seals(bundle: Bundle, events: Events) -> Iterator[str]:
    """Follow the chain, and compare it with the trail, the methods and the results."""
    entries, study = bundle.json(CHAIN), bundle.json("protocol/facts.json")["study"][0]
    for problem in _links(entries, study):
        yield problem
        return
    yield from _untold(entries, events)
    definitions = bundle.json("protocol/definitions.json")
    for number in bundle.manifest["rounds"]:
        entry = judged(entries, number)
        if entry is None:
            yield f"{CHAIN}: no seal of round {number}"
            continue
        if entry["definition_sha256"] != Definition.from_dict(definitions[str(number)]).id:
            yield f"{CHAIN}: entry {entry['number']} was judged under another method than that of round {number}"
        rows = [one["row"] for one in bundle.json(f"results/release-{number}.json")["rows"]]
        if WITHHELD not in entry["content"] and sha256_of(rows) != entry["content"]["rows_sha256"]:
            yield f"results/release-{number}.json is not what was sealed"
    yield from _rows(bundle, entries)


def _links(entries: Sequence[Entry], study: Mapping[str, Any]) -> Iterator[str]:
    previous = chain.FIRST
    for number, entry in enumerate(entries, 1):
        terms = [entry["smallest_cell"], entry["level"], entry["caution"], entry["definition_sha256"]]
        own = seal_hash(study["slug"], entry["round"], entry["kind"], terms, entry["content"], entry["previous_sha256"])
        if (entry["number"], entry["previous_sha256"], entry["sha256"]) != (number, previous, own):
            yield f"{CHAIN}: entry {number} does not fit the chain"
        if WITHHELD in entry["content"] and len(entry["content"]) > 1:
            yield f"{CHAIN}: entry {number} withholds its content and tells some that no hash covers"
        if entry["level"] != study["level"]:
            yield f"{CHAIN}: entry {number} is of another level than the study"
        previous = own


def _untold(entries: Sequence[Entry], events: Events) -> Iterator[str]:
    """Compare every entry with its event, and every release with the seal that it names."""
    data = [event["data"] for event in events if event["kind"] in TOLD_BY.values()]
    told = {(one.get("number"), one.get("sha256")) for one in data}
    for entry in entries:
        if told and entry["kind"] in TOLD_BY and (entry["number"], entry["sha256"]) not in told:
            yield f"{CHAIN}: no event tells the hash of entry {entry['number']}"
    for event in events:
        released = event["data"] if event["kind"] == EventKind.ROUND_RELEASED else {}
        named = judged(entries, released.get("round", -1))
        own = (named["number"], named["sha256"]) if named else None
        if "seal" in released and own != (released["seal"], released["sha256"]):
            yield f"{CHAIN}: round {released['round']} was released with another seal"


def told_by(events: Events) -> bool:
    """Whether the trail tells of seals, as that of a study of version 0.1.0 does not."""
    return any(event["kind"] in TOLD_BY.values() for event in events)


def untold(events: Events) -> list[str]:
    """Say where the trail is older than the seals, as that of a study of version 0.1.0 is."""
    if told_by(events):
        return []
    return [f"{CHAIN}: the trail is of version 0.1.0 and tells of no seal, so they were not compared"]


def _rows(bundle: Bundle, entries: Sequence[Entry]) -> Iterator[str]:
    """Compare the rows with the hashes under which they were kept at each close, or published."""
    rows: list[dict[str, Any]] | None = bundle.json(ROWS) if ROWS in bundle.manifest["files"] else None
    for entry in entries if rows is not None else ():
        kept = entry["content"].get(KEPT_ROWS)
        if kept is not None and sha256_of([row for row in rows or () if row["round"] == entry["round"]]) != kept:
            yield f"{ROWS}: the rows of round {entry['round']} are not those that were kept"
    published = [entry for entry in entries if entry["kind"] == SealKind.ROWS and WITHHELD not in entry["content"]]
    if published and rows is None:
        yield f"{ROWS} is missing, and the chain says that rows were published"
    elif published and sha256_of(rows) != published[-1]["content"]["rows_sha256"]:
        yield f"{ROWS} is not what was published"

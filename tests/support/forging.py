"""Bundles as somebody would forge them who makes every hash, the chain and the protocol fit again."""

import hashlib
import json
import zipfile
from datetime import datetime

from browsing import SECRET

from delphi.audit import GENESIS
from delphi.consensus.analysis import Definition
from delphi.model.event import WITHHELD, data_hash, link_hash, sha256_of
from delphi.model.seal import seal_hash
from delphi.protocol import method
from exports.archive import MANIFEST, SIGNATURE, SUMS
from exports.bundle.signing import signer
from rounds.seal import chain

EVENTS = "audit/events.jsonl"
PARTS = {
    "facts": "protocol/facts.json",
    "document": "protocol/protocol.json",
    "definitions": "protocol/definitions.json",
    "lock": "protocol/lock.json",
    "amendments": "protocol/amendments.json",
    "documents": "instruments/documents.json",
    "translations": "instruments/translations.json",
    "statements": "statements/statements.json",
    "items": "statements/items.json",
    "seals": "seals/chain.json",
    "manifest": MANIFEST,
}
FITS = (ValueError, KeyError, TypeError, AttributeError, ArithmeticError)


def forged(path, target, *changes):
    """Change the parts of a bundle, then make all that depends on them fit, as far as it can."""
    with zipfile.ZipFile(path) as source:
        files = {name: source.read(name) for name in source.namelist()}
    parts = {part: json.loads(files[name]) for part, name in PARTS.items()}
    parts["events"] = [json.loads(line) for line in files[EVENTS].decode().splitlines()]
    for change in (*changes, _protocol, _definitions, _seals, _trail):
        try:
            change(parts)
        except FITS:
            if change in changes:
                raise
    files |= {PARTS[part]: json.dumps(parts[part]).encode() for part in PARTS}
    files[EVENTS] = "".join(json.dumps(event) + "\n" for event in parts["events"]).encode()
    return _sealed(files, target)


def _protocol(parts):
    """Write the protocol that the facts say."""
    study, document = parts["facts"]["study"][0], parts["document"]
    document |= {name: study[name] for name in document.keys() & study.keys() - {"texts"}}
    document["study"] = study["slug"]
    if isinstance(study["texts"], dict):
        document["texts"] = {name: study["texts"].get(name, "") for name in method.TEXTS}
    document["definition"] = method.definition_from(study).as_dict()


def _definitions(parts):
    """Write the definition of each round, later amendments taken back."""
    for row in parts["facts"]["rounds"]:
        then = {name: parts["facts"]["study"][0][name] for name in method.METHOD}
        for amendment in reversed(parts["amendments"]):
            if datetime.fromisoformat(amendment["at"]) > datetime.fromisoformat(row["released_at"]):
                then |= {name: change[0] for name, change in amendment["changes"].items() if name in then}
        parts["definitions"][str(row["number"])] = method.definition_from(then).as_dict()


def _seals(parts):
    """Write the chain of seals again, under the methods that the rounds have now, and its hashes into the trail."""
    study, previous, hashes = parts["facts"]["study"][0], chain.FIRST, {}
    for seal in parts["seals"]:
        plain = parts["definitions"].get(str(seal["round"]))
        seal["definition_sha256"] = Definition.from_dict(plain).id if plain else seal["definition_sha256"]
        seal["level"] = study["level"]
        terms = [seal[name] for name in ("smallest_cell", "level", "caution", "definition_sha256")]
        own = seal_hash(study["slug"], seal["round"], seal["kind"], terms, seal["content"], previous)
        hashes[seal["sha256"]] = own
        seal |= {"previous_sha256": previous, "sha256": own}
        previous = own
    for event in parts["events"]:
        if event["data"].get("sha256") in hashes:
            event["data"]["sha256"] = hashes[event["data"]["sha256"]]


def _trail(parts):
    """Write the hash of the protocol, the events of what was amended, and the chain again."""
    amended = [event for event in parts["events"] if event["kind"] == "protocol:amended"]
    parts["amendments"][-1]["sha256"] = method.sha256(parts["document"])
    for event, row in zip(amended, parts["amendments"], strict=True):
        event["data"] = {name: row[name] for name in ("number", "changes", "reason", "sha256")}
        event["data"]["after_data"] = row["answers_given"] or row["results_seen"]
    moments = {row["number"]: row["released_at"] for row in parts["facts"]["rounds"]}
    previous = GENESIS
    for event in parts["events"]:
        if event["kind"] == "round:released" and event["data"]["round"] in moments:
            event["at"] = moments[event["data"]["round"]]
        at = datetime.fromisoformat(event["at"])
        data = data_hash(event["data"]) if WITHHELD in event["data"] else sha256_of(event["data"])
        own = link_hash(previous, event["seq"], at, event["actor"], event["kind"], data)
        event |= {"previous_hash": previous, "hash": own}
        previous = own


def _sealed(files, target):
    manifest = json.loads(files[MANIFEST])
    for name in manifest["files"]:
        manifest["files"][name] = {"sha256": hashlib.sha256(files[name]).hexdigest(), "bytes": len(files[name])}
    files[MANIFEST] = json.dumps(manifest).encode()
    files[SIGNATURE] = signer(SECRET)(files[MANIFEST]).encode()
    sums = (f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in files.items() if name != SUMS)
    files[SUMS] = "".join(sums).encode()
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return target

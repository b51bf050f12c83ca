"""Check a study bundle with the Python standard library alone: python3 scripts/verify.py, in the unpacked folder.

Every file is compared with MANIFEST.json, the chains of events and of seals are followed from their beginning, the protocol
is compared with its lock, and the figures that the ratings or counts give are computed again (analysis.py).
"""

import hashlib
import json
import sys
from pathlib import Path

import analysis


def sha256_of(content):
    """SHA-256 of canonical JSON."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def files(folder):
    """Compare every file with the manifest."""
    manifest = json.loads((folder / "MANIFEST.json").read_text(encoding="utf-8"))
    for name, told in manifest["files"].items():
        path = folder / name
        if not path.is_file():
            yield f"{name} is missing"
        elif hashlib.sha256(path.read_bytes()).hexdigest() != told["sha256"]:
            yield f"{name} is not as MANIFEST.json says"
    own = {"MANIFEST.json", "MANIFEST.sha256", "SIGNATURE.json"}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name not in manifest["files"].keys() | own and "__pycache__" not in name:
            yield f"{name} is not listed in MANIFEST.json"


def chain(folder):
    """Follow the chain of events."""
    previous = "0" * 64
    lines = (folder / "audit" / "events.jsonl").read_text(encoding="utf-8").splitlines()
    for number, event in enumerate(map(json.loads, lines), 1):
        data = event["data"].get("withheld_sha256") or sha256_of(event["data"])
        own = sha256_of([event["previous_hash"], event["seq"], event["at"], event["actor"], event["kind"], data])
        if "withheld_sha256" in event["data"] and len(event["data"]) > 1:
            yield f"audit/events.jsonl: event {number} withholds its data and tells some that no hash covers"
        if event["seq"] != number or event["previous_hash"] != previous or event["hash"] != own:
            yield f"audit/events.jsonl: event {number} does not fit the chain"
            return
        previous = event["hash"]


def seals(folder):
    """Follow the chain of seals; a content that was left out of a public bundle left its hash behind."""
    study = json.loads((folder / "protocol" / "facts.json").read_text(encoding="utf-8"))["study"][0]["slug"]
    previous = "0" * 64
    for number, seal in enumerate(json.loads((folder / "seals" / "chain.json").read_text(encoding="utf-8")), 1):
        content = seal["content"].get("withheld_sha256") or sha256_of(seal["content"])
        terms = [seal["smallest_cell"], seal["level"], seal["caution"], seal["definition_sha256"]]
        own = sha256_of([study, seal["round"], seal["kind"], *terms, content, seal["previous_sha256"]])
        if (seal["number"], seal["previous_sha256"], seal["sha256"]) != (number, previous, own):
            yield f"seals/chain.json: entry {number} does not fit the chain"
            return
        previous = seal["sha256"]


def lock(folder):
    """Compare the protocol with its lock."""
    protocol = json.loads((folder / "protocol" / "protocol.json").read_text(encoding="utf-8"))
    told = json.loads((folder / "protocol" / "lock.json").read_text(encoding="utf-8"))
    if told["unchanged"] and sha256_of(protocol) != told["sha256"]:
        yield "protocol/protocol.json is not what was locked"


def results(folder):
    """Compare the results of each round with the hash in its last seal, where its content is here."""
    entries = json.loads((folder / "seals" / "chain.json").read_text(encoding="utf-8"))
    judged = {seal["round"]: seal["content"] for seal in entries if seal["kind"] in ("round", "amended")}
    for path in sorted((folder / "results").glob("release-*.json")):
        stored = json.loads(path.read_text(encoding="utf-8"))
        told = judged[stored["round"]].get("rows_sha256")
        if told and sha256_of([row["row"] for row in stored["rows"]]) != told:
            yield f"results/{path.name} is not what was sealed"


def main():
    """Print every problem; the exit code is 0 only if there is none."""
    folder = Path(__file__).resolve().parent.parent
    problems = [*files(folder), *chain(folder), *seals(folder), *lock(folder), *results(folder)]
    compared, differences = analysis.compare(folder, analysis.recompute(folder))
    problems += [f"results/consensus_long.csv, {difference}" for difference in differences]
    for problem in problems:
        print(problem)
    print(f"{compared} compared, {compared - len(differences)} equal")
    print("SIGNATURE.json is not checked here, as Python has no Ed25519 of its own; `delphi verify` checks it.")
    print("Verdicts, grades and changes are not computed here; `delphi verify` computes them.")
    print("Not as it should be." if problems else "All is as the manifest says.")
    return int(bool(problems))


if __name__ == "__main__":
    sys.exit(main())

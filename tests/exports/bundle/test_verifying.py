"""What `delphi verify` finds, what it cannot check, and the exit code of each."""

import json
import re
import shutil
import zipfile
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from builders import NOW, lead_of
from bundles import resealed, run, written
from databases import one_engine
from played import COS, ODD, RAND, play

from delphi.audit import GENESIS
from delphi.database import Database
from delphi.model.event import WITHHELD, data_hash, link_hash
from delphi.model.seal import seal_hash
from delphi.protocol import amendments
from exports.bundle.verifying import Status, verify
from rounds.seal import chain

pytestmark = one_engine
FEW = {"groups": ("nurses",) * 5 + ("peers",) * 5 + ("doctors",), "panelists": 55, "absent": ("doctors",)}
DESIGNS = {
    "agreement": {},
    "cos": COS,
    "rand": RAND,
    "odd": ODD,
    "few": FEW,
    "few-cos": COS | FEW,
    "small-cos": COS | {"groups": ("patients", "nurses") * 2 + ("doctors",), "panelists": 45, "leavers": 0},
    "everybody": {"leavers": 0, "panelists": 30, "level": "open_rows"},
}
RIGHT = {("everybody", "analyst"), ("everybody", "public"), ("few", "analyst")}


@pytest.fixture(scope="module")
def originals(template, tmp_path_factory):
    """A bundle of every design and profile."""
    folder = tmp_path_factory.mktemp("verify")
    with template.copy() as url:
        database = Database(url)
        with database.transaction() as session:
            for slug, design in DESIGNS.items():
                made = play(session, slug, **design)
                for profile in ("analyst", "public"):
                    written(session, made, folder / f"{slug}-{profile}.zip", profile)
        database.engine.dispose()
    return folder


@pytest.fixture
def bundle(originals, tmp_path):
    """A copy of one of them."""
    return lambda slug, profile="analyst": Path(shutil.copy(originals / f"{slug}-{profile}.zip", tmp_path))


def forged(path, name, change):
    """Change a file of JSON in place, with manifests that fit."""

    def act(data):
        stored = json.loads(data)
        change(stored)
        return json.dumps(stored).encode()

    return resealed(path, name, act)


def rechained(path, change):
    """Change an event and make the chain fit again from there."""

    def act(data):
        events = [json.loads(line) for line in data.decode().splitlines()]
        previous = GENESIS
        for event in events:
            change(event)
            at = datetime.fromisoformat(event["at"])
            own = link_hash(previous, event["seq"], at, event["actor"], event["kind"], data_hash(event["data"]))
            event |= {"previous_hash": previous, "hash": own}
            previous = own
        return "".join(json.dumps(event) + "\n" for event in events).encode()

    return resealed(path, "audit/events.jsonl", act)


def told(stored, statement="STMT1.1", group="all"):
    """The entry of a release about a statement and a group."""
    return next(e for e in stored["rows"] if (e["row"]["statement"], e["row"]["group"]) == (statement, group))


def turn_verdict(stored, statement="STMT1.1", group="all"):
    row = told(stored, statement, group)["row"]
    row["verdict"] = "in" if row["verdict"] != "in" else "out"


@pytest.mark.parametrize("profile", ["analyst", "public"])
@pytest.mark.parametrize("design", DESIGNS)
def test_an_honest_bundle_gets_its_status(originals, design, profile):
    found = verify(originals / f"{design}-{profile}.zip")
    assert found.problems == []
    assert found.status is (Status.RIGHT if (design, profile) in RIGHT else Status.PARTLY)


@pytest.mark.parametrize("profile", ["analyst", "public"])
@pytest.mark.parametrize("design", ["everybody", "agreement", "few"])
def test_a_forged_verdict_is_found_beside_a_hidden_group(bundle, design, profile):
    found = verify(forged(bundle(design, profile), "results/release-1.json", turn_verdict))
    assert found.status is Status.WRONG
    assert any("round 1, STMT1.1, all: verdict is" in problem for problem in found.problems)


@pytest.mark.parametrize("profile", ["analyst", "public"])
def test_a_verdict_beside_a_hidden_group_is_computed_again(bundle, profile):
    path = forged(bundle("few-cos", profile), "results/release-1.json", lambda stored: turn_verdict(stored, "OUT1"))
    assert any("round 1, OUT1, all: verdict is" in problem for problem in verify(path).problems)


def test_a_verdict_of_a_group_not_told_is_not_called_right(bundle, monkeypatch):
    monkeypatch.setattr("exports.bundle.verifying.compare_for_readers", lambda _bundle: ([], []))  # drawn anew, too
    path = forged(bundle("small-cos", "public"), "results/release-1.json", lambda stored: turn_verdict(stored, "OUT1"))
    found = verify(path)
    assert found.status is Status.PARTLY
    line = next(line for line in found.unchecked if line.startswith("results/release-1") and "has a part" in line)
    assert "verdict" in line
    assert line.endswith("of all")


@pytest.mark.parametrize("design", ["agreement", "few"])
def test_a_forged_count_is_found(bundle, design):
    def one_more(data):
        head, first, *rest = data.decode().splitlines(keepends=True)
        return (head + first.rstrip().rpartition(",")[0] + ",30\r\n" + "".join(rest)).encode()

    found = verify(resealed(bundle(design, "public"), "ratings/counts.csv", one_more))
    assert any("in the release, computed" in problem for problem in found.problems)


def test_an_event_forged_with_its_chain_is_found(bundle):
    def another_hash(event):
        if event["kind"] == "round:released":
            event["data"]["sha256"] = "0" * 64

    found = verify(rechained(bundle("few"), another_hash))
    assert found.problems == [f"seals/chain.json: round {n} was released with another seal" for n in (1, 2, 3)]


def resealed_chain(path, change):
    """Change what a seal holds, and make the chain of seals fit again, and the hashes of the trail."""

    def act(data):
        entries, previous = json.loads(data), chain.FIRST
        for entry in entries:
            change(entry)
            terms = [entry[name] for name in ("smallest_cell", "level", "caution", "definition_sha256")]
            own = seal_hash("few", entry["round"], entry["kind"], terms, entry["content"], previous)
            entry |= {"previous_sha256": previous, "sha256": own}
            previous = own
        return json.dumps(entries).encode()

    return resealed(path, "seals/chain.json", act)


def test_a_seal_forged_with_its_chain_is_found_in_the_trail(bundle):
    def one_more(entry):
        entry["content"]["cells"][0]["blank"] += 1

    found = verify(resealed_chain(bundle("few"), one_more)).problems
    assert "seals/chain.json: no event tells the hash of entry 1" in found
    assert "ratings/counts.csv, round 1: the counts are not those of seals/chain.json" in found


def test_content_beside_a_withheld_hash_is_refused(bundle):
    def withhold(stored):
        stored[0]["content"] = {WITHHELD: data_hash(stored[0]["content"]), "cells": []}

    found = verify(forged(bundle("few"), "seals/chain.json", withhold))
    assert found.problems == ["seals/chain.json: entry 1 withholds its content and tells some that no hash covers"]


def test_results_that_were_not_sealed_are_found(bundle):
    found = verify(forged(bundle("few"), "results/release-1.json", lambda stored: stored["rows"].reverse()))
    assert "results/release-1.json is not what was sealed" in found.problems


def test_a_band_is_said_to_be_as_sealed(bundle):
    lines = verify(bundle("agreement")).unchecked
    assert [line for line in lines if "as sealed, not recomputable without single rows: changed_band, stable" in line]


def test_a_release_without_an_event_is_found(bundle):
    def another_kind(event):
        if event["kind"] == "round:released" and event["data"]["round"] == 2:
            event["kind"] = "round:closed"

    found = verify(rechained(bundle("few"), another_kind))
    assert found.problems == ["audit/events.jsonl: no event releases round 2"]


def test_a_release_at_another_moment_is_found(bundle):
    def later(stored):
        stored["rounds"][1]["released_at"] = (NOW + timedelta(days=1)).isoformat()

    found = verify(forged(bundle("few"), "protocol/facts.json", later))
    assert found.problems == ["protocol/facts.json: round 2 was not released when its event says"]


def test_data_beside_a_withheld_hash_are_refused(bundle):
    def withhold(event):
        if event["kind"] == "round:released":
            event["data"] = {WITHHELD: data_hash(event["data"])} | event["data"] | {"rows": 0}

    found = verify(rechained(bundle("everybody"), withhold))
    assert len(found.problems) == 1
    assert "withholds its data and tells some that no hash covers" in found.problems[0]


def test_a_round_under_another_rule_is_found(bundle):
    def easier(stored):
        stored["1"]["minimum_n"] = 1

    found = verify(forged(bundle("few"), "protocol/definitions.json", easier))
    assert "protocol/definitions.json: the method of round 1 is not that of the protocol" in found.problems


def test_facts_of_another_rule_are_found(bundle):
    def easier(stored):
        stored["study"][0]["minimum_n"] = 1

    found = verify(forged(bundle("few"), "protocol/facts.json", easier))
    assert "protocol/facts.json is not what protocol/protocol.json says" in found.problems


def test_a_protocol_said_to_be_changed_is_found(bundle):
    def easier(stored):
        stored["smallest_cell"] = 3

    path = forged(bundle("few"), "protocol/lock.json", lambda stored: stored.update(unchanged=False))
    found = verify(forged(path, "protocol/protocol.json", easier))
    assert found.problems == ["protocol/protocol.json is not what was locked, and there is no amendment"]


MARKED = {
    "hidden and shown": ("verdict", "suppressed_disclosure"),
    "counts that are told": ("verdict", "counts_withheld"),
    "groups that are told": ("verdict", "groups_left_out"),
    "no change": ("verdict", "as_sealed"),
    "rows that are there": ("stable", "as_sealed"),
    "counts of both rounds": ("delta_median", "counts_withheld"),
    "rounds that were sealed": ("verdict", "as_released"),
    "no reason": ("verdict", "because"),
    "no column": ("colour", "as_sealed"),
}


@pytest.mark.parametrize("what", MARKED)
def test_an_excuse_that_the_bundle_does_not_bear_out_is_found(bundle, what):
    name, why = MARKED[what]

    def excuse(stored):
        turn_verdict(stored)
        told(stored)["not_recomputable"][name] = why

    found = verify(forged(bundle("everybody"), "results/release-2.json", excuse))
    assert f"results/release-2.json, STMT1.1, all: {name} is marked as {why}, which is not so in this bundle" in (
        found.problems
    )


@pytest.mark.parametrize("value", ["perhaps", 7])
@pytest.mark.parametrize("name", ["stable", "changed_band"])
def test_an_unproven_word_is_one_of_its_vocabulary(bundle, name, value):
    def another_word(stored):
        entry = next(entry for entry in stored["rows"] if name in entry["not_recomputable"])
        entry["row"][name] = value

    found = verify(forged(bundle("cos", "public"), "results/release-2.json", another_word))
    assert found.status is Status.WRONG
    assert f"{name} is {value!r}, which is no value of this column" in str(found.problems)


@pytest.mark.parametrize(("times", "change"), [(0, lambda rows: rows.pop(0)), (2, lambda rows: rows.append(rows[0]))])
def test_a_row_that_stands_there_not_once_is_found(bundle, times, change):
    found = verify(forged(bundle("few"), "results/release-1.json", lambda stored: change(stored["rows"])))
    assert f"results/release-1.json: STMT1.1, all stands there {times} times, not once" in found.problems


def test_a_column_too_few_is_found(bundle):
    found = verify(forged(bundle("few"), "results/release-1.json", lambda stored: told(stored)["row"].pop("verdict")))
    assert "round 1, STMT1.1, all: other columns than a release has: verdict" in found.problems


def test_a_forged_reason_of_an_empty_cell_is_found(bundle):
    def blame(stored):
        told(stored)["row"]["reasons"] += ";grade=no_ratings"

    found = verify(forged(bundle("few"), "results/release-1.json", blame))
    assert "round 1, STMT1.1, all: the release gives other reasons for its empty cells" in found.problems


def test_a_protocol_that_names_an_address_is_compared_by_its_hash(session, tmp_path, monkeypatch):
    monkeypatch.setattr("exports.bundle.source.ADDRESS", re.compile('"aim"'))
    path, _ = written(session, play(session, leavers=0, panelists=30), tmp_path / "care.zip")
    assert WITHHELD in zipfile.ZipFile(path).read("audit/events.jsonl").decode()
    assert verify(path).problems == []


def test_the_order_of_settings_does_not_matter(session, tmp_path):
    stopping = {"stable_share": "80", "consensus_share": "75", "response_floor": "50"}
    made = play(session, leavers=0, panelists=30, rounds=1, stopping_rule=stopping)
    by, later = lead_of(session, made), NOW + timedelta(hours=1)
    wanted = {"quantile_type": 6, "minimum_n": 9, "aim": "To know."}
    amendments.amend(session, made, wanted, reason="few", by=by, at=later)
    wanted = {"stopping_rule": {"stable_share": "70", "consensus_share": "60"}, "rationale": "So."}
    amendments.amend(session, made, wanted, reason="few", by=by, at=later)
    for profile in ("analyst", "public"):
        assert verify(written(session, made, tmp_path / "care.zip", profile)[0]).problems == []


def test_an_amendment_is_compared_with_its_event(session, tmp_path):
    made = play(session, panelists=30, rounds=1)
    later = NOW + timedelta(hours=1)
    amendments.amend(session, made, {"minimum_n": 9}, reason="few", by=lead_of(session, made), at=later)
    path, _ = written(session, made, tmp_path / "care.zip")
    assert verify(path).problems == []
    found = verify(forged(path, "protocol/amendments.json", lambda stored: stored[0].update(reason="many")))
    assert found.problems == ["protocol/amendments.json: the amendments are not those of audit/events.jsonl"]


def test_a_protocol_renamed_after_an_amendment_is_said_not_compared(session, tmp_path):
    made = play(session, leavers=0, panelists=30, rounds=1)
    later = NOW + timedelta(hours=1)
    amendments.amend(session, made, {"minimum_n": 9}, reason="few", by=lead_of(session, made), at=later)
    before = verify(written(session, made, tmp_path / "care.zip")[0])
    made.title = "Another title"
    session.flush()
    after = verify(written(session, made, tmp_path / "care.zip")[0])
    assert (before.status, after.status) == (Status.RIGHT, Status.PARTLY)
    assert "it was changed since the last hash of it" in after.unchecked[0]


def test_a_title_alone_may_change_after_the_lock(session, tmp_path):
    made = play(session, leavers=0, panelists=30, rounds=1)
    made.title = "Another title"
    session.flush()
    assert verify(written(session, made, tmp_path / "care.zip")[0]).status is Status.RIGHT


FOR_READERS = [
    "README.html",
    "CITATION.cff",
    "report/consensus.html",
    "results/consensus_long.csv",
    "results/consensus_wide.csv",
    "figures/stacked.svg",
    "figures/stacked.csv",
    "protocol/protocol.html",
    "instruments/instrument.html",
    "statements/statements.csv",
    "scripts/verify.py",
]


@pytest.mark.parametrize("name", FOR_READERS)
def test_what_readers_look_at_follows_from_the_rest(bundle, name):
    found = verify(resealed(bundle("few", "public"), name, lambda data: data + b" "))
    assert found.problems == [f"{name} does not follow from the facts and results in the bundle"]


@pytest.mark.parametrize("version", ["delphi-platform 0.0.1", "delphi-platform 99.0"])
def test_what_another_version_drew_is_said_not_compared(bundle, monkeypatch, version):
    monkeypatch.setattr("exports.bundle.remaking.software", lambda: version)
    found = verify(bundle("everybody"))
    assert (found.status, len(found.unchecked)) == (Status.PARTLY, 1)
    assert "not made again" in found.unchecked[0]


def test_what_cannot_be_drawn_is_said_not_compared(bundle, monkeypatch):
    def fail(*_arguments):
        raise ValueError

    monkeypatch.setattr("exports.bundle.remaking.write_for_readers", fail)
    found = verify(bundle("everybody"))
    assert found.unchecked == ["report, figures and tables: they could not be made again (ValueError)"]


def test_the_command_has_a_status_for_each_outcome(bundle):
    path = bundle("everybody")
    right = run("verify", path, code=0).output
    assert "whole" in right
    assert "compared with the manifest alone: ratings/wide.csv" in right
    assert "not as it should be" in run("verify", forged(path, "results/release-1.json", turn_verdict), code=1).output
    done = run("verify", bundle("cos"), code=3).output
    assert "not checked: results/release-2.json" in done
    assert "right as far as it was checked" in done
    assert "whole" not in done

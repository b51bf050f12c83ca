"""The study bundle: written, verified, computed again, changed, and brought to another database."""

import csv
import io
import json
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from random import Random
from uuid import UUID

import pytest
from builders import NOW
from bundles import resealed, run, written
from databases import ENGINES, one_engine
from played import COS, ODD, RAND, play
from sqlalchemy import delete, select

from delphi import audit
from delphi.database import Database
from delphi.errors import Refused
from delphi.model.event import EventKind
from delphi.model.identity import Identity
from delphi.model.panel import Panelist
from delphi.model.rating import Rating
from delphi.model.round import Round
from delphi.model.study import Study
from delphi.sheets.archives import ArchiveLimits
from exports.archive import MANIFEST, SUMS, BadBundle, reading
from exports.bundle.recomputing import recompute
from exports.bundle.source import source_of
from exports.bundle.verifying import verify
from exports.record.rows import consensus_table

DESIGNS = {"agreement": {}, "cos": COS, "rand": RAND, "odd": ODD}


def called(session, slug):
    return session.scalars(select(Study).where(Study.slug == slug)).one()


@pytest.fixture(scope="module")
def theatre(template):
    """A database in which every design was played; nobody changes it."""
    with template.copy() as url:
        database = Database(url)
        with database.transaction() as session:
            for slug, design in DESIGNS.items():
                play(session, slug, **design)
        yield database
        database.engine.dispose()


@pytest.fixture
def stage(theatre):
    with theatre.transaction(writing=False) as session:
        yield session


@pytest.fixture
def made(stage):
    return called(stage, "agreement")


@pytest.fixture(scope="module")
def original(theatre, tmp_path_factory):
    with theatre.transaction(writing=False) as session:
        return written(session, called(session, "agreement"), tmp_path_factory.mktemp("bundle") / "care.zip")[0]


@pytest.fixture
def bundle(original, tmp_path):
    return Path(shutil.copy(original, tmp_path))


def changed(path, name, change):
    """Write the archive again with one file changed, the rest as it was."""
    source = zipfile.ZipFile(path)
    target = path.with_name("changed.zip")
    with zipfile.ZipFile(target, "w") as archive:
        for entry in source.infolist():
            data = source.read(entry)
            if (data := change(data) if entry.filename == name else data) is not None:
                archive.writestr(entry.filename, data)
    return target


@pytest.mark.parametrize("profile", ["analyst", "public"])
@pytest.mark.parametrize("design", DESIGNS)
def test_every_study_is_computed_again_bit_for_bit(stage, tmp_path, design, profile):
    path, manifest = written(stage, called(stage, design), tmp_path / "care.zip", profile)
    assert verify(path).problems == []
    with reading(path) as bundle:
        found = recompute(bundle)
    assert found.differences == []
    assert found.compared == found.equal > 500
    assert found.not_recomputable == sum(manifest["not_recomputable"].values())


def test_nothing_that_a_bundle_can_prove_is_left_out(session, tmp_path):
    made = play(session, leavers=0, panelists=30)
    with reading(written(session, made, tmp_path / "care.zip")[0]) as bundle:
        found = recompute(bundle)
    assert (found.not_recomputable, found.differences) == (0, [])
    assert {row["n_paired"] for row in found.rows if row["round"] == 2} - {None}


@one_engine
@pytest.mark.parametrize("profile", ["analyst", "public"])
def test_its_pictures_and_tables_hold_the_numbers_of_its_releases(stage, made, tmp_path, profile):
    archive = zipfile.ZipFile(written(stage, made, tmp_path / "care.zip", profile)[0])
    release = [told["row"] for told in json.loads(archive.read("results/release-3.json"))["rows"]]
    rows = {row["statement"]: row for row in release if row["group"] == "all"}
    for name, column in (("stacked", "n_rated"), ("quartiles", "median"), ("change", "last_pct"), ("by-group", None)):
        assert archive.read(f"figures/{name}.svg").startswith(b"<svg")
        found = list(csv.DictReader(io.StringIO(archive.read(f"figures/{name}.csv").decode(), newline="")))
        assert found
        if column:
            told = [rows[row["statement"]][column.replace("last_pct", "combined_pct")] for row in found]
            assert [float(row[column]) for row in found] == told
    wide = list(csv.DictReader(io.StringIO(archive.read("results/consensus_wide.csv").decode(), newline="")))
    for row in wide:
        if row["final_round"] == "3":
            assert row["final_verdict"] == rows[row["statement"]]["verdict"]
    assert "<table" in archive.read("report/consensus.html").decode()
    assert "Service 3 is needed." in archive.read("instruments/instrument.html").decode()
    assert made.protocol_sha256 in archive.read("protocol/protocol.html").decode()
    assert made.lead_name not in str([archive.read(name) for name in archive.namelist()])
    assert 'title: "' in archive.read("CITATION.cff").decode()


def test_a_finished_study_has_one_public_bundle_whatever_is_exported_later(session, tmp_path):
    made = play(session, panelists=30)
    audit.record(session, made.id, EventKind.STUDY_FINISHED, by=None, at=NOW, reached=True, reason="")
    made.finished_at = NOW
    paths = []
    for name in ("first", "second"):
        paths.append(written(session, made, tmp_path / f"{name}.zip", "public")[0])
        audit.record(session, made.id, EventKind.EXPORTED, by=None, at=NOW, report="bundle")
    assert paths[0].read_bytes() == paths[1].read_bytes()
    assert verify(paths[1]).problems == []
    events = zipfile.ZipFile(paths[1]).read("audit/events.jsonl").decode().splitlines()
    assert json.loads(events[-1])["kind"] == EventKind.STUDY_FINISHED


@one_engine
def test_a_wrong_number_is_found(bundle):
    def one_more(data):
        stored = json.loads(data)
        stored["rows"][0]["row"]["combined_k"] += 1
        return json.dumps(stored).encode()

    forged = resealed(bundle, "results/release-1.json", one_more)
    assert verify(forged).problems[0] == "results/release-1.json is not what was released"
    with reading(forged) as read:
        assert [d for d in recompute(read).differences if "combined_k" in d]


@one_engine
def test_a_changed_rating_is_found(bundle):
    def other(data):
        return re.sub(rb'"rated",4', b'"rated",3', data, count=1)

    with reading(resealed(bundle, "ratings/long.csv", other)) as read:
        assert any("ratings/counts.csv" in d for d in recompute(read).differences)


@one_engine
@pytest.mark.parametrize("change", ["edited", "removed", "moved"])
def test_a_changed_chain_is_found(bundle, change):
    def act(data):
        lines = data.decode().splitlines(keepends=True)
        if change == "edited":
            lines[3] = lines[3].replace('"seq":4', '"seq":4').replace("round", "r0und")
        else:
            lines[2:4] = lines[3:4] if change == "removed" else lines[2:4][::-1]
        return "".join(lines).encode()

    found = verify(resealed(bundle, "audit/events.jsonl", act)).problems
    assert (
        found[0] == "audit/events.jsonl: event 4 does not fit the chain"
        if change == "edited"
        else "event 3" in found[0]
    )


@one_engine
def test_another_rule_is_found(bundle):
    found = verify(
        resealed(bundle, "protocol/protocol.json", lambda data: data.replace(b'"minimum_n": 5', b'"minimum_n": 4'))
    ).problems
    assert found[0] == "protocol/protocol.json is not what was locked"


@one_engine
def test_one_changed_byte_names_the_file(bundle):
    names = zipfile.ZipFile(bundle).namelist()
    for name in names:
        found = verify(changed(bundle, name, lambda data: data[:-2] + bytes([data[-2] ^ 1]) + data[-1:])).problems
        assert any(name in problem for problem in found), (name, found)


@one_engine
def test_a_flipped_byte_of_the_archive_is_found_wherever_it_lies(bundle):
    whole = bundle.read_bytes()
    for entry in zipfile.ZipFile(bundle).infolist():
        at = entry.header_offset + 30 + len(entry.filename) + entry.compress_size // 2
        bundle.write_bytes(whole[:at] + bytes([whole[at] ^ 0x10]) + whole[at + 1 :])
        assert any(entry.filename in problem for problem in verify(bundle).problems), entry.filename


@one_engine
def test_a_missing_and_an_added_file_are_named(bundle):
    assert (
        "panel/flow.csv is missing, and MANIFEST.json lists it"
        in verify(changed(bundle, "panel/flow.csv", lambda _: None)).problems
    )
    with zipfile.ZipFile(bundle, "a") as archive:
        archive.writestr("extra/more.txt", "x")
    assert "extra/more.txt is not listed in MANIFEST.json" in verify(bundle).problems


@one_engine
@pytest.mark.parametrize(
    "name", ["../evil.txt", "/etc/passwd", "a/../../b.txt", "C:/x.txt", "inner.zip", "odd name.txt"]
)
def test_a_path_that_leads_out_is_refused(bundle, name):
    with zipfile.ZipFile(bundle, "a") as archive:
        archive.writestr(name, "x")
    assert verify(bundle).problems
    with pytest.raises(BadBundle), reading(bundle):
        pass


@one_engine
def test_a_file_that_stands_twice_is_refused(bundle):
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(bundle, "a") as archive:
        archive.writestr("panel/flow.csv", "x")
    assert verify(bundle).problems == ["panel/flow.csv stands in the archive twice"]


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr("exports.archive.LIMITS", ArchiveLimits(member=2**24, together=2**25))
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in (MANIFEST, SUMS, "a.csv", "b.csv", "c.csv"):
            archive.writestr(name, b"0" * (2**23))
    assert path.stat().st_size < 2**16
    assert verify(path).problems == ["This is no bundle: the file is too large when unpacked."]


def test_what_is_no_bundle_is_told_so(tmp_path):
    path = tmp_path / "x.zip"
    path.write_bytes(b"hello")
    assert verify(path).problems == ["This is no bundle: the file is damaged."]
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", "x")
    assert verify(path).problems == ["This is no bundle: it has no manifest."]


@one_engine
def test_the_same_seed_gives_the_same_bytes_and_another_gives_other_codes(stage, made, tmp_path):
    first, second, other = (
        written(stage, made, tmp_path / f"{name}.zip", seed=seed)[0]
        for name, seed in (("first", 1), ("second", 1), ("other", 2))
    )
    assert first.read_bytes() == second.read_bytes()
    codes = [{row["panelist"] for row in rows_in(path, "ratings/long.csv")} for path in (first, other)]
    assert len(codes[0]) == len(codes[1])
    assert not codes[0] & codes[1]


@one_engine
def test_a_public_bundle_does_not_depend_on_the_seed(stage, made, tmp_path):
    bundles = [written(stage, made, tmp_path / f"{seed}.zip", "public", seed)[0].read_bytes() for seed in (1, 2)]
    assert bundles[0] == bundles[1]


def rows_in(path, name):
    return list(csv.DictReader(io.TextIOWrapper(zipfile.ZipFile(path).open(name), "utf-8", newline="")))


@one_engine
def test_nobody_is_named_and_no_key_leaves(stage, made, bundle):
    secrets = set()
    for code, who in stage.execute(select(Panelist.code, Panelist.id).where(Panelist.study_id == made.id)):
        secrets |= {code, str(who), who.hex}
    for name, email in stage.execute(select(Identity.name, Identity.email).where(Identity.study_id == made.id)):
        secrets |= {name, email}
    archive = zipfile.ZipFile(bundle)
    for entry in archive.namelist():
        text = archive.read(entry).decode()
        assert not [secret for secret in secrets if secret in text], entry
        assert "@example.org" not in text, entry


def test_data_of_an_event_that_name_somebody_leave_as_their_hash(session, tmp_path):
    made = play(session, panelists=12, rounds=1)
    audit.record(session, made.id, EventKind.EXPORTED, by=None, at=made.created_at, to="ben@example.org")
    path, _ = written(session, made, tmp_path / "care.zip")
    assert verify(path).problems == []
    assert b"ben@example.org" not in zipfile.ZipFile(path).read("audit/events.jsonl")


@one_engine
def test_nothing_that_comes_from_panelists_has_a_time(bundle):
    archive = zipfile.ZipFile(bundle)
    for name in archive.namelist():
        if name.startswith(("ratings/", "comments/", "panel/", "results/")):
            assert not re.search(rb"\d{4}-\d\d-\d\d[T ]\d\d:\d\d", archive.read(name)), name
    assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_study_without_a_release_has_no_bundle(cast, tmp_path):
    with pytest.raises(Refused, match="released"):
        source_of(cast.session, cast.study, Random(1))


def test_answers_that_were_removed_later_are_said_and_not_counted_as_wrong(session, tmp_path):
    made = play(session, panelists=20, rounds=2)
    who = session.scalars(select(Rating.panelist).where(Rating.study_id == made.id, Rating.round == 1)).first()
    session.execute(delete(Rating).where(Rating.study_id == made.id, Rating.panelist == who, Rating.round == 1))
    path, manifest = written(session, made, tmp_path / "care.zip")
    assert manifest["answers_removed_after_release"] == [1]
    assert manifest["not_recomputable"]["answers_removed_after_release"] > 100
    with reading(path) as bundle:
        assert recompute(bundle).differences == []


def unpacked(bundle, folder):
    zipfile.ZipFile(bundle).extractall(folder)
    return folder


@one_engine
@pytest.mark.parametrize("profile", ["analyst", "public"])
def test_the_small_scripts_agree_without_us(stage, tmp_path, profile):
    folder = unpacked(written(stage, called(stage, "cos"), tmp_path / "care.zip", profile)[0], tmp_path / "out")
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", RUN_ALONE, folder], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert done.returncode == 0, done.stdout + done.stderr
    compared, equal = re.search(r"(\d+) compared, (\d+) equal", done.stdout).groups()
    assert compared == equal
    assert int(compared) > 500


RUN_ALONE = """
import runpy, sys
sys.path.insert(0, sys.argv[1] + "/scripts")
runpy.run_path(sys.argv[1] + "/scripts/verify.py", run_name="__main__")
"""


@one_engine
def test_the_script_finds_what_was_changed(bundle, tmp_path):
    folder = unpacked(bundle, tmp_path / "out")
    path = folder / "ratings" / "long.csv"
    path.write_bytes(path.read_bytes().replace(b'"rated",4', b'"rated",3', 1))
    done = subprocess.run(
        [sys.executable, "scripts/verify.py"], capture_output=True, text=True, check=False, cwd=folder
    )
    assert done.returncode == 1
    assert "ratings/long.csv is not as MANIFEST.json says" in done.stdout
    assert "combined_k" in done.stdout or "k_4" in done.stdout


@pytest.fixture
def other_template(template, templates):
    """The other engine."""
    return templates(next(engine for engine in ENGINES if engine != template.name))


def played_in(url, monkeypatch, leavers=0.06):
    """Play a study whose panelists have the same random keys wherever it is played."""
    draw = Random(3)
    monkeypatch.setattr("delphi.people.roster.uuid4", lambda: UUID(int=draw.getrandbits(128)))
    monkeypatch.setattr("delphi.people.roster.secrets.SystemRandom", lambda: Random(4))
    database = Database(url)
    with database.transaction() as session:
        play(session, **COS, leavers=leavers)
    database.engine.dispose()


@one_engine
def test_both_databases_give_the_same_bytes(template, other_template, tmp_path, monkeypatch):
    bundles = []
    for one in (template, other_template):
        with one.copy() as url:
            played_in(url, monkeypatch)
            bundles.append(tmp_path / f"{one.name}.zip")
            run("bundle", "care", "--output", bundles[-1], "--seed", 1, url=url)
    contents = [
        {name: zipfile.ZipFile(path).read(name) for name in zipfile.ZipFile(path).namelist()} for path in bundles
    ]
    assert contents[0] == contents[1]
    assert bundles[0].read_bytes() == bundles[1].read_bytes()


@pytest.mark.timeout(240)
@pytest.mark.parametrize("leavers", [0.15, 0], ids=["groups given up", "groups kept"])
def test_a_bundle_goes_to_the_other_database_and_comes_back_the_same(
    template, other_template, tmp_path, monkeypatch, leavers
):
    with template.copy() as url, other_template.copy() as other:
        played_in(url, monkeypatch, leavers)
        run("bundle", "care", "--output", tmp_path / "first.zip", "--seed", 1, url=url)
        run("import", tmp_path / "first.zip", url=other)
        rows = [results_in(one) for one in (url, other)]
        run("bundle", "care", "--output", tmp_path / "again.zip", "--seed", 1, url=other)
    told = json.loads(run("analyse", tmp_path / "first.zip", "--format", "json").stdout)["rows"]
    assert len(rows[0]) == len(rows[1]) == len(told) > 40
    assert all(without(row, theirs) for row, theirs in zip(rows[0], rows[1], strict=True))
    assert (tmp_path / "first.zip").read_bytes() == (tmp_path / "again.zip").read_bytes()
    with reading(tmp_path / "again.zip") as bundle:
        assert bundle.manifest["records"]["groups_in_rows"] == (not leavers)


def results_in(url):
    database = Database(url)
    with database.transaction(writing=False) as session:
        study = called(session, "care")
        rounds = session.scalars(select(Round).where(Round.study_id == study.id).order_by(Round.number)).all()
        rows = consensus_table(session, study, rounds, by_group=True).as_dicts()
    database.engine.dispose()
    return rows


def without(row, theirs):
    """Whether two rows say the same, but for what the bundle had to hide."""
    return all(
        theirs[name] == value or f"{name}=suppressed" in theirs["reasons"]
        for name, value in row.items()
        if name != "reasons"
    )


@one_engine
@pytest.mark.parametrize("profile", ["analyst", "public"])
def test_base_r_gives_the_same_figures(stage, tmp_path, profile):
    if shutil.which("Rscript") is None:
        pytest.skip("no Rscript on this machine; .ci/run sees to it")
    folder = unpacked(written(stage, called(stage, "cos"), tmp_path / "care.zip", profile)[0], tmp_path / "out")
    done = subprocess.run(["Rscript", "scripts/analysis.R"], capture_output=True, text=True, check=False, cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    compared, equal = re.search(r"(\d+) compared, (\d+) equal", done.stdout).groups()
    assert compared == equal
    assert int(compared) > 500
    results = folder / "results" / "consensus_long.csv"
    head, first, *rest = csv.reader(results.read_text(encoding="utf-8").splitlines())
    first[head.index("n_rated")] += "1"
    with results.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([head, first, *rest])
    done = subprocess.run(["Rscript", "scripts/analysis.R"], capture_output=True, text=True, check=False, cwd=folder)
    assert done.returncode == 1
    assert "not equal: round" in done.stdout

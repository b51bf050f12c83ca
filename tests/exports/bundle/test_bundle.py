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
from delphi.model.round import Round
from delphi.model.seal import SealedRow
from delphi.model.study import Level, Study
from delphi.sheets.archives import ArchiveLimits
from exports.archive import MANIFEST, SUMS, BadBundle, reading
from exports.bundle.recomputing import recompute
from exports.bundle.source import source_of
from exports.bundle.verifying import Status, verify
from exports.record.rows import consensus_table
from rounds.seal import chain

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


@one_engine
@pytest.mark.parametrize("level", ["separated", "open_rows"])
@pytest.mark.parametrize("design", DESIGNS)
def test_single_rows_prove_the_bands_of_every_study(session, tmp_path, design, level):
    made = play(session, design, level=level, **DESIGNS[design])
    path, manifest = written(session, made, tmp_path / "care.zip", "statistician")
    found = verify(path)
    assert (found.problems, found.status, manifest["not_recomputable"]) == ([], Status.RIGHT, {})


@one_engine
def test_rows_of_the_statistician_are_those_of_the_close(session, tmp_path):
    made = play(session, panelists=20, rounds=1, level="separated", groups=())
    path, _ = written(session, made, tmp_path / "care.zip", "statistician")

    def another_code(data):
        rows = json.loads(data)
        return json.dumps([rows[0] | {"code": "ANOTHER"}, *rows[1:]]).encode()

    assert verify(path).status is Status.RIGHT
    found = verify(resealed(path, "ratings/rows.json", another_code)).problems
    assert found == ["ratings/rows.json: the rows of round 1 are not those that were kept"]


@one_engine
@pytest.mark.parametrize(
    ("level", "profile", "has_rows"),
    [
        ("sealed", "analyst", False),
        ("sealed", "statistician", False),
        ("separated", "analyst", False),
        ("separated", "public", False),
        ("separated", "statistician", True),
        ("open_rows", "analyst", True),
        ("open_rows", "public", True),
    ],
)
def test_single_rows_leave_as_the_panel_agreed(session, tmp_path, level, profile, has_rows):
    made = play(session, panelists=20, rounds=2, level=level)
    names = zipfile.ZipFile(written(session, made, tmp_path / "care.zip", profile)[0]).namelist()
    rows = {"ratings/rows.json", "ratings/long.csv", "ratings/wide.csv", "ratings/codebook.csv"}
    assert (rows & set(names)) == (rows if has_rows else set())


@one_engine
def test_open_rows_do_not_leave_before_the_finish(session, tmp_path):
    made = play(session, panelists=20, rounds=1, level="separated")
    made.level = Level.OPEN_ROWS
    session.execute(delete(SealedRow))
    assert "ratings/long.csv" not in zipfile.ZipFile(written(session, made, tmp_path / "care.zip")[0]).namelist()


@one_engine
def test_the_chain_of_a_bundle_is_the_table(stage, made, bundle):
    told = json.loads(zipfile.ZipFile(bundle).read("seals/chain.json"))
    kept = chain.entries(stage, made.id)
    assert [(one["number"], one["sha256"], one["content"]) for one in told] == [
        (seal.number, seal.sha256, seal.content) for seal in kept
    ]
    assert {len(one["content"]["cells"]) > 5 for one in told} == {True}


@one_engine
def test_the_public_chain_tells_hashes_and_no_content(stage, made, tmp_path):
    told = json.loads(
        zipfile.ZipFile(written(stage, made, tmp_path / "care.zip", "public")[0]).read("seals/chain.json")
    )
    assert [list(one["content"]) for one in told] == [["withheld_sha256"]] * 3


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
    assert verify(forged).problems[0] == "results/release-1.json is not what was sealed"
    with reading(forged) as read:
        assert [d for d in recompute(read).differences if "combined_k" in d]


@one_engine
def test_a_changed_count_is_found(bundle):
    def other(data):
        head, first, *rest = data.decode().splitlines(keepends=True)
        return (head + first.rstrip().rpartition(",")[0] + ",30\r\n" + "".join(rest)).encode()

    with reading(resealed(bundle, "ratings/counts.csv", other)) as read:
        assert recompute(read).differences == [
            "ratings/counts.csv, round 1: the counts are not those of seals/chain.json"
        ]


@one_engine
def test_changed_people_are_found(bundle):
    with reading(resealed(bundle, "panel/flow.csv", lambda data: data.replace(b'"all",57', b'"all",58', 1))) as read:
        assert recompute(read).differences == ["panel/flow.csv, round 1: the people are not those of seals/chain.json"]


@one_engine
def test_a_changed_row_is_found(session, tmp_path):
    path, _ = written(session, play(session, panelists=20, rounds=2, level="open_rows"), tmp_path / "care.zip")

    def other(data):
        rows = json.loads(data)
        row = next(row for row in rows if row["answers"].get("1") == 4)
        row["answers"]["1"] = 3
        return json.dumps(rows).encode()

    found = verify(resealed(path, "ratings/rows.json", other)).problems
    assert found[0] == "ratings/rows.json is not what was published"
    assert "ratings/rows.json, round 1: they do not give STMT1.1, all, as it was sealed" in found


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
@pytest.mark.parametrize("profile", ["analyst", "public"])
def test_a_second_bundle_is_the_same_bytes(stage, made, tmp_path, profile):
    first, second = (written(stage, made, tmp_path / name, profile)[0] for name in ("first.zip", "second.zip"))
    assert first.read_bytes() == second.read_bytes()


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
    audit.record(session, made.id, EventKind.STUDY_CHANGED, by=None, at=made.created_at, to="ben@example.org")
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
        source_of(cast.session, cast.study)


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
    path = folder / "ratings" / "counts.csv"
    path.write_bytes(path.read_bytes().replace(b",57,", b",57,1", 1))
    chain = folder / "seals" / "chain.json"
    chain.write_text(chain.read_text().replace('"opt_out": 0', '"opt_out": 1', 1))
    done = subprocess.run(
        [sys.executable, "scripts/verify.py"], capture_output=True, text=True, check=False, cwd=folder
    )
    assert done.returncode == 1
    assert "ratings/counts.csv is not as MANIFEST.json says" in done.stdout
    assert re.search("seals/chain.json: entry . does not fit the chain", done.stdout)
    assert "n_blank" in done.stdout


@one_engine
def test_the_small_scripts_read_single_rows(session, tmp_path):
    made = play(session, level="open_rows", **COS)
    folder = unpacked(written(session, made, tmp_path / "care.zip")[0], tmp_path / "out")
    done = subprocess.run(
        [sys.executable, "scripts/verify.py"], capture_output=True, text=True, check=False, cwd=folder
    )
    assert (done.returncode, "All is as the manifest says." in done.stdout) == (0, True), done.stdout


@pytest.fixture
def other_template(template, templates):
    """The other engine."""
    return templates(next(engine for engine in ENGINES if engine != template.name))


def played_in(url, monkeypatch, level="sealed"):
    """Play a study whose panelists have the same random keys and codes wherever it is played."""
    draw, codes = Random(3), iter(range(10**6))
    monkeypatch.setattr("rounds.seal.row_keeping.new_code", lambda: f"R{next(codes):06}")
    monkeypatch.setattr("delphi.people.roster.uuid4", lambda: UUID(int=draw.getrandbits(128)))
    monkeypatch.setattr("delphi.people.roster.secrets.SystemRandom", lambda: Random(4))
    database = Database(url)
    with database.transaction() as session:
        play(session, **COS, level=level)
    database.engine.dispose()


@one_engine
@pytest.mark.parametrize("level", ["sealed", "separated", "open_rows"])
def test_both_databases_give_the_same_bytes(template, other_template, tmp_path, monkeypatch, level):
    bundles = []
    for one in (template, other_template):
        with one.copy() as url:
            played_in(url, monkeypatch, level)
            bundles.append(tmp_path / f"{one.name}.zip")
            run("bundle", "care", "--profile", "statistician", "--output", bundles[-1], url=url)
    contents = [
        {name: zipfile.ZipFile(path).read(name) for name in zipfile.ZipFile(path).namelist()} for path in bundles
    ]
    assert contents[0] == contents[1]
    assert bundles[0].read_bytes() == bundles[1].read_bytes()


@pytest.mark.timeout(240)
@pytest.mark.parametrize("level", ["sealed", "separated", "open_rows"])
def test_a_bundle_goes_to_the_other_database_and_comes_back_the_same(
    template, other_template, tmp_path, monkeypatch, level
):
    statistician = ("--profile", "statistician")
    with template.copy() as url, other_template.copy() as other:
        played_in(url, monkeypatch, level)
        run("bundle", "care", *statistician, "--output", tmp_path / "first.zip", url=url)
        run("import", tmp_path / "first.zip", url=other)
        rows = [results_in(one) for one in (url, other)]
        run("bundle", "care", *statistician, "--output", tmp_path / "again.zip", url=other)
    told = json.loads(run("analyse", tmp_path / "first.zip", "--format", "json").stdout)["rows"]
    assert len(rows[0]) == len(told) > 40
    assert rows[0] == rows[1]
    assert (tmp_path / "first.zip").read_bytes() == (tmp_path / "again.zip").read_bytes()


def results_in(url):
    database = Database(url)
    with database.transaction(writing=False) as session:
        study = called(session, "care")
        rounds = session.scalars(select(Round).where(Round.study_id == study.id).order_by(Round.number)).all()
        rows = consensus_table(session, study, rounds, by_group=True).as_dicts()
    database.engine.dispose()
    return rows


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

"""Bundles as version 0.1.0 wrote them (the play `COS`, 24 panelists, two rounds, at 56ca877): open rows, never called whole."""

import csv
import hashlib
import io
import json
import zipfile
from pathlib import Path

import pytest
from builders import NOW
from bundles import rewritten, run, written

from delphi.errors import Refused
from delphi.model.round import Round
from delphi.model.study import Level, Study
from exports.archive import MANIFEST, BadBundle, reading
from exports.bundle.importing import import_bundle
from exports.bundle.verifying import Status, verify
from exports.catalogue import CATALOGUE
from exports.data.levels import NONE_HERE, check_rows
from exports.files import orders
from exports.files.orders import Order
from exports.formats import FORMATS
from exports.record.reader_profile import Profile
from rounds.results import rows
from rounds.seal import chain, publishing, row_keeping

FOLDER = Path(__file__).parent / "data"
KINDS = ("analyst", "public")
MOVED = {"changed_band", "n_paired", "changed_pct", "stable", "delta_combined_pp", "delta_median", "flags"}


def older(kind):
    return FOLDER / f"{kind}-0.1.0.zip"


def stored(path, name):
    return json.loads(zipfile.ZipFile(path).read(name))


def imported(session, path, owner=None):
    with reading(path) as bundle:
        return import_bundle(session, bundle, owner=owner, at=NOW)


def changed(kind, tmp_path, name, change):
    """Copy a bundle with one file changed, with a manifest and sums that fit."""
    path = tmp_path / "older.zip"
    path.write_bytes(older(kind).read_bytes())

    def act(files):
        files[name] = change(files[name])
        manifest = json.loads(files[MANIFEST])
        manifest["files"][name] = {"bytes": len(files[name]), "sha256": hashlib.sha256(files[name]).hexdigest()}
        files[MANIFEST] = json.dumps(manifest).encode()

    return rewritten(path, act)


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_verified_as_far_as_it_can_be(kind):
    found = verify(older(kind))
    assert (found.problems, found.status) == ([], Status.PARTLY)
    said = " ".join(found.unchecked)
    for words in ("there is none", "tells of no seal", "as version 0.1.0 released them", "not made again"):
        assert words in said
    assert "right as far as it was checked" in run("verify", older(kind), code=3).output


@pytest.mark.parametrize("kind", KINDS)
def test_a_changed_figure_is_found(kind, tmp_path):
    def another_median(data):
        release = json.loads(data)
        release["rows"][0]["row"]["median"] = 1.0
        return json.dumps(release).encode()

    found = verify(changed(kind, tmp_path, "results/release-2.json", another_median))
    assert [line for line in found.problems if "round 2, OUT1, all: median is 1.0 in the release" in line]


def test_single_ratings_that_do_not_give_the_counts_are_found(tmp_path):
    def another_rating(data):
        return data.replace(b'"rated",9,"9",2', b'"rated",8,"8",2', 1)

    found = verify(changed("analyst", tmp_path, "ratings/long.csv", another_rating))
    assert found.problems == ["ratings/rows.json, round 2: they do not give OUT2, all, as it was sealed"]


def test_an_excuse_that_it_does_not_bear_out_is_found(tmp_path):
    def excuse(data):
        release = json.loads(data)
        release["rows"][0]["not_recomputable"]["median"] = "answers_removed_after_release"
        return json.dumps(release).encode()

    found = verify(changed("analyst", tmp_path, "results/release-2.json", excuse))
    assert "median is marked as answers_removed_after_release, which is not so" in found.problems[0]


def test_one_that_is_not_built_as_one_is_refused(session, tmp_path):
    path = changed("analyst", tmp_path, "panel/flow.csv", lambda data: data.replace(b"invited", b"asked"))
    assert verify(path).problems == ["the bundle is not built as one: KeyError"]
    with pytest.raises((BadBundle, Refused)):
        imported(session, path)
    assert session.query(Study).count() == 0


@pytest.mark.parametrize("kind", KINDS)
def test_it_becomes_a_study_of_open_rows(session, kind):
    made = imported(session, older(kind))
    assert (made.level, made.harm, made.finished_at is not None) == (Level.OPEN_ROWS, None, True)
    seals = [seal for seal in chain.entries(session, made.id) if seal.kind == "round"]
    assert [(seal.round, seal.content["as_released"]) for seal in seals] == [(1, True), (2, True)]
    assert [seal.sha256 for seal in seals] == [seal.expected_hash(made.slug) for seal in seals]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("number", [1, 2])
def test_published_results_stay_as_they_were(session, kind, number):
    made = imported(session, older(kind))
    found = rows.results(session, made, session.get_one(Round, (made.id, number)), by_group=True)
    published = [entry["row"] for entry in stored(older(kind), f"results/release-{number}.json")["rows"]]
    assert [{name: row[name] for name in published[0]} for row in found] == published


def test_single_ratings_are_kept_one_code_a_row_as_it_stands(session):
    made = imported(session, older("analyst"))
    kept = row_keeping.plain_rows(session, made.id)
    with zipfile.ZipFile(older("analyst")) as archive:
        told = list(csv.DictReader(io.StringIO(archive.read("ratings/long.csv").decode())))
    assert {(row["round"], row["code"]) for row in kept} == {(int(row["round"]), row["panelist"]) for row in told}
    given = [value for row in kept for value in row["answers"].values()]
    assert sorted(map(str, given)) == sorted(row["rating"] or "None" for row in told if row["status"] != "blank")
    assert {row["group"] for row in kept} == {""}
    assert publishing.are_published(session, made.id)


def test_without_single_ratings_it_says_that_none_are_here(session):
    made = imported(session, older("public"))
    made.finished_at = None
    for profile in (Profile.ANALYST, Profile.PUBLIC):
        with pytest.raises(Refused) as refused:
            check_rows(session, made, profile)
        assert refused.value.message == NONE_HERE


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("profile", KINDS)
def test_exported_again_it_is_read_again(session, tmp_path, kind, profile):
    made = imported(session, older(kind))
    path, _ = written(session, made, tmp_path / "again.zip", profile)
    found = verify(path)
    assert (found.problems, found.status) == ([], Status.PARTLY)
    assert ("ratings/long.csv" in zipfile.ZipFile(path).namelist()) is (kind == "analyst")
    if (kind, profile) != ("public", "public"):
        before = stored(older(kind), "results/release-2.json")["rows"]
        after = stored(path, "results/release-2.json")["rows"]
        for was, now in zip(before, after, strict=True):
            assert {name: now["row"][name] for name in was["row"]} == was["row"]


def test_its_numbers_are_analysed_without_what_moved():
    told = json.loads(run("analyse", older("analyst"), "--format", "json").stdout)["rows"]
    published = {
        (entry["row"]["round"], entry["row"]["statement"]): entry["row"]
        for number in (1, 2)
        for entry in stored(older("analyst"), f"results/release-{number}.json")["rows"]
        if entry["row"]["group"] == "all"
    }
    own = [row for row in told if row.get("group", "all") == "all"]
    assert len(own) == 10
    for row in own:
        was = published[row["round"], row["statement"]]
        assert {name: row[name] for name in was.keys() - MOVED - {"reasons"}} == {
            name: was[name] for name in was.keys() - MOVED - {"reasons"}
        }


@pytest.mark.timeout(120)
@pytest.mark.parametrize("kind", KINDS)
def test_every_page_of_it_answers(app, ada, pages, kind):
    with app.extensions["database"].transaction() as session:
        slug = imported(session, older(kind), owner=pages.ada.id).slug
    values = {"slug": slug, "number": 2, "statement": 1, "format": "csv", "suffix": "csv", "paper": "html", "member": 1}
    build = app.url_map.bind("delphi.example.org").build
    paths = {
        build(rule.endpoint, {name: values[name] for name in rule.arguments})
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/studies/<slug>") and "GET" in rule.methods and rule.arguments <= values.keys()
    }
    answers = {path: ada.get(path) for path in paths}
    right = [path for path, answer in answers.items() if answer.status_code == 200]
    assert [path for path, answer in answers.items() if answer.status_code >= 500] == []
    assert len(right) > 15, answers
    assert any("results" in path for path in right)
    pages = " ".join(answer.text for answer in answers.values() if answer.mimetype == "text/html")
    assert "being computed" not in pages
    assert pages.count("holds no such figures") == 2


@pytest.mark.parametrize("kind", KINDS)
def test_every_report_of_it_is_made(session, kind):
    made = imported(session, older(kind))
    for key, entry in CATALOGUE.items():
        for profile in entry.profiles:
            for format_ in {"csv", "html", "svg"} & set(entry.formats):
                stream = io.BytesIO()
                FORMATS[format_].write(orders.exhibit_of(session, made, Order(key, format_, profile)), stream)
                assert stream.getvalue(), (key, profile, format_)
                assert b"being computed" not in stream.getvalue(), (key, profile, format_)

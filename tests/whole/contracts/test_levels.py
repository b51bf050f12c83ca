"""Four played studies at all three levels: bundles are right, files hold what the panel agreed to, and all give one table."""

import json
import re
import zipfile

import pytest
from bundles import run, written
from databases import one_engine
from played import COS, RAND, play
from scripted import published, reference
from sqlalchemy import select

from delphi.database import Database
from delphi.model.study import Study
from exports.bundle.verifying import Status, verify

pytestmark = [one_engine, pytest.mark.timeout(240)]
LEVELS = ("sealed", "separated", "open_rows")
STUDIES = {
    "reference": lambda session, slug, _folder, level: reference(session, slug, level=level),
    "cos": lambda session, slug, _folder, level: play(session, slug, **COS, level=level),
    "rand": lambda session, slug, _folder, level: play(session, slug, **RAND, level=level),
    "csm": lambda session, slug, folder, level: published(session, folder, slug, level=level),
}
ROWS = {"ratings/rows.json", "ratings/long.csv", "ratings/wide.csv", "ratings/codebook.csv"}
READS_ROWS = {
    ("separated", "statistician"),
    *(("open_rows", profile) for profile in ("analyst", "public", "statistician")),
}
SUFFIXES = ("zip", "csv", "xlsx")
REFUSED = {"sealed": "This study is sealed", "separated": "are for its statistician alone"}
WORDS = {"kind", "section_no", "section", "text", "decision", "decision_reason", "reasons"}


@pytest.fixture(scope="module", params=[(name, level) for name in STUDIES for level in LEVELS], ids="-".join)
def played(request, template, tmp_path_factory):
    """A study played at a level, as its three bundles, and its table as `delphi export` gives it."""
    name, level = request.param
    folder = tmp_path_factory.mktemp(name)
    with template.copy() as url:
        database = Database(url)
        with database.transaction() as session:
            STUDIES[name](session, name, folder, level)
        with database.transaction(writing=False) as session:
            made = session.scalars(select(Study).where(Study.slug == name)).one()
            for profile in ("analyst", "public", "statistician"):
                written(session, made, folder / f"{profile}.zip", profile)
        database.engine.dispose()
        told = rows_of(run("export", name, "--format", "json", url=url).stdout)
        yield level, folder, told, url, name


def rows_of(stdout):
    rows = json.loads(stdout)["rows"]
    return {(row["round"], row["statement"]): row for row in rows if row.get("group", "all") == "all"}


def said(folder):
    """The definition of a study as somebody types it."""
    stored = zipfile.ZipFile(folder / "public.zip").read("protocol/definitions.json")
    one = list(json.loads(stored).values())[-1]
    options = ["--scale", one["scale"]["key"], "--rule", one["rule"]["key"], "--min-n", one["minimum_n"]]
    return [*options, "--quantiles", one["quantile_type"], "--denominator", one["denominator"]]


def parts(text):
    return sorted(re.split(", |: ", text))


def compared(found, told):
    """The columns that are filled in all rows, after every figure was found to be that of the export."""
    assert set(found) == set(told)
    for key, row in found.items():
        for column, value in row.items():
            own = told[key][column]
            if value is None or own is None or column in WORDS:
                continue
            if column in ("verdict_basis", "group_rule"):
                assert parts(value) == parts(own), (key, column)
            elif column == "flags":  # who joined and left follows from both rounds
                assert value in (own, own.removesuffix("composition_change").rstrip(";")), key
            else:
                assert value == own, (key, column)
    return {column for column in next(iter(found.values())) if all(row[column] is not None for row in found.values())}


@pytest.mark.parametrize("profile", ["analyst", "public", "statistician"])
def test_a_bundle_is_right_and_holds_rows_as_the_panel_agreed(played, profile):
    level, folder, *_ = played
    found = verify(folder / f"{profile}.zip")
    assert found.problems == []
    has_rows = (level, profile) in READS_ROWS
    assert found.status is Status.RIGHT or not has_rows
    names = set(zipfile.ZipFile(folder / f"{profile}.zip").namelist())
    assert names & ROWS == (ROWS if has_rows else set())


@pytest.mark.parametrize("profile", ["analyst", "public", "statistician"])
def test_a_bundle_gives_the_numbers_of_the_export(played, profile):
    _, folder, told, *_ = played
    done = run("analyse", folder / f"{profile}.zip", "--format", "json")
    filled = compared(rows_of(done.stdout), told)
    assert filled >= {"n_invited"} if profile == "public" else filled >= {"n_rated", "n_nq", "n_blank", "verdict"}


def test_a_file_of_single_ratings_is_there_for_open_rows_alone(played):
    level, folder, told, url, slug = played
    for suffix in SUFFIXES:
        target = folder / f"data.{suffix}"
        done = run("data", slug, "--output", target, url=url, code=0 if level == "open_rows" else 1)
        assert target.exists() is (level == "open_rows")
        if level != "open_rows":
            assert REFUSED[level] in done.output
    for suffix in SUFFIXES if level == "open_rows" else ():
        done = run("analyse", folder / f"data.{suffix}", *said(folder), "--format", "json")
        assert compared(rows_of(done.stdout), told) >= {"n_rated", "n_nq", "n_blank"}, suffix


def test_the_rows_and_counts_in_a_bundle_give_the_numbers_of_the_export(played):
    level, folder, told, *_ = played
    archive = zipfile.ZipFile(folder / "statistician.zip")
    for name in ("ratings/counts.csv", *(["ratings/long.csv"] if level != "sealed" else [])):
        target = folder / name.rpartition("/")[2]
        target.write_bytes(archive.read(name))
        filled = compared(rows_of(run("analyse", target, *said(folder), "--format", "json").stdout), told)
        assert filled >= {"n_rated", "n_nq", "n_blank"}, name

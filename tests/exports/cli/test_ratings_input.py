"""What `delphi data` and `delphi bundle` write, `delphi analyse` reads: the numbers are those of `delphi export`."""

import csv
import json
import re
import zipfile

import pytest
from bundles import run
from databases import one_engine
from played import COS, ODD, RAND, play

from delphi.database import Database
from delphi.sheets.writing import unguarded

PLAYED = {
    "agreement": {"leavers": 0},
    "leaving": {"leavers": 0.2, "panelists": 40},
    "cos": COS,
    "hidden": COS | {"panelists": 13, "rounds": 2},
    "rand": RAND | {"rounds": 1},
    "odd": ODD | {"rounds": 2},
}
FOLLOWED = ("agreement",)  # nobody's rounds are cut apart
SHAPES = ("zip", "csv", "xlsx", "sav", "dta", "parquet")
WORDS = {"kind", "section_no", "section", "text", "decision", "decision_reason", "reasons"}
LINEAGE = {"version", "previous_round", "relation"}
CHANGES = {"n_paired", "changed_pct", "delta_combined_pp", "delta_median", "stable"}
VERDICTS = {"verdict", "group_rule", "flags"}


@pytest.fixture(scope="module")
def files(template, tmp_path_factory):
    """Every shape of every study, the table as `delphi export` gives it, and the options that say its definition."""
    folder = tmp_path_factory.mktemp("data")
    with template.copy() as url:
        database, options = Database(url), {}
        with database.transaction() as session:
            for slug, design in PLAYED.items():
                options[slug] = said(play(session, slug, **design))
        database.engine.dispose()
        for slug in PLAYED:
            for shape in SHAPES:
                run("data", slug, "--output", folder / f"{slug}.{shape}", url=url)
            run("bundle", slug, "--output", folder / f"{slug}-bundle.zip", url=url)
            with zipfile.ZipFile(folder / f"{slug}-bundle.zip") as archive:
                for name in ("counts", "wide"):
                    (folder / f"{slug}-{name}.csv").write_bytes(archive.read(f"ratings/{name}.csv"))
            run("export", slug, "--format", "json", "--output", folder / f"{slug}.json", url=url)
        yield folder, options


def said(made):
    """The definition of a study as somebody types it."""
    sets = [word for name, value in made.rule_settings.items() for word in ("--set", f"{name}={value}")]
    rest = ["--quantiles", made.quantile_type, "--denominator", made.denominator, "--min-n", made.minimum_n]
    return ["--scale", made.scale, "--rule", made.rule, *sets, *rest]


def rows_of(stdout):
    return {(row["round"], row["statement"]): row for row in json.loads(stdout)["rows"]}


def may_be_empty(slug, shape):
    """What a shape does not tell of this study."""
    empty = {"n_invited"} if shape != "counts" else set()
    if PLAYED[slug].get("rounds", 3) > 1:
        empty |= CHANGES if slug not in FOLLOWED or shape != "zip" else set()
        empty |= LINEAGE - {"version"} if shape != "zip" else set()
    if shape not in ("zip", "csv", "parquet"):
        empty |= {"version"}
    return empty | (VERDICTS if slug == "hidden" else set())


def parts(text):
    """What stands of each group: a file does not tell their order."""
    return sorted(re.split(", |: ", text))


def compared(files, slug, name, options, stems=None):
    """Compare a file with the export: the columns that it leaves empty though the export has them."""
    folder, _ = files
    told = rows_of((folder / f"{slug}.json").read_text())
    done = run("analyse", folder / name, *options, "--format", "json")
    found = rows_of(done.stdout)
    if stems:
        told = {(n, stems[s]): row for (n, s), row in told.items()}
    elif name.endswith((".sav", ".dta")):  # a label is one line
        told = {(n, " ".join(s.split())): row for (n, s), row in told.items()}
    assert set(found) == set(told)
    empty = set()
    for key, row in found.items():
        for column, value in row.items():
            if value is None or column in WORDS:
                empty |= {column} if told[key][column] is not None else set()
            elif column in ("verdict_basis", "group_rule"):
                assert parts(value) == parts(told[key][column]), (key, column)
            elif column != "statement":
                assert value == told[key][column], (key, column)
    return empty - WORDS, done.stderr


@one_engine
@pytest.mark.parametrize("slug", PLAYED)
@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_gives_the_numbers_of_the_export(files, slug, shape):
    if shape in ("sav", "dta", "parquet"):
        pytest.importorskip("pyreadstat")
    options = [] if shape == "zip" else files[1][slug]
    empty, _ = compared(files, slug, f"{slug}.{shape}", options)
    assert empty == may_be_empty(slug, shape)


@one_engine
@pytest.mark.parametrize("slug", PLAYED)
def test_counts_of_a_bundle_give_the_numbers_of_the_export(files, slug):
    empty, _ = compared(files, slug, f"{slug}-counts.csv", files[1][slug])
    assert empty == may_be_empty(slug, "counts")


@one_engine
@pytest.mark.parametrize("slug", PLAYED)
def test_the_wide_file_gives_the_numbers_of_the_export(files, slug):
    with zipfile.ZipFile(files[0] / f"{slug}.zip") as archive:
        rows = csv.DictReader(archive.read("ratings/codebook.csv").decode().splitlines(keepends=True))
        variables = {row["variable"]: unguarded(row["statement"]) for row in rows if row["statement"]}
    stems = {code: name.rpartition("_r")[0] for name, code in variables.items() if not name.endswith("_status")}
    empty, _ = compared(files, slug, f"{slug}-wide.csv", files[1][slug], stems)
    assert empty == may_be_empty(slug, "wide")

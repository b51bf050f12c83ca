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
from exports.archive import MANIFEST, SUMS, writing

PLAYED = {
    "agreement": {"leavers": 0},
    "leaving": {"leavers": 0.2, "panelists": 40},
    "cos": COS,
    "hidden": COS | {"panelists": 15, "rounds": 2, "absent": ("patients", "doctors")},
    "rand": RAND | {"rounds": 1},
    "odd": ODD | {"rounds": 2},
}
SHAPES = ("zip", "csv", "xlsx", "sav", "dta", "parquet")
WORDS = {"kind", "section_no", "section", "text", "decision", "decision_reason", "reasons"}
LINEAGE = {"version", "previous_round", "relation"}
VERDICTS = {"verdict", "group_rule", "flags"}
PAIRS = {"n_paired", "changed_pct", "changed_band", "stable"}  # single rows tell more of these than a seal does
MOVED = {"changed_band", "stable"}
DIFFERENCES = {"delta_combined_pp", "delta_median"}


@pytest.fixture(scope="module")
def files(template, tmp_path_factory):
    """Every shape of every study, the table as `delphi export` gives it, and the options that say its definition."""
    folder = tmp_path_factory.mktemp("data")
    with template.copy() as url:
        database, options = Database(url), {}
        with database.transaction() as session:
            for slug, design in PLAYED.items():
                options[slug] = said(play(session, slug, level="open_rows", **design))
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
        empty |= LINEAGE - {"version"} if shape != "zip" else set()
        empty |= DIFFERENCES | MOVED if shape != "zip" else set()
    if shape not in ("zip", "csv", "parquet"):
        empty |= {"version"}
    return empty | (VERDICTS if slug == "hidden" and shape == "counts" else set())


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
            elif column == "flags" and not name.endswith("zip"):  # who joined and left follows from both rounds
                assert value in (told[key][column], told[key][column].removesuffix("composition_change").rstrip(";"))
            elif column != "statement" and (column not in PAIRS or told[key][column] is not None):
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
    assert empty - MOVED == may_be_empty(slug, shape) - MOVED
    assert empty & MOVED <= may_be_empty(slug, shape)


@one_engine
@pytest.mark.parametrize("slug", PLAYED)
def test_counts_of_a_bundle_give_the_numbers_of_the_export(files, slug):
    empty, _ = compared(files, slug, f"{slug}-counts.csv", files[1][slug])
    assert empty - MOVED == may_be_empty(slug, "counts") - MOVED


@one_engine
@pytest.mark.parametrize("slug", PLAYED)
def test_the_wide_file_gives_the_numbers_of_the_export(files, slug):
    with zipfile.ZipFile(files[0] / f"{slug}.zip") as archive:
        rows = csv.DictReader(archive.read("ratings/codebook.csv").decode().splitlines(keepends=True))
        variables = {row["variable"]: unguarded(row["statement"]) for row in rows if row["statement"]}
    stems = {code: name.rpartition("_r")[0] for name, code in variables.items() if not name.endswith("_status")}
    empty, _ = compared(files, slug, f"{slug}-wide.csv", files[1][slug], stems)
    assert empty - MOVED == may_be_empty(slug, "wide") - MOVED


@one_engine
def test_change_is_told_where_everybody_can_be_followed(files):
    done = run("analyse", files[0] / "agreement.csv", *files[1]["agreement"], "--format", "json")
    rows = rows_of(done.stdout).values()
    assert any(row["n_paired"] for row in rows)
    assert {"n_paired=wording_changed"} <= {why for row in rows for why in row["reasons"].split(";")}
    done = run("analyse", files[0] / "leaving.csv", *files[1]["leaving"], "--format", "json")
    assert rows_of(done.stdout)[2, "STMT1.3"]["n_paired"] > 10


@one_engine
def test_rounds_that_version_0_1_cut_apart_tell_no_change(files, tmp_path):
    with (files[0] / "leaving.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    codes = {code: f"P{n:07}" for n, code in enumerate(dict.fromkeys(row["panelist"] for row in rows))}
    with (tmp_path / "old.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0].keys())
        writer.writeheader()
        writer.writerows(row | {"panelist": codes[row["panelist"]]} for row in rows)
    done = run("analyse", tmp_path / "old.csv", *files[1]["leaving"], "--format", "json")
    assert "n_paired=rows_cut_apart" in rows_of(done.stdout)[2, "STMT1.3"]["reasons"]
    done = run("analyse", tmp_path / "old.csv", *files[1]["leaving"], "--stability", code=2)
    assert "--stability needs everybody’s rounds under one code" in done.stderr


@one_engine
def test_what_was_read_and_what_was_not_is_said(files):
    folder, options = files
    done = run("analyse", folder / "agreement.csv", *options["agreement"])
    assert "agreement.csv, read: panelist, round, group, statement, version, status, rating\n" in done.stderr
    assert "agreement.csv, not used, 3 columns: row, rating_label, position\n" in done.stderr
    assert "what the file does not tell of the study is empty in the table, with its reason" in done.stderr
    wide = run("analyse", folder / "agreement.xlsx", *options["agreement"]).stderr
    assert "read: panelist, group, STMT1_1_r1, STMT1_1_r1_status" in wide
    assert "not used" not in wide


@one_engine
def test_an_archive_brings_its_definition(files):
    done = run("analyse", files[0] / "cos.zip", "--format", "json")
    assert "cos.zip, definition of the study:" in done.stderr
    definition = json.loads(done.stdout)["definition"]
    assert (definition["scale"]["key"], definition["rule"]["key"]) == ("grade9", "comet_by_group")


@one_engine
def test_options_change_the_definition_of_an_archive(files):
    typed = ["--rule", "percent_agreement", "--set", "threshold=90", "--denominator", "shown", "--min-n", 3]
    done = run("analyse", files[0] / "cos.zip", *typed, "--format", "json")
    found = json.loads(done.stdout)["definition"]
    assert (found["rule"]["key"], found["rule"]["threshold"]) == ("percent_agreement", "90")
    assert (found["denominator"], found["minimum_n"], found["quantile_type"]) == ("shown", 3, 7)
    other = run("analyse", files[0] / "cos.zip", "--scale", "rand9", "--format", "json")
    assert json.loads(other.stdout)["definition"]["scale"]["key"] == "rand9"


@one_engine
@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("cos.zip", ["--set", "threshold=90"], "name --scale beside --agree and --disagree, and --rule beside --set"),
        ("cos.zip", ["--agree", "7..9"], "name --scale beside --agree"),
        ("cos.zip", ["--rule", "majority"], "there is no rule"),
        ("cos.zip", ["--columns", "panelist=who"], "--columns is not for an archive"),
        ("cos.zip", ["--attrition"], "--attrition needs those who were invited"),
        ("rand.zip", ["--by-group"], "--by-group needs a column group in the file"),
        ("cos.csv", [], "Missing option '--scale'"),
    ],
)
def test_what_a_file_cannot_tell_is_refused(files, name, options, message):
    done = run("analyse", files[0] / name, *options, code=2)
    assert message in done.stderr
    assert done.stdout == ""


@one_engine
def test_counts_beside_a_hidden_group_tell_no_robustness(files):
    done = run("analyse", files[0] / "hidden-counts.csv", *files[1]["hidden"], "--robustness", code=2)
    assert "--robustness rests on groups that are left out" in done.stderr


@one_engine
@pytest.mark.parametrize("slug", ["agreement", "hidden"])
def test_counts_of_a_sealed_study_are_those_of_its_open_twin(files, template, tmp_path, slug):
    with template.copy() as url:
        database = Database(url)
        with database.transaction() as session:
            play(session, slug, **PLAYED[slug])
        database.engine.dispose()
        run("bundle", slug, "--output", tmp_path / "sealed.zip", url=url)
    with zipfile.ZipFile(tmp_path / "sealed.zip") as archive:
        assert archive.read("ratings/counts.csv") == (files[0] / f"{slug}-counts.csv").read_bytes()


@one_engine
def test_an_archive_without_its_definition_asks_for_a_scale(files, tmp_path):
    old = archive_without(files[0] / "rand.zip", "ratings/study.json", tmp_path)
    assert "Missing option '--scale'" in run("analyse", old, code=2).stderr
    rows = rows_of(run("analyse", old, *files[1]["rand"], "--format", "json").stdout)
    told = rows_of((files[0] / "rand.json").read_text())
    assert {key: row["median"] for key, row in rows.items()} == {key: row["median"] for key, row in told.items()}


@one_engine
def test_a_changed_archive_is_refused(files, tmp_path):
    source = zipfile.ZipFile(files[0] / "rand.zip")
    with zipfile.ZipFile(tmp_path / "changed.zip", "w") as target:
        for entry in source.namelist():
            data = source.read(entry)
            target.writestr(entry, data.replace(b'"rated"', b'"blank"') if entry == "ratings/long.csv" else data)
    done = run("analyse", tmp_path / "changed.zip", code=1)
    assert "ratings/long.csv is not as MANIFEST.json says" in done.stderr


def archive_without(path, name, folder):
    """An archive as an older version wrote it."""
    source, target = zipfile.ZipFile(path), folder / path.name
    with writing(target) as writer:
        for entry in source.namelist():
            if entry not in (name, MANIFEST, SUMS):
                writer.put(entry, source.read(entry))
        writer.close({"schema": "ratings/1", "files": {}})
    return target


@one_engine
def test_each_round_is_judged_under_its_own_definition(files, tmp_path):
    """A protocol that was amended between two rounds: the denominator of round 1 stays its own."""
    told = rows_of(run("analyse", files[0] / "agreement.zip", "--denominator", "shown", "--format", "json").stdout)
    plain = rows_of(run("analyse", files[0] / "agreement.zip", "--format", "json").stdout)
    source, target = zipfile.ZipFile(files[0] / "agreement.zip"), tmp_path / "amended.zip"
    with writing(target) as writer:
        for entry in source.namelist():
            if entry not in (MANIFEST, SUMS):
                study = json.loads(source.read(entry)) if entry == "ratings/study.json" else None
                if study:
                    study["definitions"]["1"]["denominator"] = "shown"
                writer.put(entry, json.dumps(study) if study else source.read(entry))
        writer.close({"schema": "ratings/1", "files": {}})
    found = rows_of(run("analyse", target, "--format", "json").stdout)
    assert told != plain
    for key, row in found.items():
        assert row["combined_pct"] == (told if key[0] == 1 else plain)[key]["combined_pct"]

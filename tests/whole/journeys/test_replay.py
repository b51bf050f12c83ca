"""A file of ratings played as a study gives the table that `delphi analyse` gives, on both databases."""

import csv
import json
import zipfile
from random import Random

import pytest
from click.testing import CliRunner

import wsgi

PAIRS = {"n_paired", "changed_pct", "changed_band", "stable"}
HEAD = "panellist,round,block,item,rating"


@pytest.fixture
def ratings(tmp_path):
    """Twelve people, two rounds, two blocks with the same item names; two leave, some are not qualified."""
    draw = Random(7)
    lines = [HEAD]
    for person in range(12):
        for round_ in (1, 2):
            for block in ("domain", "review"):
                for item in ("Goal", "IC/EC"):
                    gone = round_ == 2 and person < 2
                    given = "" if gone else draw.choice(["1", "2.0", "3", "4", "4", "nq", ""])
                    lines.append(f"P{person},{round_},{block},{item},{given}")
    path = tmp_path / "ratings.csv"
    path.write_text("\n".join(lines))
    return path


def run(*arguments: str, code: int = 0) -> str:
    done = CliRunner().invoke(wsgi.main, arguments)
    assert done.exit_code == code, done.output
    return done.stdout


@pytest.mark.timeout(120)
def test_the_two_tables_and_that_of_the_bundle_are_equal(ratings, template, tmp_path, monkeypatch):
    columns = ("--columns", "panelist=panellist,statement=block+item", "--scale", "agree4_nq")
    with template.copy() as url:
        run(
            "replay",
            str(ratings),
            *columns,
            "--no-serve",
            "--port",
            "0",
            "--database",
            url,
            "--out",
            str(tmp_path / "out"),
        )
        monkeypatch.setenv("DATABASE_URL", url)
        monkeypatch.setenv("SECRET_KEY", "s" * 32)
        run("bundle", "replay", "--output", str(tmp_path / "replay.zip"))
    played = json.loads((tmp_path / "out" / "consensus.json").read_text())
    assert played.pop("simulated") == "Simulated panel."
    analysed = json.loads(run("analyse", str(ratings), *columns, "--format", "json"))
    for row, told in zip(played["rows"], analysed["rows"], strict=True):
        sealed = {name for name in PAIRS if row[name] is None}  # a seal tells less of pairs than single rows do
        assert {name: row[name] for name in row.keys() - sealed - {"reasons"}}.items() <= told.items()
    assert played["definition"] == analysed["definition"]
    assert [row["n_invited"] for row in played["rows"]] == [12] * 8
    again = json.loads(run("analyse", str(tmp_path / "replay.zip"), "--format", "json"))
    for row, told in zip(again["rows"], played["rows"], strict=True):
        assert {name: row[name] for name in row if row[name] is not None and name != "reasons"}.items() <= told.items()
    assert "not as it should be" not in CliRunner().invoke(wsgi.main, ["verify", str(tmp_path / "replay.zip")]).output
    with zipfile.ZipFile(tmp_path / "replay.zip") as archive:
        rows = json.loads(archive.read("ratings/rows.json"))
    assert sorted(ratings_of(rows)) == sorted(given(ratings))


def ratings_of(rows):
    """Answers by round, "nq" for an opt-out."""
    return [(row["round"], str(value or "nq")) for row in rows for value in row["answers"].values()]


def given(path):
    """What the file says, the same way."""
    with path.open(encoding="utf-8", newline="") as stream:
        return [(int(row["round"]), row["rating"][:2].rstrip(".")) for row in csv.DictReader(stream) if row["rating"]]


def test_a_bad_file_is_named_and_nothing_is_played(tmp_path):
    path = tmp_path / "bad.csv"
    path.write_text("panelist,statement,rating\nP1,S1,9\n")
    done = CliRunner().invoke(wsgi.main, ["replay", str(path), "--scale", "agree4_nq", "--out", str(tmp_path / "out")])
    assert done.exit_code == 2
    assert "line 2" in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_scale_that_does_not_ship_is_refused(tmp_path):
    path = tmp_path / "good.csv"
    path.write_text("panelist,statement,rating\nP1,S1,3\n")
    done = CliRunner().invoke(wsgi.main, ["replay", str(path), "--scale", "agree99", "--out", str(tmp_path / "out")])
    assert done.exit_code == 2
    assert "agree99" in done.stderr

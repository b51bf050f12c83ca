"""Designed tables on the command line: what is asked for wrongly is said, and a study prints them without keeping them."""

import pytest
from builders import released
from click.testing import CliRunner

from delphi.model.study import Study
from exports.cli.analyse import analyse
from exports.cli.export import export

RATINGS = "panelist,statement,rating\n" + "".join(f"P{i},S1,{rating}\n" for i, rating in enumerate([7, 8, 9, 7, 2]))
MINE = """
title = "Mine"
section_as = ""
columns = [{ head = "High", cell = "{pct_7-9.1%}" }, { head = "Verdict", cell = "{verdict}" }]
"""


def run(tmp_path, *options, design=MINE):
    ratings, file = tmp_path / "ratings.csv", tmp_path / "mine.toml"
    ratings.write_text(RATINGS, encoding="utf-8")
    file.write_text(design, encoding="utf-8")
    return CliRunner().invoke(analyse, [str(ratings), "--scale", "grade9", "--table", str(file), *options])


def test_a_file_of_ratings_is_printed_after_a_design(tmp_path):
    text = run(tmp_path, "--style", "lancet", "--number", "3").stdout
    assert "80·0%" in text.replace("80%", "80·0%")
    assert "S1" in text
    assert "in, ≥70% rated 7–9" in text


def test_a_round_has_its_own_threshold(tmp_path):
    strict = run(tmp_path, "--round-set", "1:include=90").stdout
    assert "Round 1: in, ≥90% rated 7–9" in strict
    assert "none" in strict.split("in, ≥90%")[0]


@pytest.mark.parametrize(
    ("options", "design", "said"),
    [
        ((), "columns = [{ cell = '{mena}' }]", "“{mena}” is no figure"),
        ((), "columns = ", "This is no TOML"),
        (("--style", "newspaper"), MINE, "Invalid value for '--style'"),
        (("--round-set", "include=90"), MINE, "is not of the form round:name=value"),
        (("--round-set", "1:include=10"), MINE, "--round-set: "),
    ],
)
def test_what_is_asked_for_wrongly_is_said(tmp_path, options, design, said):
    result = run(tmp_path, *options, design=design)
    assert result.exit_code == 2
    assert said in result.stderr


def test_presets_are_listed_and_a_missing_file_is_named(tmp_path):
    ratings = tmp_path / "ratings.csv"
    ratings.write_text(RATINGS, encoding="utf-8")
    listed = CliRunner().invoke(analyse, [str(ratings), "--scale", "grade9", "--table", "list"])
    assert listed.exit_code == 0
    assert "l1-grades: " in listed.stdout
    missing = CliRunner().invoke(analyse, [str(ratings), "--scale", "grade9", "--table", "nothing"])
    assert "no such preset, and no file that can be read" in missing.stderr


def test_a_study_prints_a_design_that_it_does_not_keep(app, pages, tmp_path, monkeypatch):
    database = app.extensions["database"]
    with database.transaction() as session:
        released(session, session.get_one(Study, pages.study.id), [{1: 4, 2: 3}] * 4 + [{1: 1, 2: 3}] * 2)
    monkeypatch.setattr("delphi.migrations.checked_database", lambda: database)
    monkeypatch.setattr(type(database.engine), "dispose", lambda _: None)
    file = tmp_path / "mine.toml"
    file.write_text(MINE.replace("{pct_7-9.1%}", "{agree.1%}"), encoding="utf-8")
    result = CliRunner().invoke(export, ["care", "--table", str(file), "--style", "lancet", "--format", "html"])
    assert result.exit_code == 0, result.output
    assert "Table 1: Mine" in result.stdout
    assert "66·7%" in result.stdout
    with database.transaction(writing=False) as session:
        assert session.get_one(Study, pages.study.id).paper == {}

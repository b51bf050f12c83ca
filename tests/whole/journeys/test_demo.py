"""The main job, from an empty folder to the consensus table, over real HTTP and on both databases."""

import csv
import json
import socket

import pytest
from click.testing import CliRunner

import wsgi
from delphi.statistics.base.exact import mean_share, round_half_up
from rounds.demo.cli import PANELISTS, SEED
from rounds.demo.server import free_port

# Not the usual one: others may play beside these tests; always the same one, because letters lead back to it.
PORT = str(free_port(0))


def play(*arguments: str) -> str:
    done = CliRunner().invoke(wsgi.main, ["demo", "--no-serve", "--port", PORT, *arguments])
    assert done.exit_code == 0, done.output
    return done.output


def rows_of(folder, round_: int = 3) -> list[dict]:
    return [row for row in json.loads((folder / "consensus.json").read_text())["rows"] if row["round"] == round_]


def mean(rows: list[dict], kind: str) -> str:
    shares = [(row["combined_k"], row["n_rated"]) for row in rows if row["kind"] == kind]
    return str(round_half_up(mean_share(shares), 1))


@pytest.fixture(scope="module")
def reference(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    return folder, play("--out", str(folder))


@pytest.mark.timeout(180)
def test_the_reference_study_ends_with_its_published_means(reference):
    folder, printed = reference
    rows = rows_of(folder)
    kinds = [row["kind"] for row in rows]
    assert (kinds.count("statement"), kinds.count("recommendation")) == (20, 15)
    assert (mean(rows, "statement"), mean(rows, "recommendation")) == ("98.0", "99.7")
    assert "20 statements, mean combined agreement 98.0 %" in printed
    assert "15 recommendations, mean combined agreement 99.7 %" in printed
    assert "Simulated panel" in printed


@pytest.mark.timeout(180)
def test_every_item_has_its_n_and_its_not_qualified(reference):
    folder, _ = reference
    rows = rows_of(folder)
    assert all(row["n_invited"] == PANELISTS and 40 < row["n_rated"] < PANELISTS for row in rows)
    assert any(row["nq_pct"] > 0 for row in rows)
    assert all(row["n_rated"] + row["n_nq"] + row["n_blank"] == row["n_shown"] for row in rows)
    assert {row["relation"] for row in rows_of(folder, 2)} == {"same", "reworded", "merged", "new"}
    assert len(rows_of(folder, 1)) == 21


@pytest.mark.timeout(180)
def test_the_csv_file_holds_the_same_rows(reference):
    folder, _ = reference
    with (folder / "consensus.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    assert [line["statement"] for line in lines if line["round"] == "3"] == [
        row["statement"] for row in rows_of(folder)
    ]


@pytest.mark.timeout(180)
def test_playing_again_starts_from_what_is_there(reference):
    folder, _ = reference
    before = (folder / "consensus.json").read_bytes()
    play("--out", str(folder))
    assert (folder / "consensus.json").read_bytes() == before


@pytest.mark.timeout(180)
def test_a_second_seed_gives_other_numbers(template, tmp_path):
    tables = []
    for seed in (SEED, SEED + 1):
        with template.copy() as url:
            play("--seed", str(seed), "--panelists", "9", "--database", url, "--out", str(tmp_path / str(seed)))
        tables.append([row["combined_k"] for row in rows_of(tmp_path / str(seed))])
    assert tables[0] != tables[1]


def test_a_taken_port_gives_another_one():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert free_port(port) != port


def test_an_interrupted_round_goes_on_where_it_stood(tmp_path, monkeypatch):
    from rounds.demo.bots import PanelistBot

    really, calls = PanelistBot.play, []

    def stumble(bot, sheet):
        calls.append(sheet)
        if len(calls) == 4:
            raise KeyboardInterrupt
        return really(bot, sheet)

    monkeypatch.setattr(PanelistBot, "play", stumble)
    CliRunner().invoke(wsgi.main, ["demo", "--no-serve", "--port", PORT, "--panelists", "7", "--out", str(tmp_path)])
    assert not (tmp_path / "consensus.json").exists()
    monkeypatch.setattr(PanelistBot, "play", really)
    play("--panelists", "7", "--out", str(tmp_path))
    assert len(rows_of(tmp_path)) == 35


@pytest.mark.timeout(180)
def test_the_bundle_of_the_reference_study_is_computed_again_without_the_server(reference, tmp_path, monkeypatch):
    folder, _ = reference
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{folder / 'server' / 'delphi.sqlite3'}")
    monkeypatch.setenv("SECRET_KEY", "s" * 32)
    path = tmp_path / "reference.zip"
    run = CliRunner()
    assert run.invoke(wsgi.main, ["bundle", "reference", "--output", str(path)]).exit_code == 0
    monkeypatch.delenv("DATABASE_URL")
    verified = run.invoke(wsgi.main, ["verify", str(path)])
    assert verified.exit_code in (0, 3), verified.output
    done = run.invoke(wsgi.main, ["analyse", str(path), "--format", "json"])
    assert done.exit_code == 0, done.output
    rows = [row for row in json.loads(done.stdout)["rows"] if row["round"] == 3 and row["group"] == "all"]
    assert (mean(rows, "statement"), mean(rows, "recommendation")) == ("98.0", "99.7")
    for row, told in zip(rows, rows_of(folder), strict=True):
        assert (row["k_4"], row["median"], row["grade"]) == (told["k_4"], told["median"], told["grade"])
    changed = path.read_bytes()
    assert b"ratings/long.csv" not in changed  # the reference study is sealed
    path.write_bytes(changed.replace(b"ratings/counts.csv", b"ratings/county.csv"))
    assert "ratings/county.csv is not listed" in run.invoke(wsgi.main, ["verify", str(path)]).output

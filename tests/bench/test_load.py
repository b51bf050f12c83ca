"""A short load: the tool plays everybody to the end, counts what was lost, and writes its rows."""

import pytest

from bench import load
from bench.panel import open_panel
from bench.samples import END, START, Samples, written

pytestmark = pytest.mark.timeout(600)  # servers are started, on a machine that may be busy


def test_a_short_load_loses_nothing_and_stops_at_the_close(capsys):
    small = ["--panelists", "6", "--statements", "12", "--only", "flat"]
    assert load.main(small) == 0
    said = capsys.readouterr().out
    assert "lost; 0 kept after the close" in said
    assert ", 0 lost" in said


def test_writers_are_compared_with_the_bare_view(tmp_path, capsys):
    rows = load.saves_beside_bare(f"sqlite:///{tmp_path / 'w.sqlite3'}", "SQLite", writers=2, seconds=0.2, turns=1)
    (figures,) = rows.values()
    assert "saves a second" in figures
    assert "% by CPU" in figures


def test_what_was_acknowledged_and_is_not_stored_is_lost(database):
    url = database.engine.url.render_as_string(hide_password=False)
    with open_panel(url, "lost", panelists=2, statements=3, feedback=False) as panel:
        who = next(iter(panel.cookies))
        assert panel.lost({}) == 0
        assert panel.lost({(who, 1): (1, 4)}) == 1


@pytest.mark.parametrize(
    ("status", "errors", "refused"), [(200, 0, 0), (303, 0, 0), (409, 0, 1), (503, 1, 0), ("Reset", 1, 0)]
)
def test_an_answer_is_an_error_unless_it_is_the_close(status, errors, refused):
    samples = Samples()
    samples.add("save", 0.0, status)
    assert (samples.errors().total(), samples.refused()) == (errors, refused)


def test_a_row_replaces_the_one_of_its_name_and_no_other(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(f"Before.\n{START}\n| what | saves |\n|---|---|\n| a | 1 |\n| b | 2 |\n{END}\nAfter.\n")
    written(page, {"b": "3", "c": "4"})
    assert (
        page.read_text()
        == f"Before.\n{START}\n| what | saves |\n|---|---|\n| a | 1 |\n| b | 3 |\n| c | 4 |\n{END}\nAfter.\n"
    )

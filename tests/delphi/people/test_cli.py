"""The command `delphi sever`: the numbers first, then a question, then the same as the page."""

import pytest
from builders import NOW, Cast, released
from click.testing import CliRunner
from sqlalchemy import select

import wsgi
from delphi.model.study import Study
from rounds.lifecycle import finishing


@pytest.fixture
def run(database, monkeypatch):
    """The command over a database with Ada's study, finished."""
    monkeypatch.setenv("DATABASE_URL", database.engine.url.render_as_string(hide_password=False))
    with database.transaction() as session:
        cast = Cast.enter(session)
        released(session, cast.study, [{1: 4}] * 5)
        finishing.finish(session, cast.study, reason="enough", by=cast.ada.id, at=NOW)
    return lambda *args, said="": CliRunner().invoke(wsgi.main, ["sever", *args], input=said)


def severed(database):
    with database.transaction(writing=False) as session:
        return session.scalars(select(Study.slug).where(Study.names_destroyed_at.is_not(None))).all()


def test_the_numbers_are_said_before_the_question(database, run):
    done = run("care", said="n\n")
    assert done.exit_code == 1
    assert done.output.startswith("Study care\nDestroyed: 6 names with addresses, 0 declarations")
    assert "the answers of 5 panelists under codes" in done.output
    assert severed(database) == []


@pytest.mark.parametrize(("args", "said"), [(["care"], "y\n"), (["care", "--yes"], "")])
def test_names_go_after_a_yes(database, run, args, said):
    done = run(*args, said=said)
    assert (done.exit_code, done.output.splitlines()[-1]) == (
        0,
        "The names are destroyed. Backups hold them until they expire.",
    )
    assert severed(database) == ["care"]


@pytest.mark.parametrize(("slug", "told"), [("other", "not finished"), ("nowhere", "no study “nowhere”")])
def test_what_cannot_be_severed_is_said(database, run, slug, told):
    done = run(slug, "--yes")
    assert (done.exit_code, told in done.output) == (1, True)
    assert severed(database) == []

"""Figures of the whole matrix: made once after the seal, chained, the same bytes, and of nothing that is hidden."""

import played
import pytest
from builders import NOW, released, study
from databases import one_engine
from sqlalchemy import delete, event

from delphi.model.result import Result
from delphi.model.round import Round
from delphi.model.seal import Seal, SealKind, SealLetter
from delphi.model.study import Study
from exports.files.orders import Order, exhibit_of
from exports.record.reader_profile import Profile
from exports.record.sealed_figures import RoundFigures
from exports.results import figures
from exports.results.figures_worker import Figuring
from rounds.seal import chain


def made_for(session, made):
    for number in sorted(chain.sealed_numbers(session, made.id)):
        figures.complete(session, made, session.get_one(Round, (made.id, number)), at=NOW)
    return chain.entries_of(session, made.id, SealKind.FIGURES)


@one_engine
def test_figures_are_chained_and_read_back_as_they_were_written(session):
    made = played.play(session, panelists=30, rounds=2, leavers=0.2)
    entries = made_for(session, made)
    assert [entry.round for entry in entries] == [1, 2]
    for entry in entries:
        assert entry.sha256 == entry.expected_hash(made.slug)
        assert RoundFigures.from_dict(entry.content).as_dict() == entry.content


@one_engine
def test_every_figure_is_rounded_to_three_decimals(session):
    entries = made_for(session, played.play(session, panelists=30, rounds=2, leavers=0.3))

    def numbers(value):
        if isinstance(value, dict | list):
            return [n for one in (value.values() if isinstance(value, dict) else value) for n in numbers(one)]
        return [value] if isinstance(value, float) else []

    found = numbers([entry.content for entry in entries])
    assert len(found) > 20
    assert all(n == round(n, 3) for n in found)


@one_engine
@pytest.mark.parametrize("key", ["agreement", "attrition", "robustness"])
def test_a_report_reads_the_entry_and_no_rating(session, key):
    made = played.play(session, panelists=40, rounds=2, leavers=0.5)
    before = exhibit_of(session, made, Order(key, "csv", Profile.ANALYST))
    assert "Figures of round 1, 2 are being computed." in before.notes
    made_for(session, made)
    asked = []
    event.listen(session.get_bind(), "before_cursor_execute", lambda _c, _cursor, sql, *_: asked.append(sql))
    rows = exhibit_of(session, made, Order(key, "csv", Profile.ANALYST)).as_dicts()
    assert asked
    assert not [sql for sql in asked if "rating" in sql.split("FROM", 1)[-1].split()]
    value = {"agreement": "value", "attrition": "p", "robustness": "same_pct"}[key]
    assert any(row[value] is not None for row in rows)


@one_engine
@pytest.mark.parametrize(("leavers", "told"), [(0.05, False), (0.5, True)])
def test_leavers_are_compared_only_where_enough_left(session, leavers, told):
    made = played.play(session, panelists=40, rounds=2, leavers=leavers)
    [_, second] = made_for(session, made)
    assert (second.content["attrition"]["p"] is not None) is told


def test_the_worker_makes_the_figures_of_every_round_that_waits(app, public):
    database = app.extensions["database"]
    assert Figuring(database).work(at=NOW)
    assert not Figuring(database).work(at=NOW)
    with database.transaction(writing=False) as session:
        assert [entry.round for entry in chain.entries_of(session, public.study.id, SealKind.FIGURES)] == [1]


def test_a_page_says_what_is_being_computed(app, public, ada):
    assert "being computed" in ada.get("/studies/care/results/panel").text
    assert "being computed" in ada.get("/studies/care/results/statements/1").text
    Figuring(app.extensions["database"]).work(at=NOW)
    assert "being computed" not in ada.get("/studies/care/results/panel").text
    assert "Krippendorff" in ada.get("/studies/care/results/panel").text
    assert "resampled panels" in ada.get("/studies/care/results/statements/1").text


def test_a_round_that_is_counted_says_so(app, public, ada):
    with app.extensions["database"].transaction() as session:
        study_ = session.get_one(Study, public.study.id)
        for table in (SealLetter, Result, Seal):
            session.execute(delete(table).where(table.study_id == study_.id))
        session.get_one(Round, (study_.id, 1)).released_at = None
    for path in ("results", "results/panel", "results/statements", "rounds/1"):
        assert "is being counted" in ada.get(f"/studies/care/{path}").text, path


def test_figures_of_a_definition_that_was_amended_are_made_again(cast):
    made = study(cast.session, cast.ada, "again", panelists=8)
    round_ = released(cast.session, made, [{1: 4, 2: 3}] * 8)
    assert figures.complete(cast.session, made, round_, at=NOW) is not None
    assert figures.complete(cast.session, made, round_, at=NOW) is None

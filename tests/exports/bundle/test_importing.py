"""Importing a bundle: all of it or nothing, to be read and not changed."""

import json
import zipfile
from datetime import timedelta
from random import Random
from uuid import uuid4

import pytest
from builders import NOW, account, launched, lead_of, panel_of, vote
from bundles import resealed, run, written
from played import COS, play
from sqlalchemy import func, select

from delphi import access, audit
from delphi.access import Capability
from delphi.contents import back_translation, items, languages, translating
from delphi.contents.reading import Wording, wordings_in
from delphi.database import Database
from delphi.errors import NotFound, Refused
from delphi.model.event import Event
from delphi.model.origin import StudyImport
from delphi.model.panel import Panelist
from delphi.model.rating import Rating
from delphi.model.round import Participation, Round
from delphi.model.seal import Seal, SealedRow
from delphi.model.study import Study
from delphi.protocol import amendments
from exports.archive import reading
from exports.bundle import facts
from exports.bundle.importing import import_bundle
from rounds.lifecycle import lifecycle
from rounds.participation.taking_part import TakingPart
from rounds.questionnaire import saving
from rounds.questionnaire.saving import Answer
from rounds.results import rows
from rounds.seal import chain, row_keeping
from rounds.seal import reading as sealed_reading


@pytest.fixture(scope="module")
def original(template, tmp_path_factory):
    """A bundle that another server wrote."""
    path = tmp_path_factory.mktemp("import") / "care.zip"
    with template.copy() as url:
        database = Database(url)
        with database.transaction() as session:
            written(session, play(session, **COS, rounds=2), path)
        database.engine.dispose()
    return path


def imported(session, path, owner=None):
    with reading(path) as bundle:
        return import_bundle(session, bundle, owner=owner, at=NOW)


def test_an_imported_study_is_seen_by_its_owner_alone(session, original):
    ada, ben = account(session, "ada"), account(session, "ben")
    made = imported(session, original, owner=ada.id)
    assert access.study_for(session, ada, made.slug, to=Capability.ANALYSE) is made
    with pytest.raises(NotFound):
        access.study_for(session, ben, made.slug, to=Capability.READ)
    assert session.get_one(StudyImport, made.id).at == NOW


def test_the_denominators_stay(session, original):
    made = imported(session, original)
    counts = sealed_reading.round_data(session, made, 1).counts
    assert counts.invited.sum() == 57
    frozen = rows.results(session, made, session.get_one(Round, (made.id, 1)))
    assert frozen[0]["n_rated"] == counts.ratings[0].sum()


def test_an_imported_study_is_its_seals_and_nobody(session, original):
    made = imported(session, original)
    seals = chain.entries(session, made.id)
    assert [seal.sha256 for seal in seals] == [seal.expected_hash(made.slug) for seal in seals]
    assert len(seals) == 2
    for table in (Panelist, Participation, Rating, SealedRow):
        assert session.scalar(select(func.count()).select_from(table)) == 0, table


def test_every_language_comes_along(session, tmp_path):
    """Titles, statements and scale; not what belongs to a comment or to a draft."""
    made = play(session, "first", panelists=20, rounds=1)
    by = lead_of(session, made)
    languages.choose(session, made, ["nl", "de"], by=by, at=NOW)
    own = {one.item: Wording(f"NL {one.source}", one.source) for one in items.items_of(session, made)}
    draft = {"statement.99.1.text": Wording("NL later", "Later."), "comment.x": Wording("NL zo", "So.")}
    translating.write(session, made, "nl", own | draft, by=by, at=NOW)
    back_translation.keep(session, made, "nl", "Checked by Eva.", by=by, at=NOW)
    path, _ = written(session, made, tmp_path / "first.zip")
    instrument = zipfile.ZipFile(path).read("instruments/instrument.html").decode()
    assert "Wording, Dutch" in instrument
    assert "NL Service 1 is needed." in instrument
    made.slug = "another"
    session.flush()
    again = imported(session, path)
    said = wordings_in(session, again, "nl")
    assert (again.language, again.languages) == ("en", ["nl", "de"])
    assert said.keys() == own.keys() | {back_translation.ITEM}
    assert said["statement.1.1.text"] == own["statement.1.1.text"]
    assert back_translation.notes(session, again) == {"nl": "Checked by Eva."}


@pytest.mark.parametrize(("level", "profile"), [("separated", "statistician"), ("open_rows", "public")])
def test_rows_come_along_where_the_bundle_holds_them(session, tmp_path, level, profile):
    made = play(session, "first", panelists=20, rounds=2, level=level)
    told = row_keeping.plain_rows(session, made.id)
    path, _ = written(session, made, tmp_path / "first.zip", profile)
    made.slug = "another"
    session.flush()
    again = imported(session, path)
    assert row_keeping.plain_rows(session, again.id) == told
    assert {len(row["answers"]) > 0 for row in told} == {True}


def test_the_chain_holds_and_no_account_is_named(session, original):
    made = imported(session, original)
    events = list(session.scalars(select(Event).where(Event.study_id == made.id).order_by(Event.sequence)))
    assert audit.first_broken(events) is None
    assert {event.actor for event in events} == {None}
    assert {event.actor_elsewhere for event in events} != {None}


def test_nothing_can_be_decided_on_it(session, original):
    made, by = imported(session, original), account(session, "ada").id
    last = session.get_one(Round, (made.id, 2))
    with pytest.raises(Refused):
        lifecycle.close(session, last, by=by, at=NOW)
    with pytest.raises(Refused, match="imported"):
        lifecycle.prepare_next(session, made, last, by=by, at=NOW)
    with pytest.raises(Refused, match="imported"):
        amendments.amend(session, made, {"minimum_n": 4}, reason="few", by=by, at=NOW)
    with pytest.raises(NotFound):
        saving.save(session, TakingPart(made.id, 2, uuid4()), [Answer(1, "rated", 3, 0)], [], request="k")


def test_a_study_is_imported_once(session, original):
    imported(session, original)
    with pytest.raises(Refused, match="already"):
        imported(session, original)


def test_a_public_bundle_is_not_imported(session, tmp_path):
    made = play(session, "first", panelists=12, rounds=1)
    path, _ = written(session, made, tmp_path / "public.zip", "public")
    with pytest.raises(Refused, match="coarser forms for everybody"):
        imported(session, path)


def edit(name, *steps, value):
    """Change one value of a JSON file."""

    def change(data):
        stored = json.loads(data)
        at = stored
        for step in steps[:-1]:
            at = at[step]
        at[steps[-1]] = value
        return json.dumps(stored).encode()

    return name, change


HOSTILE = {
    "an unknown column": edit("protocol/facts.json", "study", 0, "is_admin", value=True),
    "another type": edit("protocol/facts.json", "study", 0, "minimum_n", value="5; DROP TABLE study"),
    "a value no check lets pass": edit("protocol/facts.json", "study", 0, "smallest_cell", value=1),
    "another rule than the protocol": edit("protocol/facts.json", "study", 0, "minimum_n", value=9),
    "an unknown scale": edit("protocol/facts.json", "study", 0, "scale", value="nowhere"),
    "a time without a zone": edit("protocol/facts.json", "rounds", 0, "opened_at", value="2026-01-01T00:00:00"),
    "a list where a study stands": edit("protocol/facts.json", "study", value=[]),
    "a statement that is not there": edit("statements/statements.json", "questionnaires", 0, "statement", value=99),
    "a number that is a text": edit("statements/statements.json", "versions", 0, "version", value="1"),
    "a character no database takes": edit("statements/statements.json", "versions", 0, "text", value="a\x00b"),
    "half a character": edit("statements/statements.json", "versions", 0, "text", value="a\ud800b"),
    "a result of nothing": edit("results/release-1.json", "rows", 0, "row", "statement", value="NONE"),
    "a verdict that does not exist": edit("results/release-1.json", "rows", 0, "row", "verdict", value="perhaps"),
    "more people than there are": (
        "panel/flow.csv", lambda data: data.replace(b'1,"all",57', b'1,"all",999999999'),
    ),
    "a place that is not there": ("ratings/counts.csv", lambda data: data.replace(b"\r\n1,1,", b"\r\n1,99,")),
    "no columns": ("ratings/counts.csv", lambda _: b"x\r\n1\r\n"),
    "no JSON": ("statements/statements.json", lambda _: b"[" * 100_000),
    "no text": ("ratings/counts.csv", lambda data: data + b"\xff\xfe"),
    "a broken chain": edit("seals/chain.json", 1, "previous_sha256", value="0" * 64),
    "a seal of another count": edit("seals/chain.json", 0, "content", "cells", 0, "opt_out", value=3),
    "a seal too few": ("seals/chain.json", lambda data: json.dumps(json.loads(data)[:1]).encode()),
    "a seal that is no seal": edit("seals/chain.json", 0, "content", value=[]),
    "another level than the seals": edit("protocol/facts.json", "study", 0, "level", value="open_rows"),
    "no level": edit("protocol/facts.json", "study", 0, "level", value="ajar"),
}  # fmt: skip


@pytest.mark.parametrize("what", HOSTILE)
def test_what_does_not_fit_is_refused_whole(session, original, tmp_path, what):
    """Every hash fits: only the contents are wrong, as somebody would make them who means harm."""
    path = tmp_path / "care.zip"
    path.write_bytes(original.read_bytes())
    with pytest.raises(Refused), session.begin_nested():
        imported(session, resealed(path, *HOSTILE[what]))
    for table in (Study, Seal, SealedRow, Event):
        assert session.scalar(select(func.count()).select_from(table)) == 0, table


@pytest.mark.parametrize("answers", [{"1": 5}, {"99": 4}, {"1": "4"}, {"1": [4]}])
def test_an_answer_that_nobody_could_give_is_refused(session, tmp_path, monkeypatch, answers):
    made = play(session, "first", panelists=12, rounds=1, level="open_rows")
    path, _ = written(session, made, tmp_path / "first.zip")
    made.slug = "another"
    monkeypatch.setattr("exports.bundle.importing.check", lambda _bundle: type("Right", (), {"problems": []}))

    def other(data):
        rows = json.loads(data)
        rows[0]["answers"] = answers
        return json.dumps(rows).encode()

    with pytest.raises(Refused), session.begin_nested():
        imported(session, resealed(path, "ratings/rows.json", other))


def test_a_killed_import_leaves_nothing(template, original, monkeypatch):
    def fall(*_args):
        raise KeyboardInterrupt

    monkeypatch.setattr("exports.bundle.importing._events", fall)
    with template.lend() as place:
        database = place.database
        with pytest.raises(KeyboardInterrupt), database.transaction() as session:
            imported(session, original)
        with database.transaction(writing=False) as session:
            assert session.scalar(select(func.count()).select_from(Study)) == 0


def test_the_command_says_what_it_did_and_what_it_cannot(template, original):
    with template.lend() as place:
        assert (
            "no account nobody@example.org"
            in run("import", original, "--owner", "nobody@example.org", url=place.url, code=1).output
        )
        assert "“care” was imported with 2 rounds" in run("import", original, url=place.url).output
        assert "already" in run("import", original, url=place.url, code=1).output


@pytest.mark.parametrize("kind", facts.KEPT, ids=lambda kind: kind.__tablename__)
def test_every_column_of_a_bundled_table_is_kept_or_left_out_by_name(kind):
    known = {"study_id", *facts.KEPT[kind].split(), *facts.LEFT_OUT.get(kind, "").split()}
    assert {column.name for column in kind.__table__.columns} | {"study_id"} == known


def test_a_round_is_computed_under_the_rule_it_was_released_under(session, tmp_path):
    made = play(session, "amended", panelists=30, rounds=1)
    lead = lead_of(session, made)
    first = session.get_one(Round, (made.id, 1))
    later = NOW + timedelta(hours=1)
    amendments.amend(session, made, {"quantile_type": 6, "minimum_n": 9}, reason="as SPSS", by=lead, at=later)
    draft = lifecycle.prepare_next(session, made, first, by=lead, at=later)
    second = launched(session, made, draft.number, at=later, until=later + timedelta(days=9))
    draw = Random(4)
    for who in panel_of(session, made):
        vote(session, second, who, {n: draw.randint(1, 4) for n in (1, 2, 3)})
    lifecycle.close(session, second, by=lead, at=later)
    lifecycle.release(session, made, second, by=lead, at=later + timedelta(hours=1))
    path, _ = written(session, made, tmp_path / "care.zip")
    from exports.bundle.recomputing import recompute
    from exports.bundle.verifying import verify

    assert verify(path).problems == []
    with reading(path) as bundle:
        assert [one["quantile_type"] for one in bundle.json("protocol/definitions.json").values()] == [7, 6]
        assert recompute(bundle).differences == []

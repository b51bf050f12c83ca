"""Severing: on the day that was told, names go and answers stay; results and files do not change by a byte."""

import io
from datetime import timedelta
from functools import partial

import pytest
from builders import NOW, Cast, lead_of, panel_of, released
from played import with_open_rows
from sqlalchemy import select

from delphi import access, audit
from delphi.errors import Refused
from delphi.letters import outbox
from delphi.model.acknowledgement import Acknowledgement
from delphi.model.event import Event
from delphi.model.identity import Declaration, Identity, Receipt
from delphi.model.letter import Letter, LetterKind
from delphi.model.origin import StudyImport
from delphi.model.panel import AccessLink, LinkRequest, Panelist, PanelistSession
from delphi.model.study import Study, Withdrawal
from delphi.people import acknowledgements, leaving, lost_links, roster_files, severing
from delphi.people.severing import Severing, SeveringEffect
from exports.bundle.source import source_of
from exports.bundle.writing import write_bundle
from exports.catalogue import CATALOGUE
from exports.data.package import write_data
from exports.files import orders
from exports.files.orders import Order
from exports.formats import FORMATS
from exports.record.reader_profile import Profile
from rounds.lifecycle import finishing
from rounds.participation import withdrawal

TOKEN, SECRET = "t" * 43, "server's secret"
DUE = NOW + timedelta(days=30)
VOTES = [{1: 4, 2: 3}] * 3 + [{1: 1, 2: 3}] * 2


@pytest.fixture
def finished(cast):
    """Ada's study, finished: five of six answered; one declared, has a link, a device, a letter, and is to be named."""
    session, study = cast.session, cast.study
    released(session, study, VOTES)
    finishing.finish(session, study, reason="enough", by=cast.ada.id, at=NOW)
    fill(session, study.id, cast.panel[0])
    return cast


def fill(session, study_id, who):
    key = {"study_id": study_id, "panelist": who}
    session.add_all([
        Declaration(**key, conflict=True),
        AccessLink(**key, token_sha256=access.sha256(TOKEN), minted_on=NOW.date()),
        PanelistSession(**key, grant_sha256=access.sha256(TOKEN), expires_on=DUE.date()),
        Acknowledgement(study_id=study_id, key=acknowledgements.key_of(SECRET, study_id, who), name="Zoë"),
    ])  # fmt: skip
    outbox.queue(session, LetterKind.LINK, study_id, None, [who], at=NOW)
    session.flush()


def rows(session, study, *tables):
    return [len(session.scalars(select(table).filter_by(study_id=study.id)).all()) for table in tables]


def test_the_numbers_said_before_are_those_of_the_event(finished):
    told = severing.effect(finished.session, finished.study)
    unsent = len(finished.session.scalars(select(Letter).where(Letter.unsent)).all())
    assert told == SeveringEffect(6, 1, 1, 1, letters=unsent, answering=5, acknowledged=1)
    assert severing.sever(finished.session, finished.study, by=finished.ada.id, at=DUE) == told
    event = finished.session.scalars(select(Event).order_by(Event.sequence.desc()).limit(1)).one()
    assert (event.kind, event.actor, event.data["names"]) == ("names:destroyed", finished.ada.id, 6)
    trail = finished.session.scalars(select(Event).filter_by(study_id=finished.study.id).order_by(Event.sequence))
    assert audit.first_broken(list(trail)) is None


def test_names_go_and_another_studys_names_stay(finished):
    session, (other,) = finished.session, panel_of(finished.session, finished.foreign)[:1]
    fill(session, finished.foreign.id, other)
    severing.sever(session, finished.study, by=None, at=DUE)
    tables = (Identity, Declaration, AccessLink, PanelistSession)
    assert rows(session, finished.study, *tables) == [0, 0, 0, 0]
    assert rows(session, finished.foreign, *tables) == [6, 1, 1, 1]
    assert acknowledgements.find(session, finished.foreign, acknowledgements.key_of(SECRET, finished.foreign.id, other))


def test_a_receipt_that_has_not_left_goes_too(finished):
    session, who = finished.session, finished.session.get_one(Panelist, (finished.study.id, finished.panel[1]))
    forget = partial(leaving.forget, secret=SECRET)
    withdrawal.withdraw(session, finished.study, who, Withdrawal.KEEP, forget=forget, at=NOW)
    assert severing.effect(session, finished.study).names == 6
    severing.sever(session, finished.study, by=None, at=DUE)
    assert rows(session, finished.study, Receipt) == [0]


def test_no_letter_leaves_after_the_names_went(finished):
    session = finished.session
    address = session.get_one(Identity, (finished.study.id, finished.panel[0])).email
    severing.sever(session, finished.study, by=None, at=DUE)
    assert not session.scalars(select(Letter).where(Letter.study_id == finished.study.id, Letter.unsent)).all()
    session.add(LinkRequest(email=address))
    session.flush()
    lost_links.answer(session, at=DUE)
    waiting = session.scalars(select(Letter.study_id).where(Letter.unsent)).all()
    assert set(waiting) == {finished.foreign.id}


def test_a_link_minted_while_the_names_went_is_unknown(finished):
    session = finished.session
    severing.sever(session, finished.study, by=None, at=DUE)
    fill(session, finished.study.id, finished.panel[1])
    assert access.link_holder(session, TOKEN) is None


def test_the_servers_secret_leads_to_nobody_who_is_named(finished):
    session, study = finished.session, finished.study
    severing.sever(session, study, by=None, at=DUE)
    keys = [acknowledgements.key_of(SECRET, study.id, who) for who in finished.panel]
    assert [acknowledgements.find(session, study, key) for key in keys] == [None] * 6
    assert [one.name for one in acknowledgements.named(session, study)] == ["Zoë"]
    assert acknowledgements.frozen(study, today=NOW.date())


@pytest.mark.parametrize("level", ["sealed", "open_rows"])
def test_files_are_the_same_bytes_before_and_after(finished, tmp_path, level):
    if level == "open_rows":
        with_open_rows(finished.session, finished.study)
    before = dict(files(finished, tmp_path))
    assert ("ratings", Profile.PUBLIC) in before or level == "sealed"
    severing.sever(finished.session, finished.study, by=None, at=DUE)
    finished.session.expire_all()
    after = dict(files(finished, tmp_path))
    assert len(before) > 20
    assert {report for report, *rest in before if before[report, *rest] != after[report, *rest]} == {"audit"}


def files(cast, folder):
    """The single ratings, where there are any, a bundle, and every report for every reader; only the trail goes on."""
    for profile in (Profile.ANALYST, Profile.PUBLIC):
        source = source_of(cast.session, cast.study, profile)
        write_bundle(source, folder / "bundle.zip", profile, secret=SECRET)
        yield ("bundle", profile), (folder / "bundle.zip").read_bytes()
        if source.records is not None:
            write_data(source.records, source.definitions, folder / "ratings.zip")
            yield ("ratings", profile), (folder / "ratings.zip").read_bytes()
    for key, entry in CATALOGUE.items():
        for profile in entry.profiles:
            for format_ in {"csv", "json", "html", "svg"} & set(entry.formats):
                exhibit = orders.exhibit_of(cast.session, cast.study, Order(key, format_, profile))
                stream = io.BytesIO()
                FORMATS[format_].write(exhibit, stream)
                yield (key, profile, format_), stream.getvalue()


def test_a_study_that_goes_on_keeps_its_names(finished):
    finishing.take_back(finished.session, finished.study, by=finished.ada.id, at=NOW)
    with pytest.raises(Refused, match="not finished"):
        severing.sever(finished.session, finished.study, by=None, at=DUE)
    assert rows(finished.session, finished.study, Identity) == [6]


def test_a_severed_study_is_over(finished):
    session, study, by = finished.session, finished.study, finished.ada.id
    severing.sever(session, study, by=by, at=DUE)
    with pytest.raises(Refused, match="already"):
        severing.sever(session, study, by=by, at=DUE)
    with pytest.raises(Refused, match="nobody can be asked again"):
        finishing.take_back(session, study, by=by, at=DUE)
    with pytest.raises(Refused, match="nobody can join"):
        roster_files.import_panel(
            session, study, roster_files.read(b"name,email\nZoe,zoe@example.org\n").rows, by=by, at=DUE
        )
    assert rows(session, study, Identity) == [0]


def test_names_are_due_on_the_day_that_was_told(finished):
    session, study = finished.session, finished.study
    assert severing.due(session, at=DUE - timedelta(seconds=1)) == []
    assert severing.due(session, at=DUE) == [study.id]
    study.names_kept_days = 31
    session.flush()
    assert severing.due(session, at=DUE) == []
    study.names_kept_days = None
    session.flush()
    assert severing.due(session, at=DUE + timedelta(days=3650)) == []


def test_an_imported_study_is_never_due(finished):
    finished.session.add(StudyImport(study_id=finished.study.id, at=NOW, bundle_sha256="0" * 64))
    finished.session.flush()
    assert severing.due(finished.session, at=DUE) == []


def test_the_worker_severs_what_is_due_and_says_so(database, caplog):
    with database.transaction() as session:
        cast = Cast.enter(session)
        released(session, cast.study, VOTES)
        finishing.finish(session, cast.study, reason="enough", by=cast.ada.id, at=NOW)
    loop = Severing(database)
    assert loop.work(at=DUE - timedelta(days=1)) is False
    assert caplog.messages == []
    assert [loop.work(at=DUE), loop.work(at=DUE)] == [False, False]
    assert caplog.messages == ["names destroyed on their day: care"]
    with database.transaction(writing=False) as session:
        study = session.scalars(select(Study).filter_by(slug="care")).one()
        assert study.names_destroyed_at == DUE
        assert rows(session, study, Identity) == [0]


def test_a_study_that_fails_keeps_none_of_the_others_waiting(database, caplog, monkeypatch):
    with database.transaction() as session:
        cast = Cast.enter(session)
        for made in (cast.study, cast.foreign):
            released(session, made, VOTES)
            finishing.finish(session, made, reason="enough", by=lead_of(session, made), at=NOW)
    destroy = severing.sever

    def sever(session, made, **facts):
        if made.slug == "care":
            raise ValueError
        destroy(session, made, **facts)

    monkeypatch.setattr(severing, "sever", sever)
    Severing(database).work(at=DUE)
    assert sorted(caplog.messages) == ["names destroyed on their day: other", "names not destroyed: study 1"]

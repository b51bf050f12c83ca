"""The audit trail as it is read: a page of it, of one kind, verified, and written out."""

from builders import NOW
from sqlalchemy import update

from delphi import audit
from delphi.model.event import Event, EventKind
from delphi.studies import audit_trail


def filled(session, cast):
    """Three events of Ada's study, one of nobody, and one of the other study."""
    for kind, by in (
        (EventKind.STUDY_CHANGED, cast.ada.id),
        (EventKind.GROUPS_CHANGED, cast.ben.id),
        (EventKind.PANELIST_CORRECTED, None),
    ):
        audit.record(session, cast.study.id, kind, by=by, at=NOW)
    audit.record(session, cast.foreign.id, EventKind.GROUPS_CHANGED, by=cast.cleo.id, at=NOW)


def test_the_newest_events_come_first_with_their_makers(session, cast):
    filled(session, cast)
    listed = [(one.event.kind, one.email) for one in audit_trail.newest(session, cast.study, most=2)]
    assert listed == [(EventKind.PANELIST_CORRECTED, None), (EventKind.GROUPS_CHANGED, cast.ben.email)]
    (third,) = audit_trail.newest(session, cast.study, most=1, offset=2)
    assert (third.event.kind, third.email) == (EventKind.STUDY_CHANGED, cast.ada.email)


def test_events_are_counted_and_listed_by_kind(session, cast):
    before = audit_trail.count(session, cast.study, None)
    filled(session, cast)
    assert audit_trail.count(session, cast.study, None) == before + 3
    assert audit_trail.count(session, cast.study, EventKind.GROUPS_CHANGED) == 1
    (event,) = audit_trail.newest(session, cast.study, EventKind.GROUPS_CHANGED, most=9)
    assert event.event.study_id == cast.study.id
    kinds = audit_trail.kinds(session, cast.study)
    assert kinds == sorted(set(kinds))
    assert {EventKind.STUDY_CHANGED, EventKind.GROUPS_CHANGED, EventKind.PANELIST_CORRECTED} <= set(kinds)


def test_a_changed_event_breaks_the_chain(session, cast):
    filled(session, cast)
    assert audit_trail.first_broken(session, cast.study) is None
    last = audit_trail.newest(session, cast.study, most=1)[0].event.sequence
    key = {"study_id": cast.study.id, "sequence": last}
    session.execute(update(Event).filter_by(**key).values(actor=cast.cleo.id))
    session.expire_all()
    assert audit_trail.first_broken(session, cast.study) == last


def test_the_written_trail_ends_with_its_own_download(session, cast):
    filled(session, cast)
    rows = audit_trail.export(session, cast.study, "csv", by=cast.ada.id, at=NOW)
    assert [len(row) for row in rows] == [len(audit_trail.COLUMNS)] * audit_trail.count(session, cast.study, None)
    assert [row[0] for row in rows] == list(range(1, len(rows) + 1))
    assert rows[-1][2:5] == [cast.ada.email, "export:made", '{"format": "csv", "report": "audit trail"}']
    assert rows[-2][2] == ""

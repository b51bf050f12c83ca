"""Publishing the rows of a study with open rows: once, with the finish, chained and told, and never taken back."""

import pytest
from builders import NOW, lead_of, released
from played import play
from sqlalchemy import func, select

from delphi.errors import Refused
from delphi.model.event import Event, EventKind, sha256_of
from delphi.model.panel import Panelist
from delphi.model.seal import SealedRow, SealKind
from delphi.model.study import Level
from rounds.lifecycle import finishing
from rounds.seal import chain, publishing, row_keeping


@pytest.fixture
def open_study(cast):
    """A study with open rows and a released round, not finished yet."""
    cast.study.level = Level.OPEN_ROWS
    released(cast.session, cast.study, [{1: 4, 2: 3}] * 4 + [{1: 1}] * 2)
    return cast.study


def test_no_row_is_kept_before_the_finish(session, open_study):
    assert session.scalar(select(func.count()).select_from(SealedRow)) == 0
    assert not publishing.are_published(session, open_study.id)


def test_the_finish_publishes_rows_and_chains_their_hash(session, open_study):
    finishing.finish(session, open_study, reason="enough", by=lead_of(session, open_study), at=NOW)
    last, rows = chain.entries(session, open_study.id)[-1], row_keeping.plain_rows(session, open_study.id)
    assert (last.kind, last.content) == (SealKind.ROWS, {"people": 6, "rows_sha256": sha256_of(rows)})
    assert last.sha256 == last.expected_hash(open_study.slug)
    assert sorted(len(row["answers"]) for row in rows) == [1, 1, 2, 2, 2, 2]
    [event] = session.scalars(select(Event).where(Event.kind == EventKind.ROWS_PUBLISHED))
    assert event.data == {"round": 1, "number": last.number, "sha256": last.sha256}


def test_a_finish_with_published_rows_is_not_taken_back(session, open_study):
    by = lead_of(session, open_study)
    finishing.finish(session, open_study, reason="enough", by=by, at=NOW)
    with pytest.raises(Refused, match="were published with its end"):
        finishing.take_back(session, open_study, by=by, at=NOW)
    assert open_study.finished_at == NOW


def test_rows_are_published_once(session, open_study):
    assert publishing.publish_rows(session, open_study, by=None, at=NOW) is not None
    assert publishing.publish_rows(session, open_study, by=None, at=NOW) is None


@pytest.mark.parametrize(("level", "kept"), [("sealed", 0), ("separated", 12)])
def test_other_levels_publish_no_row(session, level, kept):
    made = play(session, panelists=12, rounds=1, leavers=0, level=level)
    finishing.finish(session, made, reason="enough", by=lead_of(session, made), at=NOW)
    assert session.scalar(select(func.count()).select_from(SealedRow)) == kept
    assert SealKind.ROWS not in {seal.kind for seal in chain.entries(session, made.id)}
    finishing.take_back(session, made, by=lead_of(session, made), at=NOW)


def test_no_row_stands_under_a_code_of_the_panel(session, open_study):
    finishing.finish(session, open_study, reason="enough", by=lead_of(session, open_study), at=NOW)
    panel = set(session.scalars(select(Panelist.code).where(Panelist.study_id == open_study.id)))
    assert not panel & {row["code"] for row in row_keeping.plain_rows(session, open_study.id)}
    assert set(session.scalars(select(Panelist.row_code))) == {None}

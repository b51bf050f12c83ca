"""Rows that a study keeps, in the files of ratings: long and wide say the same, and every download is the same bytes."""

import io
from functools import partial

import pytest
from browsing import SECRET
from builders import NOW
from bundles import run, written
from databases import one_engine
from hypothesis import given
from hypothesis import strategies as st
from played import COS, play
from sqlalchemy import select

from delphi import audit
from delphi.consensus.shipped_scales import SCALES
from delphi.database import Database
from delphi.errors import Refused
from delphi.model.event import EventKind
from delphi.model.panel import Panelist
from delphi.model.study import Level, Withdrawal
from delphi.people import leaving
from delphi.sheets.writing import write_csv
from exports.bundle.source import source_of
from exports.data.levels import check_rows, may_hold_rows
from exports.data.package import write_stream
from exports.data.ratings import long_lines, long_rows, wide_columns, wide_lines, wide_rows
from exports.data.records import records_of
from exports.data.variable_names import LONGEST, variable_names
from exports.record.reader_profile import Profile
from rounds.participation import withdrawal
from rounds.seal import row_keeping


@given(st.lists(st.text(max_size=60), max_size=30, unique=True))
def test_names_fit_every_program(codes):
    names = [f"{stem}_r12_status" for stem in variable_names(codes).values()]
    assert all(len(name) <= LONGEST for name in names)
    assert all(name.isascii() and name.isidentifier() for name in names)
    assert len({name.lower() for name in names}) == len(codes)


@one_engine
def test_long_and_wide_say_the_same(session):
    made = play(session, panelists=30, rounds=2, level="open_rows")
    records = source_of(session, made).records
    scale = SCALES[made.scale]
    names = [column.name for column in wide_columns(records)]
    wide = [dict(zip(names, row, strict=True)) for row in wide_rows(records, scale)]
    for rows, lines in ((long_rows, long_lines), (wide_rows, wide_lines)):
        stream = io.StringIO()
        write_csv(stream, ["x"], rows(records, scale))
        assert stream.getvalue() == '"x"\r\n' + "".join(lines(records, scale))
    said = {}
    for _, code, number, _, _, _, status, value, _, position in long_rows(records, scale):
        said[code, number, position] = (value, status)
    for row in wide:
        for number, wave in enumerate(records.waves, 1):
            for position in range(1, len(wave.items) + 1):
                at = 2 + 2 * (position - 1) + (0 if number == 1 else 2 * len(records.waves[0].items))
                told = said.get((row["panelist"], number, position), (None, "absent"))
                assert (row[names[at]], row[names[at + 1]]) == told
    assert len(said) > 150


@one_engine
def test_a_person_is_one_row_with_its_group_in_all_rounds(session):
    made = play(session, panelists=30, leavers=0.2, level="open_rows", **COS)
    records = records_of(session, made, [1, 2, 3])
    kept = row_keeping.plain_rows(session, made.id)
    assert [record.code for record in records.records] == sorted({row["code"] for row in kept})
    assert records.groups == COS["groups"]
    assert {record.group for record in records.records} == set(COS["groups"])
    assert sum(len(record.rows) for record in records.records) == len(kept) > len(records.records)


@one_engine
def test_a_code_of_the_rows_is_no_code_of_the_panel(session):
    made = play(session, panelists=30, rounds=1, level="open_rows")
    panel = set(session.scalars(select(Panelist.code).where(Panelist.study_id == made.id)))
    assert not panel & {row["code"] for row in row_keeping.plain_rows(session, made.id)}


REFUSED = {
    (Level.SEALED, Profile.ANALYST): "This study is sealed",
    (Level.SEALED, Profile.STATISTICIAN): "This study is sealed",
    (Level.SEPARATED, Profile.ANALYST): "for its statistician alone",
    (Level.SEPARATED, Profile.PUBLIC): "for its statistician alone",
}


@one_engine
@pytest.mark.parametrize(("level", "profile"), REFUSED)
def test_rows_that_the_panel_did_not_agree_to_are_refused_in_words(session, level, profile):
    made = play(session, panelists=12, rounds=1, level=level)
    with pytest.raises(Refused, match=REFUSED[level, profile]):
        check_rows(session, made, profile)
    assert not may_hold_rows(session, made, profile)


@one_engine
def test_open_rows_are_refused_until_the_finish(session):
    made = play(session, panelists=12, rounds=1)
    made.level = Level.OPEN_ROWS
    with pytest.raises(Refused, match="published when it is finished, and not before"):
        check_rows(session, made, Profile.ANALYST)


@one_engine
def test_the_command_refuses_and_writes_what_the_level_allows(template, tmp_path):
    with template.copy() as url:
        database = Database(url)
        with database.transaction() as session:
            for level in Level:
                play(session, level.replace("_", "-"), panelists=20, rounds=1, level=level)
        database.engine.dispose()
        for slug, words in (("sealed", "This study is sealed"), ("separated", "for its statistician alone")):
            assert words in run("data", slug, "--output", tmp_path / "no.zip", url=url, code=1).output
        run("data", "separated", "--profile", "statistician", "--output", tmp_path / "separated.csv", url=url)
        run("data", "open-rows", "--profile", "public", "--output", tmp_path / "open.csv", url=url)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["open.csv", "separated.csv"]


@pytest.mark.parametrize("suffix", ["zip", "csv", "xlsx"])
@pytest.mark.parametrize("level", ["separated", "open_rows"])
def test_every_download_before_and_after_a_withdrawal_is_equal(session, level, suffix):
    made = play(session, panelists=20, rounds=2, level=level)
    made.withdrawal_choices = [Withdrawal.KEEP]
    contents = {downloaded(session, made, suffix) for _ in range(10)}
    withdraw(session, made)
    contents |= {downloaded(session, made, suffix) for _ in range(10)}
    assert [len(content) > 1000 for content in contents] == [True]


def downloaded(session, made, suffix):
    source, stream = source_of(session, made, Profile.STATISTICIAN), io.BytesIO()
    write_stream(source.records, source.definitions, suffix, stream)
    return stream.getvalue()


def withdraw(session, made):
    """Let somebody who answered leave."""
    who = session.scalars(select(Panelist).where(Panelist.study_id == made.id).order_by(Panelist.code)).first()
    withdrawal.withdraw(session, made, who, Withdrawal.KEEP, forget=partial(leaving.forget, secret=SECRET), at=NOW)


@pytest.mark.parametrize("profile", ["analyst", "public"])
@pytest.mark.parametrize("level", Level)
def test_every_bundle_before_and_after_a_withdrawal_is_equal(session, tmp_path, level, profile):
    made = play(session, panelists=20, rounds=2, level=level)
    made.withdrawal_choices = [Withdrawal.KEEP]
    contents = {written(session, made, tmp_path / "care.zip", profile)[0].read_bytes() for _ in range(10)}
    withdraw(session, made)
    audit.record(session, made.id, EventKind.EXPORTED, by=None, at=NOW, report="bundle")
    contents |= {written(session, made, tmp_path / "care.zip", profile)[0].read_bytes() for _ in range(10)}
    assert [len(content) > 1000 for content in contents] == [True]

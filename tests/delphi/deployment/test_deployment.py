"""What `delphi doctor` says of an installation: each thing as it should be, and broken."""

import os
import time
from dataclasses import replace
from datetime import timedelta
from mailbox import listening

import pytest
from builders import NOW
from sqlalchemy import text, update

from delphi import clock
from delphi.config import Settings
from delphi.database import Database
from delphi.deployment import database as of_database
from delphi.deployment import host, mail
from delphi.deployment.findings import Level
from delphi.model.job import ExportJob
from delphi.model.letter import Letter
from delphi.model.round import Round
from delphi.model.study import Study
from rounds.lifecycle import lifecycle

SETTINGS = Settings("sqlite://", "https://delphi.example.org", "k" * 32, "s" * 32, trusted_proxies=1)


def levels(findings):
    return [finding.level for finding in findings]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, Level.OK),
        ({"trusted_proxies": 0}, Level.WRONG),
        ({"public_url": "http://delphi.example.org"}, Level.WRONG),
        ({"public_url": "http://127.0.0.1:8000"}, Level.ADVICE),
    ],
)
def test_an_address_is_reached_over_tls(changes, expected):
    assert levels(host.address(replace(SETTINGS, **changes))) == [expected]


def test_a_made_up_language_is_for_developers():
    assert levels(host.address(replace(SETTINGS, pseudo_language=True))) == [Level.OK, Level.ADVICE]


def test_a_new_database_is_read_by_its_owner_alone(tmp_path):
    settings = replace(SETTINGS, database_url=f"sqlite:///{tmp_path}/new.sqlite3")
    database = Database(settings.database_url)
    with database.transaction() as session:
        session.execute(text("CREATE TABLE one (n INTEGER)"))
    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    database.engine.dispose()
    assert set(modes.values()) == {0o600}
    assert len(modes) > 1  # the log beside it
    assert levels(host.files(settings)) == [Level.OK, Level.OK]
    (tmp_path / "new.sqlite3").chmod(0o644)
    assert "chmod 600" in next(iter(host.files(settings))).text


def test_too_little_space_is_wrong(tmp_path, monkeypatch):
    (tmp_path / "new.sqlite3").touch(0o600)
    settings = replace(SETTINGS, database_url=f"sqlite:///{tmp_path}/new.sqlite3")
    for least, expected in ((host.LEAST_FREE, Level.OK), (10**18, Level.WRONG)):
        monkeypatch.setattr(host, "LEAST_FREE", least)
        assert levels(host.files(settings))[1] is expected


def test_the_newest_backup_is_a_day_old_at_most(tmp_path):
    def found():
        return levels(host.backups(tmp_path, at=clock.now()))

    assert levels(host.backups(None, at=clock.now())) == [Level.ADVICE]
    assert found() == [Level.WRONG]
    for hours, expected in ((27, Level.WRONG), (25, Level.OK)):
        (tmp_path / str(hours)).touch()
        os.utime(tmp_path / str(hours), (time.time() - hours * 3600,) * 2)
        assert found() == [expected]


def test_tables_of_another_version_are_wrong(settings):
    assert levels(of_database.tables(settings)) == [Level.OK]
    assert levels(of_database.tables(replace(settings, database_url="sqlite:////none/none.sqlite3"))) == [Level.WRONG]


def test_clocks_apart_are_wrong():
    assert levels(of_database.clocks(NOW, NOW + timedelta(seconds=5))) == [Level.OK]
    assert levels(of_database.clocks(NOW + timedelta(seconds=6), NOW)) == [Level.WRONG]


def test_letters_that_wait_too_long_are_counted(opened, place):
    late = of_database.PATIENCE + timedelta(seconds=1)
    assert waiting(place, NOW) == []
    with place.database.transaction() as session:
        session.execute(update(Letter).values(run_after=NOW - late))
        first = session.query(Letter).first()
        first.sent_at = NOW
        count = session.query(Letter).count()
    assert waiting(place, NOW) == [f"{count - 1} letters"]
    assert waiting(place, NOW - timedelta(seconds=2)) == []


def test_files_and_seals_that_wait_too_long_are_counted(opened, place):
    late = NOW + of_database.PATIENCE + timedelta(seconds=1)
    with place.database.transaction() as session:
        job = {"account": opened.ada.id, "report": "x", "format": "csv", "profile": "team", "asked_at": NOW}
        session.add(ExportJob(study_id=opened.study.id, **job))
        round_ = session.get_one(Round, (opened.study.id, 1))
        lifecycle.end_answers(session, session.get_one(Study, opened.study.id), round_, by=opened.ada.id, at=NOW)
        session.execute(update(Letter).values(sent_at=NOW))
    assert waiting(place, late) == ["1 ordered files", "1 closed rounds without a seal"]


def waiting(place, at):
    with place.database.transaction(writing=False) as session:
        found = list(of_database.waiting(session, at=at))
    return [finding.text.partition(" wait")[0] for finding in found if finding.level is Level.WRONG]


def test_a_mail_server_answers_or_is_named(monkeypatch):
    assert levels(mail.relay(SETTINGS)) == [Level.WRONG]
    assert levels(mail.relay(replace(SETTINGS, mail_url="smtp://127.0.0.1:9"))) == [Level.WRONG]
    with listening() as box:
        settings = replace(SETTINGS, mail_url=box.url)
        assert levels(mail.relay(settings)) == [Level.OK]
        assert levels(mail.send_test(settings, "it@example.net", "1", at=NOW)) == [Level.OK]
        assert [to for to, _text in box.messages] == ["it@example.net"]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ({}, [Level.WRONG, Level.WRONG, Level.ADVICE]),
        ({"uni.example": ["v=spf1 mx -all"]}, [Level.OK, Level.WRONG, Level.ADVICE]),
        (
            {
                "uni.example": ["x", "v=spf1 mx"],
                "_dmarc.uni.example": ["v=DMARC1; p=none"],
                "s1._domainkey.uni.example": ["p=MI"],
            },
            [Level.OK, Level.OK, Level.OK],
        ),
    ],
)
def test_names_of_the_sender_are_looked_up(texts, expected, monkeypatch):
    monkeypatch.setattr(mail, "texts_of", lambda name: texts.get(name, []))
    settings = replace(SETTINGS, mail_from="Delphi <delphi@Uni.example>")
    assert levels(mail.sender_names(settings, "s1" if len(texts) > 1 else None)) == expected


def test_no_name_server_is_said_and_not_guessed(monkeypatch):
    monkeypatch.setattr(mail, "texts_of", lambda _name: None)
    assert Level.WRONG not in levels(mail.sender_names(replace(SETTINGS, mail_from="a@uni.example"), "s1"))


def test_a_sender_of_nowhere_is_wrong():
    assert levels(mail.sender_names(replace(SETTINGS, mail_from="delphi@localhost"), None)) == [Level.WRONG]

"""Figures for Prometheus: for whoever knows the token, and of nobody."""

import os
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from browsing import HOST, application
from builders import NOW
from databases import one_engine
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import update

from delphi.config import WrongSetting, from_environment
from delphi.config_values import needs
from delphi.model.letter import TeamLetter
from delphi.model.study import Role
from delphi.studies import team

TOKEN = "a token of many letters"
ASKED = {"headers": {"Authorization": f"Bearer {TOKEN}"}}


@pytest.fixture
def measured(settings):
    app = application(replace(settings, metrics_token=TOKEN))
    yield app
    app.extensions["database"].engine.dispose()


def figures(answer):
    families = text_string_to_metric_families(answer.text)
    return {(s.name, *sorted(s.labels.values())): s.value for family in families for s in family.samples}


@one_engine
def test_requests_are_counted_by_side_and_nothing_else(measured):
    visitor = measured.test_client()
    visitor.get("/account/sign-in")
    visitor.get("/studies")
    visitor.get("/panel")
    found = figures(visitor.get("/metrics", base_url="http://10.0.0.7", **ASKED))
    assert found["delphi_requests_total", "2xx", "GET", "open"] == 1
    assert found["delphi_requests_total", "3xx", "GET", "account"] == 1
    assert found["delphi_requests_total", "4xx", "GET", "panel"] == 1
    assert found["delphi_request_seconds_count", "open"] == 1
    assert found["delphi_database_up",] == 1


@one_engine
def test_what_waits_too_long_is_counted(measured, place):
    from builders import Cast

    with measured.extensions["database"].transaction() as session:
        cast = Cast.enter(session)
        team.invite(session, cast.study, "new@example.org", Role.VIEWER, by=cast.ada.id, at=NOW)
        session.execute(update(TeamLetter).values(run_after=NOW - timedelta(hours=1)))
    found = figures(measured.test_client().get("/metrics", **ASKED))
    assert found["delphi_overdue", "letters"] == 1
    assert found["delphi_overdue", "ordered files"] == 0


@one_engine
@pytest.mark.parametrize("said", ["", "Bearer", "Bearer wrong", f"Basic {TOKEN}", "Bearer ü"])
def test_who_does_not_know_the_token_finds_no_such_page(measured, said):
    answer = measured.test_client().get("/metrics", headers={"Authorization": said.encode().decode("latin-1")})
    assert answer.status_code == 404


def test_without_a_token_there_is_no_such_page(app):
    assert app.test_client().get("/metrics", **ASKED).status_code == 404


@one_engine
def test_a_database_that_is_gone_is_told(settings, tmp_path):
    app = application(replace(settings, metrics_token=TOKEN, database_url=f"sqlite:///{tmp_path}/no/such.sqlite3"))
    assert figures(app.test_client().get("/metrics", base_url=HOST, **ASKED))["delphi_database_up",] == 0


def test_a_token_that_could_be_guessed_is_refused():
    secrets = {"SECRET_KEY": "k" * 32, "SECURITY_PASSWORD_SALT": "s" * 32}
    with pytest.raises(WrongSetting, match=r"^METRICS_TOKEN has fewer than 16"):
        from_environment(secrets | {"METRICS_TOKEN": "short"})
    with pytest.raises(WrongSetting, match=r"^LOG_FORMAT is .* text or json"):
        from_environment(secrets | {"LOG_FORMAT": "xml"})


def test_a_package_that_is_missing_is_named_with_its_extra():
    with pytest.raises(WrongSetting, match=r"pip install 'delphi-platform\[metrics\]'\.$"):
        needs("no_such_package", "METRICS_TOKEN", "metrics")


PROCESSES = """
import os, sys
from delphi import cli
with cli.metrics_folder():
    import wsgi
    from delphi.config import from_environment
    app = wsgi.app(from_environment())
    if os.fork() == 0:
        app.test_client().get("/account/sign-in", base_url="http://127.0.0.1")
        sys.exit()
    os.wait()
    print(app.test_client().get("/metrics", headers={"Authorization": "Bearer " + sys.argv[1]}).text)
    print("folder", os.environ["PROMETHEUS_MULTIPROC_DIR"])
"""


@one_engine
def test_the_processes_of_a_server_add_up_in_a_folder_that_goes_with_it(settings):
    given = {"SECRET_KEY": "k" * 32, "SECURITY_PASSWORD_SALT": "s" * 32, "METRICS_TOKEN": TOKEN}
    environ = {**os.environ, **given, "DATABASE_URL": settings.database_url}
    command = [sys.executable, "-c", PROCESSES, TOKEN]
    said = subprocess.run(command, env=environ, capture_output=True, text=True, check=True).stdout
    assert 'delphi_requests_total{method="GET",side="open",status="2xx"} 1.0' in said
    assert "delphi_database_up 1.0" in said
    assert not Path(said.rpartition("folder ")[2].strip()).exists()

"""The bundle from the web: the owner's alone, whole, and written down."""

import hashlib
import io
import zipfile

import pytest
from sqlalchemy import select

from delphi.model.event import Event
from exports.bundle.verifying import verify

PAGE = "/studies/care/bundle"


def test_before_the_first_release_there_is_nothing_to_archive(pages, ada):
    assert "No round is released yet" in ada.get(PAGE).text
    assert ada.send(PAGE, {"profile": "analyst"}).status_code == 409


@pytest.mark.parametrize("profile", ["analyst", "public"])
def test_the_owner_gets_a_whole_bundle_and_it_is_written_down(app, public, ada, tmp_path, profile):
    answer = ada.send(PAGE, {"profile": profile})
    assert answer.status_code == 200
    assert f"care_bundle_all_{profile}_" in answer.headers["Content-Disposition"]
    (tmp_path / "care.zip").write_bytes(answer.data)
    assert verify(tmp_path / "care.zip").problems == []
    names = zipfile.ZipFile(io.BytesIO(answer.data)).namelist()
    assert {"seals/chain.json", "ratings/counts.csv"} <= set(names)
    assert "ratings/long.csv" not in names
    with app.extensions["database"].transaction(writing=False) as session:
        events = select(Event).where(Event.study_id == public.study.id).order_by(Event.sequence.desc())
        last = session.scalars(events).first()
        assert last.actor == public.ada.id
        assert (last.data["profile"], last.data["sha256"]) == (profile, hashlib.sha256(answer.data).hexdigest())


def test_the_owner_gets_no_bundle_of_the_statistician(public, ada):
    assert ada.send(PAGE, {"profile": "statistician"}).status_code == 404


def test_another_profile_is_refused(public, ada):
    assert ada.send(PAGE, {"profile": "everything"}).status_code == 409


def test_the_bundle_of_a_large_study_is_ordered(public, ada, monkeypatch):
    monkeypatch.setattr("exports.files.jobs.MOST_RATINGS", 1)
    answer = ada.send(PAGE, {"profile": "analyst"})
    assert (answer.status_code, "/exports/" in answer.location) == (303, True)


def test_the_results_lead_there_for_the_owner_alone(app, public, ada):
    assert PAGE in ada.get("/studies/care/results").text
    assert PAGE not in app.test_client().sign_in(public.ben).get("/studies/care/results").text

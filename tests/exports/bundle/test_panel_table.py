"""Table 1 is in the bundle, and is made again from the seals in it."""

import csv
import io
import zipfile

import pytest
from builders import NOW, lead_of
from bundles import resealed, written
from databases import one_engine
from played import play
from sqlalchemy import select

from delphi.model.identity import Identity
from delphi.people import panel_table
from exports.bundle.verifying import verify
from rounds.lifecycle import finishing

FILE = "results/panel_table.csv"


@pytest.fixture
def bundle(session, tmp_path):
    study = play(session, panelists=20, rounds=1, leavers=0)
    study.asked_characteristics = [{"key": "country", "label": "Country"}]
    people = session.scalars(select(Identity).where(Identity.study_id == study.id)).all()
    for n, person in enumerate(people):
        person.characteristics = {"country": "NL" if n < 12 else "FI"}
    finishing.finish(session, study, reason="enough", by=lead_of(session, study), at=NOW, describe=panel_table.describe)
    return written(session, study, tmp_path / "care.zip", "public")[0]


@one_engine
def test_table_1_is_in_the_bundle_and_follows_from_its_seals(bundle):
    text = zipfile.ZipFile(bundle).read(FILE).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {row["answer"]: row["panelists"] for row in rows} == {
        "": "20", "NL": "12", "FI": "8", "different answers": "2",
    }  # fmt: skip
    assert verify(bundle).problems == []


@one_engine
def test_a_forged_table_1_is_found(bundle):
    forged = resealed(bundle, FILE, lambda data: data.replace(b'"12"', b'"11"').replace(b",12,", b",11,"))
    assert any(FILE in problem for problem in verify(forged).problems)

"""The protocol as a document: what is chosen of anonymity is part of it, and older hashes stay valid."""

import pytest
from builders import NOW, study

from delphi.errors import NotReady, Refused
from delphi.model.study import Level, Turnout
from delphi.protocol import amendments, method


@pytest.mark.parametrize(
    "change", [{"level": Level.OPEN_ROWS}, {"caution": 3}, {"turnout": Turnout.KEPT}, {"closing_hours": 0}]
)
def test_what_is_chosen_of_anonymity_is_in_the_hash(cast, change):
    before = method.sha256(method.document(cast.study))
    for name, value in change.items():
        setattr(cast.study, name, value)
    assert method.sha256(method.document(cast.study)) != before


def test_a_study_locked_before_levels_keeps_its_document(cast):
    cast.study.harm = None
    document = method.document(cast.study)
    assert document["schema"] == "protocol/2"
    assert not {"level", "caution", "turnout", "closing_hours", "harm"} & set(document)


def test_no_protocol_is_locked_before_a_level_is_chosen(cast):
    made = study(cast.session, cast.ada, "fresh", locked=False)
    made.harm = None
    with pytest.raises(NotReady, match="level of anonymity is not chosen"):
        method.lock(cast.session, made, by=cast.ada.id, at=NOW)


@pytest.mark.parametrize("name", ["level", "caution", "turnout", "closing_hours", "groups", "group_chosen"])
def test_what_was_promised_is_not_amended(cast, name):
    with pytest.raises(Refused, match="promised to the panel"):
        amendments.amend(cast.session, cast.study, {name: 1}, reason="Why not", by=cast.ada.id, at=NOW)

"""Table 1: characteristics of the counted, k in each cell and in the rest, made once."""

from functools import partial

import pytest
from builders import NOW, panel_of, released, study
from sqlalchemy import select

from delphi.model.identity import Identity, KeptCharacteristics
from delphi.model.panel import Panelist
from delphi.model.seal import SealKind
from delphi.model.study import Withdrawal
from delphi.people import leaving, panel_table
from exports.files.orders import Order, exhibit_of
from exports.record.reader_profile import Profile
from rounds.lifecycle import finishing
from rounds.participation import withdrawal
from rounds.seal import chain

ASKED = [{"key": "country", "label": "Country"}]


def described(cast, countries, *, silent=0):
    """A finished round of people from these countries; some say nothing."""
    made = study(cast.session, cast.ada, "described", panelists=len(countries) + silent)
    made.asked_characteristics = ASKED
    everybody = panel_of(cast.session, made)
    for who, country in zip(everybody, countries, strict=False):
        cast.session.get_one(Identity, (made.id, who)).characteristics = {"country": country, "phone": "1"}
    released(cast.session, made, [{1: 4}] * len(everybody))
    return made


def finish(cast, made, describe=panel_table.describe):
    finishing.finish(cast.session, made, reason="enough", by=cast.ada.id, at=NOW, describe=describe)
    return chain.entries_of(cast.session, made.id, SealKind.PANEL)


@pytest.mark.parametrize(
    ("countries", "silent", "counts", "others"),
    [
        (["NL"] * 6 + ["FI"] * 5, 0, [["NL", 6], ["FI", 5]], 0),
        (["NL"] * 7 + ["FI"] * 5 + ["EE"], 0, [["NL", 7]], 6),
        (["NL"] * 6 + ["FI"] * 5, 1, [["NL", 6]], 6),
        (["NL"] * 6 + ["FI"] * 3, 3, [["NL", 6]], 6),
        (["NL"] * 4 + ["FI"] * 4, 0, [], 8),
    ],
)
def test_every_cell_and_the_rest_hold_enough_people(cast, countries, silent, counts, others):
    [entry] = finish(cast, described(cast, countries, silent=silent))
    [country] = entry.content["characteristics"]
    assert (country["label"], country["counts"], country["others"]) == ("Country", counts, others)
    assert (entry.content["people"], country["distinct"]) == (len(countries) + silent, len(set(countries)))
    assert "phone" not in str(entry.content)


def test_whoever_was_counted_and_left_is_in_the_table(cast):
    made = described(cast, ["NL"] * 6 + ["FI"] * 5)
    who = cast.session.get_one(Panelist, (made.id, panel_of(cast.session, made)[10]))
    forget = partial(leaving.forget, secret="s" * 32)
    withdrawal.withdraw(cast.session, made, who, Withdrawal(made.withdrawal_choices[0]), forget=forget, at=NOW)
    assert cast.session.get(Identity, (made.id, who.id)) is None
    kept = cast.session.scalars(select(KeptCharacteristics)).all()
    assert [one.characteristics for one in kept] == [{"country": "FI"}]
    [entry] = finish(cast, made)
    assert entry.content["characteristics"][0]["counts"] == [["NL", 6], ["FI", 5]]
    assert cast.session.scalars(select(KeptCharacteristics)).all() == []


def test_the_panel_is_described_once(cast):
    made = described(cast, ["NL"] * 6 + ["FI"] * 5)
    finish(cast, made)
    finishing.take_back(cast.session, made, by=cast.ada.id, at=NOW)
    assert len(finish(cast, made)) == 1


@pytest.mark.parametrize("profile", [Profile.PUBLIC, Profile.ANALYST, Profile.MANAGER, Profile.AUTHOR])
def test_table_1_is_a_report_for_everybody(cast, profile):
    made = described(cast, ["NL"] * 6 + ["FI"] * 5)
    order = Order("panel-table", "csv", profile)
    assert exhibit_of(cast.session, made, order).rows == ()
    finish(cast, made)
    assert [(row["answer"], row["panelists"]) for row in exhibit_of(cast.session, made, order).as_dicts()] == [
        ("", 11),
        ("NL", 6),
        ("FI", 5),
        ("different answers", 2),
    ]

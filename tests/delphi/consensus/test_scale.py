import json

import pytest

from delphi.consensus.rules.parsing import rule_from
from delphi.consensus.scale import Scale, span, usual_iqr
from delphi.consensus.shipped_scales import SCALES


def test_the_shipped_scales_in_display_order():
    assert list(SCALES) == [
        "agree4_nq", "agree5", "agree6_nq", "agree7", "importance5",
        "importance7", "grade9", "rand9", "yesno", "slider100",
    ]  # fmt: skip


@pytest.mark.parametrize("scale", SCALES.values(), ids=lambda scale: scale.key)
def test_zones_cover_the_scale_once(scale):
    assert sorted(scale.low + scale.mid + scale.high) == list(scale.values)
    assert [len(members) for _, members in scale.bands] == [len(z) for z in (scale.low, scale.mid, scale.high) if z]


@pytest.mark.parametrize("scale", SCALES.values(), ids=lambda scale: scale.key)
def test_a_scale_survives_json(scale):
    assert Scale.from_dict(json.loads(json.dumps(scale.as_dict()))) == scale


@pytest.mark.parametrize("scale", SCALES.values(), ids=lambda scale: scale.key)
def test_abbreviations_are_distinct(scale):
    assert len(set(scale.abbreviations)) == scale.K == len(scale.labels)


def test_the_four_point_scale_has_no_neutral_option():
    scale = SCALES["agree4_nq"]
    assert (scale.combined, scale.agree, scale.disagree, scale.neutral) == ((3, 4), (4,), (1, 2), ())
    assert scale.opt_out == "not qualified to respond"


def test_a_scale_by_zones_is_judged_on_its_agreement_set():
    scale = Scale.from_zones(1, 9, span(7, 9), span(1, 3))
    rule = rule_from(scale.rule, scale.settings, scale)
    assert (rule.agree_set, rule.disagree_set, rule.threshold) == ((7, 8, 9), (1, 2, 3), "75")


@pytest.mark.parametrize(
    ("lo", "hi", "agree", "disagree", "message"),
    [
        (1, 9, (9, 10), (), "not within the scale"),
        (1, 9, (7, 8), (6, 7), "share an option"),
        (1, 9, (), (), "at least one option"),
        (1, 1, (1,), (), "2 to 101"),
        (5, 1, (1,), (), "2 to 101"),
        (0, 101, (7,), (), "2 to 101"),
    ],
)
def test_impossible_scales_are_refused(lo, hi, agree, disagree, message):
    with pytest.raises(ValueError, match=message):
        Scale.from_zones(lo, hi, agree, disagree)


def test_every_option_needs_a_label():
    plain = SCALES["agree5"].as_dict() | {"labels": ["no", "yes"]}
    with pytest.raises(ValueError, match="5 options need 5 labels"):
        Scale.from_dict(plain)


def test_usual_bounds_of_the_interquartile_range():
    assert [usual_iqr(k) for k in (3, 4, 6, 7, 9, 10, 11)] == [None, "1", "1", "1.5", "2", "2", None]

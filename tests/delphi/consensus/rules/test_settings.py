"""The settings form of a rule: every parameter once, and what it says makes the same rule again."""

import pytest

from delphi.consensus.rules import RULES
from delphi.consensus.rules.parsing import rule_from
from delphi.consensus.rules.settings import settings_of, text_of
from delphi.consensus.shipped_scales import SCALES

PARTS = {"all_of": "percent_agreement,iqr_rule", "any_of": "percent_agreement,iqr_rule"}


def scales_of(key):
    for scale in SCALES.values():
        try:
            yield scale, rule_from(key, given(key), scale)
        except ValueError:
            continue


def given(key):
    return {"rules": PARTS[key]} if key in PARTS else {}


@pytest.mark.parametrize("key", RULES)
def test_the_form_makes_the_same_rule_again(key):
    for scale, rule in scales_of(key):
        form = settings_of(key, scale, given(key))
        assert rule_from(key, {s.name: s.text for s in form}, scale) == rule
        assert len({s.name for s in form}) == len(form)


@pytest.mark.parametrize("key", RULES)
def test_a_choice_offers_what_the_rule_takes(key):
    for scale, _rule in scales_of(key):
        for setting in settings_of(key, scale, given(key)):
            if setting.kind == "choice" and setting.name != "require":
                for word in setting.choices:
                    rule_from(key, {**given(key), setting.name: word}, scale)


def test_the_parts_of_a_rule_bring_their_own_settings():
    form = settings_of("all_of", SCALES["agree5"], {"rules": "percent_agreement,iqr_rule", "iqr_rule.max_iqr": "1.5"})
    texts = {s.name: s.text for s in form}
    assert texts["percent_agreement.threshold"] == "75"
    assert texts["iqr_rule.max_iqr"] == "1.5"


def test_what_is_not_a_run_is_listed():
    assert text_of((1, 2)) == "1,2"

import json

import numpy as np
import pytest

from delphi.consensus.analysis import Definition, Item, RoundData
from delphi.consensus.counts import Counts
from delphi.consensus.rules import RULES
from delphi.consensus.rules.parsing import rule_from
from delphi.consensus.shipped_scales import SCALES
from delphi.consensus.vocabulary import Relation

FOUR = SCALES["agree4_nq"]
COMBINED = ("all_of", "any_of")


@pytest.mark.parametrize("scale", SCALES.values(), ids=lambda scale: scale.key)
def test_a_definition_survives_json_with_id_and_verdicts(scale):
    counts = Counts.of(np.random.default_rng(1).integers(0, 9, (20, 1, scale.K)))
    before = Definition.of(scale, quantile_type=6, minimum_n=5)
    after = Definition.from_dict(json.loads(json.dumps(before.as_dict() | {"id": before.id})))
    assert (after, after.id) == (before, before.id)
    assert after.judge(counts) == before.judge(counts)


def texts(value):
    if isinstance(value, dict):
        return [text for part in value.values() for text in texts(part)]
    if isinstance(value, list):
        return [text for part in value for text in texts(part)]
    return [value] if isinstance(value, str) else []


@pytest.mark.parametrize("rule", RULES)
def test_a_written_definition_holds_plain_texts_only(rule):
    scale = SCALES["rand9"]
    written = Definition(
        scale, rule_from(rule, {"rules": "cvr_rule,iqr_rule"} if rule in COMBINED else {}, scale)
    ).as_dict()
    assert {type(text) for text in texts(written)} == {str}


def test_any_setting_changes_the_id():
    ids = {
        Definition.of(FOUR).id,
        Definition.of(FOUR, quantile_type=6).id,
        Definition.of(FOUR, denominator="answered").id,
        Definition.of(FOUR, minimum_n=5).id,
        Definition(FOUR, rule_from("percent_agreement", {"threshold": "70"}, FOUR)).id,
    }
    assert len(ids) == 5


def test_a_definition_is_one_sentence():
    text = Definition.of(FOUR, minimum_n=5).describe()
    assert text.count(".") == 1
    assert "those who rated" in text
    assert "fewer than 5 ratings give no verdict" in text


@pytest.mark.parametrize(
    "setting",
    [{"quantile_type": 0}, {"denominator": "invited"}, {"minimum_n": 0}, {"analysis_set": "everyone"}],
)
def test_unknown_settings_are_refused(setting):
    with pytest.raises(ValueError, match=r"not one of|1 or more"):
        Definition.of(FOUR, **setting)


def test_a_rule_of_another_scale_is_refused():
    with pytest.raises(ValueError, match="another scale"):
        Definition(SCALES["yesno"], rule_from("percent_agreement", {}, FOUR))


ITEM = Item("S1", 1, "statement", None, "", "", Relation.NEW, None)


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"items": ()}, "has 0 items"),
        ({"paired": np.zeros((1, 3, 3), dtype=int)}, "do not fit"),
        ({"paired_by_group": np.zeros((1, 2, 4, 4), dtype=int)}, "by group"),
    ],
)
def test_parts_of_a_round_fit_each_other(parts, message):
    whole = {"number": 2, "items": (ITEM,), "counts": Counts.of([1, 2, 3, 4])}
    with pytest.raises(ValueError, match=message):
        RoundData(**whole | parts)

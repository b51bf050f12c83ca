"""What every registered figure keeps to, on every scale, with hostile texts, for analysts and where numbers are hidden."""

import re
from functools import cache
from itertools import combinations
from xml.etree import ElementTree as ET

import pytest
from hostile import analysis, panels

from delphi.consensus.shipped_scales import SCALES
from delphi.consensus.table.result_row import result_rows
from exports.figures import FIGURES
from exports.figures.draw import TEXT, UNIT, WIDTH
from exports.figures.frame import LETTER
from exports.record.facts import RoundFacts, StudyFacts
from exports.record.material import Material
from exports.record.reader_profile import Profile
from exports.record.record import GivenRecord
from exports.reports import REPORTS
from exports.tables.suppression import suppress

STUDY = StudyFacts("s", "S", "en", "<b>&", 5, 3, "ask", (), ("=a", "b"), "", None, None, {})
POINT = 25.4 / 72  # millimetres


@cache
def drawn(figure, key, profile=Profile.ANALYST):
    """A figure of a study of two statements and one that nobody rated."""
    made = analysis(SCALES[key])
    table = REPORTS["consensus"](Material(made, by_group=True))
    table = table if profile is Profile.ANALYST else suppress(table, 60 if key == "agree5" else 5)
    rounds = (RoundFacts(1), RoundFacts(2))
    record = GivenRecord(
        STUDY, made.definition, made, result_rows(table.as_dicts()), rounds, profile, panels=panels(SCALES[key])
    )
    return FIGURES[figure].draw(record)


every = pytest.mark.parametrize(("figure", "key"), [(figure, key) for figure in FIGURES for key in SCALES])


@every
def test_a_figure_is_whole_of_its_width_and_says_itself_in_words(figure, key):
    made = drawn(figure, key)
    root = ET.fromstring(made.svg)
    assert root.get("width") == f"{WIDTH / UNIT:g}mm" == "175mm"
    assert [root[0].text, root[1].text] == [made.title, made.alternative]
    assert len(made.alternative) > 20
    assert made.data.schema == "figure/1"


@every
def test_letters_are_large_enough_and_stand_in_the_picture_beside_each_other(figure, key):
    root = ET.fromstring(drawn(figure, key).svg)
    assert TEXT / UNIT / POINT >= 8
    assert not root.findall(".//*[@font-size]/*[@font-size]")
    boxes = list(words(root, 0, 0))
    height = float(root.get("viewBox").split()[-1])
    for left, right, top, bottom, said in boxes:
        assert (left >= -1, right <= WIDTH + 8, top >= 0, bottom <= height + 1) == (True,) * 4, said
    for a, b in combinations(boxes, 2):
        apart = a[1] <= b[0] or b[1] <= a[0] or a[3] <= b[2] or b[3] <= a[2]
        assert apart, (a, b)


def words(element, x, y):
    """Give the place of every text, by the usual width of letters."""
    for child in element:
        tag = child.tag.split("}")[1]
        move = re.fullmatch(r"translate\((\S+) (\S+)\)", child.get("transform", "translate(0 0)"))
        if tag == "text" and child.text:
            width, anchor = LETTER * 0.92 * len(child.text), child.get("text-anchor")
            at = x + float(child.get("x")) - width * {"middle": 0.5, "end": 1}.get(anchor, 0)
            base = y + float(child.get("y"))
            yield at, at + width, base - 9, base + 2, child.text
        yield from words(child, x + float(move[1]), y + float(move[2]))


@pytest.mark.parametrize("figure", [key for key, one in FIGURES.items() if Profile.PUBLIC in one.profiles])
def test_a_figure_without_a_number_that_may_be_shown_is_drawn(figure):
    made = drawn(figure, "agree5", Profile.PUBLIC)
    assert ET.fromstring(made.svg) is not None
    if figure in ("stacked", "distribution", "quartiles"):
        assert "hidden: too few ratings" in made.svg


def test_what_tells_of_single_panelists_is_for_analysts_alone():
    assert [key for key, one in FIGURES.items() if one.profiles == (Profile.ANALYST,)] == ["attrition"]

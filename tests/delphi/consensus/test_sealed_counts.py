"""What a seal holds is read back as it was written, and its counts are those of the panel."""

import json

from hypothesis import given
from hypothesis import strategies as st

from delphi.consensus.sealed_counts import Cell, Composition, SealedChange, SealedRound
from delphi.consensus.vocabulary import EVERYBODY, Band, Stability

NUMBER, GROUPS, OPTIONS = st.integers(0, 400), ("nurses", "peers"), 4
PEOPLE = st.sampled_from((EVERYBODY, "", *GROUPS))
compositions = st.builds(Composition, PEOPLE, NUMBER, NUMBER, NUMBER, *[st.none() | NUMBER] * 4)
changes = st.builds(
    SealedChange, st.text(), NUMBER, st.none() | st.sampled_from(Band), st.none() | st.sampled_from(Stability)
)
answers = st.lists(st.integers(0, 30), min_size=OPTIONS + 2, max_size=OPTIONS + 2)


@st.composite
def rounds(draw):
    """A seal with some statements of which nothing is shown, and of the others the panel and some groups."""
    cells = []
    for n in draw(st.sets(st.integers(1, 5))):
        parts = {name: draw(answers) for name in draw(st.sets(st.sampled_from(GROUPS)))}
        everybody = [sum(column) for column in zip(draw(answers), *parts.values(), strict=True)]
        for name, (*options, opt_out, blank) in {EVERYBODY: everybody, **parts}.items():
            cells.append(Cell(f"S{n}", name, tuple(options), opt_out, blank))
    composition, changed = draw(st.lists(compositions)), draw(st.lists(changes))
    share = draw(st.none() | st.integers(0, 10).map(lambda n: 10 * n))
    return SealedRound(GROUPS, GROUPS[:1], tuple(composition), tuple(cells), tuple(changed), share)


@given(rounds())
def test_a_seal_is_read_back_as_it_was_written(sealed):
    assert SealedRound.from_dict(json.loads(json.dumps(sealed.as_dict()))) == sealed


@given(rounds())
def test_counts_of_a_seal_sum_to_its_panel_and_hide_what_it_hides(sealed):
    codes = [f"S{n}" for n in range(1, 6)]
    counts = sealed.counts(codes, OPTIONS)
    panel = {cell.statement: cell for cell in sealed.cells if cell.people == EVERYBODY}
    assert sealed.hidden(codes) == [code for code in codes if code not in panel]
    for j, code in enumerate(codes):
        told = panel.get(code, Cell(code, EVERYBODY, (0,) * OPTIONS, 0, 0))
        assert tuple(counts.ratings[j].sum(0)) == told.options
        assert (counts.not_qualified[j].sum(), counts.blank[j].sum()) == (told.opt_out, told.blank)
        shown = {cell.people for cell in sealed.cells if cell.statement == code}
        assert all(not counts.only(name).ratings[j].any() for name in GROUPS if name not in shown)

"""The panel as a file and back: what is exported goes in again without a change, whoever is on it."""

import string

from databases import one_engine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from delphi.people import roster, roster_files
from delphi.people.panel_files.reading import PanelChoices
from delphi.people.roster import NewPanelist
from delphi.sheets.fields import FAILED
from delphi.sheets.writing import csv_bytes, xlsx_bytes

LETTERS = string.ascii_letters + "äéøłñЖ名 '-.,;\"=+@"
WORDS = st.text(LETTERS, min_size=1, max_size=12).map(lambda text: " ".join(text.split()))
NAMES = WORDS.filter(lambda name: any(map(str.isalpha, name)) and "@" not in name and "<" not in name)
CELLS = WORDS.filter(lambda cell: cell and cell.rstrip("!?") not in FAILED and cell != "all" and "@" not in cell)
SOMEBODY = st.tuples(NAMES, st.sampled_from(["nurses", "peers", None]), st.dictionaries(st.sampled_from(
    ["country", "Years of work", "e"]), CELLS, max_size=3), st.booleans())  # fmt: skip


@one_engine
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(panel=st.lists(SOMEBODY, min_size=1, max_size=5, unique_by=lambda one: one[0].casefold()), book=st.booleans())
def test_what_is_exported_goes_in_again_without_a_change(cast, panel, book):
    point = cast.session.begin_nested()
    people = [
        NewPanelist(name, f"p{n}@x.org" if addressed else "", group, said)
        for n, (name, group, said, addressed) in enumerate(panel)
    ]
    roster.add(cast.session, cast.study, people)
    head, rows = roster_files.as_rows(cast.session, cast.study)
    data = xlsx_bytes(head, rows, title="panel") if book else csv_bytes(head, rows)
    file = roster_files.read(data, PanelChoices(unaddressed=True))
    comparison, errors = roster_files.compare_with_panel(cast.session, cast.study, file.rows)
    point.rollback()
    assert (file.errors, errors, comparison.new, comparison.changed) == ([], [], (), ())
    assert comparison.same == len(rows) == len(people) + 6

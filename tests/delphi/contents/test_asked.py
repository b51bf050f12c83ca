"""Results in the language of a reader: by wording, and with groups that stay apart."""

from delphi.contents.asked import groups_in, row_in, sections_in
from delphi.contents.reading import Contents, Wording


def dutch(**wordings):
    texts = {name.replace("__", "."): Wording(*pair) for name, pair in wordings.items()}
    return Contents("en", "nl", texts)


def test_two_groups_that_are_called_alike_stay_two():
    contents = dutch(
        group__nurses=("zorg", "nurses"), group__carers=("zorg", "carers"), group__peers=("lotgenoten", "peers")
    )
    named = groups_in(contents, {"nurses": 1, "carers": 2, "peers": 3})
    assert {(str(name), name.language): n for name, n in named.items()} == {
        ("nurses", "en"): 1,
        ("carers", "en"): 2,
        ("lotgenoten", "nl"): 3,
    }


def test_a_row_of_results_says_the_wording_of_its_round():
    contents = dutch(
        statement__3__1__text=("Oud.", "Old."), statement__3__2__text=("Nieuw.", "New."), section__3=("Deel", "Part")
    )
    told = [row_in(contents, 3, {"text": text, "section": "Part", "n": 7}) for text in ("Old.", "New.", "Newer.")]
    assert [(str(row["text"]), row["text"].is_stale) for row in told] == [
        ("Oud.", False),
        ("Nieuw.", False),
        ("Nieuw.", True),
    ]
    assert {(str(row["section"]), row["n"]) for row in told} == {("Deel", 7)}


def test_sections_are_named_once_for_all_their_statements():
    named = sections_in(dutch(section__1=("Deel", "Part")), [(2, "Whole"), (1, "Whole"), (4, "")])
    assert (named["Whole"], named["Whole"].is_stale, named[""]) == ("Deel", True, "")

"""A personal link in the hands of the team shows nothing that its person gave before."""

import guards
import pytest
from attacks import Got
from browsing import HOST, SECRET
from databases import Template
from harvest import FAILED
from links import ANSWERED, OTHER, ROBBED, look, rob
from study import begin

WAYS = (
    "address corrected, link asked for",
    "address corrected, reminder",
    "address corrected, link mailed again",
    "handed out",
    "printed for those ticked",
    "merged with an entry of the lead's own",
)

pytestmark = pytest.mark.timeout(300)


def robbed(folder, swapped):
    with Template("sqlite", folder).copy() as url:
        play = begin(url, HOST, SECRET, sizes={"patients": 12})
        play.swapped, play.silent = swapped, True
        found = rob(play)
        own = Got("own link")
        look(play, found.own, own, {})
        return found, own


@pytest.fixture(scope="module")
def unguarded(tmp_path_factory):
    with guards.off("links_handed"):
        return robbed(tmp_path_factory.mktemp("robbed-unguarded"), ("", ""))


@pytest.fixture(scope="module")
def one(tmp_path_factory):
    return robbed(tmp_path_factory.mktemp("robbed"), ("", ""))


@pytest.fixture(scope="module")
def other(tmp_path_factory):
    return robbed(tmp_path_factory.mktemp("robbed-otherwise"), (ROBBED, OTHER))


@pytest.mark.parametrize("way", WAYS)
def test_the_team_gets_a_link_that_opens(one, way):
    found, _own = one
    assert found.tokens[way]
    assert "/panel" in found.shown[way]


def test_the_person_reads_all_of_it(one):
    _found, own = one
    assert {number for _, number, _ in own.exact} == {1, 2}


@pytest.mark.parametrize("way", [*WAYS, ANSWERED])
def test_a_link_in_the_hands_of_the_team_shows_no_answer(one, way, figures):
    got = one[0].got[way]
    figures.append(got.line())
    assert got.exact == {}


@pytest.mark.parametrize("way", [*WAYS, ANSWERED])
def test_without_its_guard_such_a_link_shows_answers(unguarded, way):
    assert unguarded[0].got[way].exact


@pytest.mark.parametrize("way", WAYS)
def test_what_such_a_link_shows_depends_on_no_answer(one, other, way):
    mine, theirs = one[0].shown[way], other[0].shown[way]
    assert mine.keys() == theirs.keys()
    assert {path for path in mine if mine[path] != theirs[path]} == set()


def test_no_page_and_no_letter_shows_the_team_a_link(one):
    assert one[0].tokens["shown on a page, or in a letter to the lead"] == set()


def test_nothing_given_before_is_written_over(one):
    found, own = one
    given = {name: value for (_, number, name), value in own.exact.items() if number == 2 and name != "marks"}
    meant = {f"S{n}": str(value) for n, value in found.play.truth[1][ROBBED].items()}
    assert given == {name: meant[name] for name in given} != {}


def test_no_page_of_such_a_link_ends_in_an_error(one):
    assert one
    assert sorted(set(FAILED)) == []

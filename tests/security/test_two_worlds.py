"""Two worlds in which two people of hidden groups gave each other's answers: no page and no file tells them apart.

Everything that may be shown is the same in both, so whatever differs is a way to compute what one of the two answered.
"""

import time

import pytest
from browsing import HOST, SECRET
from databases import Template
from harvest import members, steady, view
from sqlalchemy import func, select
from story import taking_part
from study import LATE, begin

from delphi.model.letter import Letter, LetterKind
from rounds.seal import chain

CARER, NURSE = "Panelist 4", "Panelist 6"  # four carers are too few, and so nobody shows the six nurses either

pytestmark = pytest.mark.timeout(300)


def seen(folder, swapped):
    """What every role sees after two rounds, by role and place."""
    with Template("sqlite", folder).copy() as url:
        play = begin(url, HOST, SECRET)
        play.swapped, play.silent, play.rounds = swapped, True, 2
        for number in (1, 2):
            assert play.launch(number)
            all_sent(play)
            play.answer(number, taking_part(play, number))
            assert play.press(f"rounds/{number}/close")
            play.post()
            assert play.press(f"rounds/{number}/release")
            if number == 1:
                play.join(LATE)
        found = {}
        for role, browser in play.browsers.items():
            one = view(browser, "end", role, play.at, play.post)
            # Files that were ordered within one second are listed in any order.
            found |= {(role, path): "\n".join(sorted(steady(text).splitlines())) for path, text in one.pages.items()}
            for name, content in one.files.items():
                for inner, data in members(name, content):
                    if not inner.endswith(("MANIFEST.json", "SIGNATURE.json")):  # hashes of members that hold times
                        found[role, inner] = steady(data.decode("utf-8", "replace"))
        return found, play.truth, hashes(play)


def all_sent(play):
    """Wait until every invitation has left: a file tells how many had before the close, which is no answer of anybody."""
    end = time.monotonic() + 180
    waiting = select(func.count()).select_from(Letter).where(Letter.unsent, Letter.kind == LetterKind.INVITATION)
    while time.monotonic() < end:
        play.post()
        with play.database.transaction(writing=False) as session:
            if not session.scalar(waiting):
                return
        time.sleep(0.5)
    raise AssertionError("invitations were not sent")


def hashes(play):
    """The hash of every entry of the chain, and of every definition: what a guess could be held against."""
    with play.database.transaction(writing=False) as session:
        entries = chain.entries(session, play.study_id)
        return [(entry.kind.value, entry.definition_sha256, entry.sha256) for entry in entries]


@pytest.fixture(scope="module")
def worlds(tmp_path_factory):
    return seen(tmp_path_factory.mktemp("one"), ("", "")), seen(tmp_path_factory.mktemp("other"), (CARER, NURSE))


def test_the_worlds_differ_indeed(worlds):
    one, other = (truth[1] for _, truth, _ in worlds)
    assert one[CARER] == other[NURSE] != other[CARER]


def test_as_much_is_seen_in_both(worlds):
    one, other = (pages for pages, _, _ in worlds)
    assert one.keys() == other.keys()
    assert {role for role, _ in one} == {"ada", "ben", "mia", "vic"}


@pytest.mark.parametrize("role", ["ada", "ben", "mia", "vic"])
def test_no_page_and_no_file_tells_the_worlds_apart(worlds, role, figures):
    one, other = (pages for pages, _, _ in worlds)
    differ = {place for who, place in one if who == role and one[who, place] != other.get((who, place))}
    figures.append(f"{f'two worlds told apart by {role}, pages and files':<44}{len(differ):>7}")
    assert differ == set()


def test_no_guess_can_be_held_against_a_hash(worlds):
    one, other = (hashed for _, _, hashed in worlds)
    assert [kind for kind, _, _ in one].count("round") == 2
    assert one == other

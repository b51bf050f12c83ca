"""The page of anonymity: what it asks and proposes, what it saves, what the lock and the first invitation hold."""

import re
from html import unescape
from pathlib import Path

import pytest
from browsing import fingerprint
from builders import NOW, SEALED, lead_of, panel_of, study, vote
from sqlalchemy import select
from uploads import stored, upload

from delphi.model.account import Account
from delphi.model.event import Event
from delphi.model.panel import Panelist
from delphi.model.round import Round
from delphi.model.seal import Seal
from delphi.model.study import Harm, Level, Study, Turnout
from rounds.lifecycle import lifecycle

PAGE = "/studies/new/anonymity"
GROUPS = "/studies/new/groups"
WANTED = SEALED | {
    "caution": "3",
    "smallest_cell": "6",
    "turnout": "kept",
    "data_protection_name": "Dora",
    "data_protection_email": "dora@example.org",
}


@pytest.fixture
def new(app, pages, ada):
    """A study of Ada's for which nothing is chosen yet, in her browser."""
    with app.extensions["database"].transaction() as session:
        made = study(session, session.get_one(Account, pages.ada.id), "new", locked=False)
        made.harm = None
    return ada


def whole(app, table, **where):
    with app.extensions["database"].transaction(writing=False) as session:
        found = session.scalars(select(table).filter_by(**where)).one()
        session.expunge(found)
        return found


def checked(page: str, name: str) -> str:
    return re.search(rf'name="{name}"\s+value="(\w+)"\s+checked', page)[1]


@pytest.mark.parametrize(
    ("harm", "level", "caution"), [("yes", "sealed", "2"), ("unknown", "sealed", "2"), ("no", "open_rows", "1")]
)
def test_the_answer_proposes_a_level_and_saves_nothing(app, new, harm, level, caution):
    assert 'name="level"' not in new.get(PAGE).text
    before = fingerprint(app)
    page = new.get(f"{PAGE}?harm={harm}").text
    assert (checked(page, "level"), checked(page, "caution")) == (level, caution)
    assert fingerprint(app) == before


def test_every_level_is_told_in_the_words_of_the_panel(new, opened, one):
    page = new.get(f"{PAGE}?harm=yes").text
    for told in (
        "No page but your own, and no file, holds",
        "The statistician never had",
        "three or more of your answers",
    ):
        assert told in page, told
    information = one.get("/panel/information").text
    assert "No page but your own, and no file, holds" in information
    assert "three or more of your answers" not in information


@pytest.mark.parametrize(
    ("level", "words"),
    [
        ("sealed", "No page but your own, and no file, holds what one person answered"),
        ("separated", "One person, the statistician, reads the answers of each person under a code"),
        ("open_rows", "who knows three or more of your answers, can find your row"),
    ],
)
def test_the_level_is_told_before_consent(app, opened, one, level, words):
    with app.extensions["database"].transaction() as session:
        session.get_one(Study, opened.study.id).level = Level(level)
    assert words in told(one)


@pytest.mark.parametrize("level", list(Level))
def test_what_no_level_keeps_is_told_before_consent(app, opened, one, level):
    with app.extensions["database"].transaction() as session:
        session.get_one(Study, opened.study.id).level = level
    for words in (
        "If all answer alike, everybody knows what everybody answered",
        "A group that is not shown is part of the rest",
        "can be guessed, though not known",
        "The style and the content of a comment can tell who wrote it, and comments of closed rounds stay",
        "a team that invents members of the panel, chooses the moment of a close or asks the same twice",
        "members of the panel who tell each other their answers",
        "Whoever runs the server, or holds a backup of it, can connect names and answers until the names are destroyed",
    ):
        assert words in told(one), words


def test_the_team_reads_it_after_the_lock_too(ada, opened):
    assert "A group that is not shown is part of the rest" in " ".join(ada.get("/studies/care/anonymity").text.split())


def told(one) -> str:
    """What a panelist reads before agreeing."""
    return " ".join(unescape(one.get("/panel/information").text).split())


def test_the_choice_is_saved_once_with_one_event(app, new):
    assert new.send(PAGE, WANTED).location == PAGE
    made = whole(app, Study, slug="new")
    assert (made.harm, made.level, made.caution, made.smallest_cell) == (Harm.YES, Level.SEALED, 3, 6)
    assert made.turnout is Turnout.KEPT
    assert (made.data_protection_name, made.data_protection_email) == ("Dora", "dora@example.org")
    events = stored(app, Event.kind, study_id=made.id)
    assert new.send(PAGE, WANTED).status_code == 303
    assert stored(app, Event.kind, study_id=made.id) == events


@pytest.mark.parametrize(
    "wrong",
    [
        {"level": "open"},
        {"caution": "4"},
        {"smallest_cell": "2"},
        {"turnout": ""},
        {"data_protection_email": "nobody"},
        {"data_protection_name": ""},
        {"harm": ""},
    ],
)
def test_a_choice_that_cannot_be_changes_nothing(app, new, wrong):
    before = fingerprint(app)
    assert new.send(PAGE, WANTED | wrong).status_code in (409, 422)
    assert fingerprint(app) == before


def test_groups_that_will_vanish_are_named_before_saving(app, new):
    new.send(GROUPS, {"key-0": "nurses", "target-0": "47", "key-1": "peers", "target-1": "4", "new": "carers: 6"})
    before = fingerprint(app)
    page = new.send(PAGE, SEALED | {"show": "y"})
    assert page.status_code == 200
    for told in ("will probably not be shown", "<strong>peers</strong>", "<strong>carers</strong>", "Ways out:"):
        assert told in page.text, told
    less = new.send(PAGE, SEALED | {"smallest_cell": "3", "caution": "1", "show": "y"}).text
    assert "all groups will probably be shown" in less
    assert fingerprint(app) == before


def test_the_figures_of_the_page_are_those_of_the_guide(new):
    guide = Path(__file__).parents[4].joinpath("docs/guide/levels.md").read_text(encoding="utf-8")
    careful, strict = re.search(r"four groups of 12 \| \d+ % \| (\d+) % \| (\d+) %", guide).groups()
    assert f"{careful}% of their results at careful and {strict}% at strict" in re.sub(
        r"\s+", " ", new.get(f"{PAGE}?harm=yes").text
    )


def test_after_the_lock_only_the_contact_changes(app, new):
    new.send(PAGE, WANTED)
    assert new.send("/studies/new/lock").status_code == 303
    assert "it stands" in new.get(PAGE).text
    assert new.send(PAGE, WANTED | {"data_protection_name": "Dirk", "level": "open_rows"}).status_code == 303
    made = whole(app, Study, slug="new")
    assert (made.data_protection_name, made.level, made.caution) == ("Dirk", Level.SEALED, 3)


def test_groups_stand_after_the_first_invitation(app, ada, opened):
    before = fingerprint(app)
    both = {"key-0": "nurses", "key-1": "peers"}
    for form in (both | {"new": "carers"}, {"key-0": "nurses"}, both | {"group_chosen": "y"}):
        refused = ada.send("/studies/care/groups", form)
        assert (refused.status_code, "The panel was invited" in refused.text) == (409, True)
    assert fingerprint(app) == before
    assert ada.send("/studies/care/groups", both | {"target-0": "9"}).status_code == 303


def test_a_file_brings_no_new_group_after_the_first_invitation(app, ada, opened):
    before = len(stored(app, Panelist.id, study_id=opened.study.id))
    upload(ada, "/studies/care/panel", "name,email,group\nNew,new@x.org,carers\n")
    assert len(stored(app, Panelist.id, study_id=opened.study.id)) == before
    upload(ada, "/studies/care/panel", "name,email,group\nNew,new@x.org,peers\n")
    assert len(stored(app, Panelist.id, study_id=opened.study.id)) == before + 1


def test_a_group_changes_until_a_close_counts_its_member(app, ada, opened):
    def move(group: str) -> None:
        upload(ada, "/studies/care/panel", f"name,email,group\nPanelist 2,panelist2@panel.example.org,{group}\n")

    def nurses() -> int:
        return stored(app, Panelist.stakeholder_group, study_id=opened.study.id).count("nurses")

    assert nurses() == 3
    move("peers")
    assert nurses() == 2
    with app.extensions["database"].transaction() as session:
        made = session.get_one(Study, opened.study.id)
        close_with_answers(session, made)
    move("nurses")
    assert nurses() == 2


def close_with_answers(session, made):
    round_ = session.get_one(Round, (made.id, 1))
    for who in panel_of(session, made):
        vote(session, round_, who, {1: 4})
    lifecycle.close(session, round_, by=lead_of(session, made), at=NOW)


def test_a_panelist_whose_answers_were_counted_keeps_the_group(app, opened, one):
    with app.extensions["database"].transaction() as session:
        session.get_one(Study, opened.study.id).group_chosen = True
    mine = stored(app, Panelist.stakeholder_group, id=opened.panel[0])[0]
    other = {"nurses": "peers", "peers": "nurses"}
    assert one.send("/panel/about", {"group": other[mine]}).status_code == 303
    assert stored(app, Panelist.stakeholder_group, id=opened.panel[0])[0] == other[mine]
    with app.extensions["database"].transaction() as session:
        close_with_answers(session, session.get_one(Study, opened.study.id))
    refused = one.send("/panel/about", {"group": mine})
    assert "your group stays" in refused.text
    assert stored(app, Panelist.stakeholder_group, id=opened.panel[0])[0] == other[mine]
    assert "It stays" in one.get("/panel/about").text


def test_the_hash_of_a_seal_stands_in_words_in_the_trail(app, ada, opened):
    with app.extensions["database"].transaction() as session:
        close_with_answers(session, session.get_one(Study, opened.study.id))
    told = stored(app, Seal.sha256, study_id=opened.study.id)[0]
    page = re.sub(r"\s+", " ", ada.get("/studies/care/trail").text)
    assert f'entry 1 of the chain of results. Its hash: <code class="hash">{told}</code>' in page

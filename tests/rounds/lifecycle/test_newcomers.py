"""Before a launch the lead reads what one newcomer would tell."""

from builders import drafted, released

from delphi.model.study import Study
from delphi.people import roster
from delphi.people.roster import NewPanelist
from rounds.lifecycle.newcomers import newcomers

LATE = NewPanelist("Late", "late@panel.example.org", "nurses")


def second(session, made):
    return drafted(session, made, released(session, made, [{1: 4, 2: 3, 3: 1}] * 6))


def test_a_newcomer_is_counted_beside_those_who_took_part(cast):
    draft = second(cast.session, cast.study)
    assert newcomers(cast.session, cast.study, draft) is None
    roster.add(cast.session, cast.study, [LATE])
    told = newcomers(cast.session, cast.study, draft)
    assert (told.joining, told.took_part, told.guess.both) == (1, 6, 10)


def test_nobody_is_new_to_a_first_round(cast):
    assert newcomers(cast.session, cast.study, cast.draft) is None


def test_the_desk_says_it_before_the_launch(app, pages, ada):
    with app.extensions["database"].transaction() as session:
        made = session.get_one(Study, pages.study.id)
        second(session, made)
        roster.add(session, made, [LATE])
    page = " ".join(ada.get("/studies/care/rounds/2").text.split())
    assert "1 person joins the panel with this round." in page
    assert "of 6 people, a reader would guess 10 of 10 answers of one newcomer" in page

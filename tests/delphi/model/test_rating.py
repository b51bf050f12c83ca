"""What counts as an answer: the same to Python and to the database."""

from builders import launched, vote
from sqlalchemy import select

from delphi.model.rating import Rating


def test_a_cleared_answer_is_none_to_python_and_database(cast):
    round_ = launched(cast.session, cast.study)
    vote(cast.session, round_, cast.panel[0], {1: 4, 2: "nq", 3: 3})
    cast.session.scalars(select(Rating).filter_by(statement=3)).one().kind = "cleared"
    cast.session.scalars(select(Rating).filter_by(statement=3)).one().value = None
    cast.session.flush()
    cast.session.expire_all()
    everything = cast.session.scalars(select(Rating).order_by(Rating.statement)).all()
    given = cast.session.scalars(select(Rating.statement).where(Rating.given).order_by(Rating.statement)).all()
    assert [rating.statement for rating in everything if rating.given] == given == [1, 2]

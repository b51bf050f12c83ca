"""A core outcome set whose smallest group has four people, and whose last panelist comes in round 2."""

from random import Random

from builders import NOW, launched, study
from played import COS, in_order_of_invitation, rating, revise
from sqlalchemy import insert

from delphi.consensus.shipped_scales import SCALES
from delphi.model.account import Account
from delphi.model.rating import Rating
from delphi.model.round import Participation, Round
from delphi.model.study import Consent, Level, Study
from delphi.people import roster
from delphi.people.roster import NewPanelist
from delphi.protocol import method
from delphi.statements import questionnaire
from rounds.lifecycle import finishing, lifecycle

GROUPS = {"patients": 15, "nurses": 14, "doctors": 4}
FEEDBACK = ("own_rating", "distribution", "quartiles", "wording", "groups", "comments")


def prepared(session, lead: Account, slug: str, level: str) -> Study:
    """Make the study, locked, with its people on the roster."""
    made = study(session, lead, slug, panelists=0, locked=False, **COS | {"feedback": FEEDBACK, "level": level})
    made.level = Level(level)
    groups = [group for group, n in GROUPS.items() for _ in range(n)]
    roster.add(
        session,
        made,
        [NewPanelist(f"Person {n:02}", f"p{n:02}@{slug}.example.org", g) for n, g in enumerate(groups, 1)],
    )
    method.lock(session, made, by=lead.id, at=NOW)
    return made


def play(session, lead: Account, slug: str, level: str, *, rounds: int = 3, finished: bool = True) -> Study:
    """Play every round; the first panelist misses round 1."""
    made = prepared(session, lead, slug, level)
    for who in in_order_of_invitation(session, made):
        session.add(Consent(study_id=made.id, panelist=who, version=1, given_on=NOW.date()))
    session.flush()
    for number in range(1, rounds + 1):
        if number > 1:
            before = session.get_one(Round, (made.id, number - 1))
            revise(session, lifecycle.prepare_next(session, made, before, by=lead.id, at=NOW), lead.id)
        round_ = launched(session, made, number)
        _answer(session, made, round_)
        lifecycle.close(session, round_, by=lead.id, at=NOW)
        lifecycle.release(session, made, round_, by=lead.id, at=NOW)
    if finished:
        finishing.finish(session, made, reason="enough", by=lead.id, at=NOW)
    return made


def _answer(session, made: Study, round_: Round) -> None:
    number, draw = round_.number, Random(round_.number)
    options = [*SCALES[made.scale].values, 7, 8, 9, 7, 8, 9, 8, "nq", None]
    asked = [statement for statement, _ in questionnaire.versions_asked(session, made.id, number)]
    everybody = in_order_of_invitation(session, made)
    rows = []
    for who in everybody[1:] if number == 1 else everybody:
        rows += [rating(made, round_, who, statement, draw.choice(options)) for statement in asked]
        session.get_one(Participation, (made.id, number, who)).submitted_on = NOW.date()
    session.execute(insert(Rating), [row for row in rows if row])
    session.flush()

"""A study of any size that shows every state of a round: how its pages grow with the panel is read from two of them."""

from dataclasses import dataclass
from functools import partial
from random import Random
from uuid import uuid4

from builders import LATER, NOW, account, drafted, panel_of, people, rate_again, study
from routes import EXAMPLES
from sqlalchemy import insert, select, update

from delphi.consensus.vocabulary import Decided
from delphi.model.job import ExportJob
from delphi.model.panel import Panelist
from delphi.model.rating import Comment, Moderation, Rating
from delphi.model.round import Participation, Round
from delphi.model.statement import Statement, StatementProposal
from delphi.model.study import Consent, Level, Role, Turnout
from delphi.people import roster
from delphi.studies import held_roles
from exports.results import figures
from rounds.lifecycle import finishing, lifecycle
from rounds.revision import changes
from rounds.revision.decisions import DecidedBy

SHOWN = ("own_rating", "distribution", "quartiles", "wording", "groups", "comments")
WRITERS = 30  # comments of a round, whatever the size of the panel


@dataclass
class Grown:
    """The study, who leads it, and one of its panelists."""

    study: object
    lead: object
    who: object
    job: object


def prepared(session, slug: str, size: int) -> Grown:
    """A study whose first round waits for its launch: duties are separated, and round 1 asks for suggestions."""
    lead, ben = account(session, f"lead-{slug}"), account(session, f"ben-{slug}")
    made = study(session, lead, slug, panelists=0, feedback=SHOWN)
    made.level, made.turnout, made.proposal_rounds = Level.SEPARATED, Turnout.KEPT, [1]
    made.asks_expertise = made.asks_conflicts = True
    roster.add(session, made, people(size))
    held_roles.give(session, made.id, ben.id, Role.ANALYST)
    order = {"report": "consensus", "format": "csv", "profile": "public", "asked_at": NOW, "by_group": False}
    job = ExportJob(study_id=made.id, id=uuid4(), account=lead.id, **order)
    session.add(job)
    session.flush()
    who = panel_of(session, made)[0]
    session.get_one(Panelist, (made.id, who)).page_code = EXAMPLES["code"]
    session.flush()
    return Grown(made, lead, who, job.id)


def launch(session, grown: Grown, number: int) -> None:
    """Open a round, and let everybody answer it; all agreed to take part."""
    made, lead = grown.study, grown.lead
    round_ = session.get_one(Round, (made.id, number))
    rate_again(session, made, round_)
    lifecycle.launch(session, made, round_, closes_at=LATER, by=lead.id, at=NOW, remind=True)
    everybody = panel_of(session, made)
    if number == 1:
        session.add_all(Consent(study_id=made.id, panelist=who, version=1, given_on=NOW.date()) for who in everybody)
        session.flush()
    _answer(session, made, number, everybody)


def _answer(session, made, number, everybody) -> None:
    draw, key = Random(number), {"study_id": made.id, "round": number, "version": 1}
    statements = session.scalars(select(Statement.number).filter_by(study_id=made.id)).all()
    session.execute(
        insert(Rating),
        [
            {**key, "statement": n, "panelist": who, "kind": "rated", "value": draw.choice((1, 2, 3, 4, 4))}
            for who in everybody
            for n in statements
        ],
    )
    written = {"text": "I think so.", "note": "", "tags": []}
    session.execute(
        insert(Comment),
        [
            {**key, **written, "statement": statements[0], "panelist": who, "ticket": uuid4()}
            for who in everybody[:WRITERS]
        ],
    )
    if number == 1:
        session.add(StatementProposal(**key, panelist=everybody[0], text="Ask about nights.", id=uuid4()))
    done = update(Participation).where(Participation.study_id == made.id, Participation.round == number)
    session.execute(done.where(Participation.panelist != everybody[-1]).values(submitted_on=NOW.date()))


def close(session, grown: Grown, number: int) -> None:
    """Close and count a round."""
    round_ = session.get_one(Round, (grown.study.id, number))
    lifecycle.close(session, round_, by=grown.lead.id, at=NOW)
    figures.complete(session, grown.study, round_, at=NOW)


def release(session, grown: Grown, number: int) -> None:
    """Show all comments and the results of a round, and draft the next one with a decision."""
    made, lead = grown.study, grown.lead
    own = update(Comment).where(Comment.study_id == made.id, Comment.round == number)
    session.execute(own.values(moderation=Moderation.RELEASED, released_text=Comment.text, tags=["reopen"]))
    session.expire_all()
    round_ = session.get_one(Round, (made.id, number))
    lifecycle.release(session, made, round_, by=lead.id, at=NOW)
    draft = drafted(session, made, round_)
    changes.decide(session, draft, {2: (Decided.SETTLED_IN, DecidedBy(lead.id, NOW, "clear enough"))})


def finish(session, grown: Grown) -> None:
    """Close and release round 2, and end the study."""
    close(session, grown, 2)
    release(session, grown, 2)
    finishing.finish(session, grown.study, reason="enough", by=grown.lead.id, at=NOW)


def nothing(_session, _grown: Grown) -> None:
    """Leave the study as it is."""


# What is done one after the other, and where the study stands then.
STEPS = (
    ("prepared", nothing),
    ("round 1 open", partial(launch, number=1)),
    ("round 1 closed", partial(close, number=1)),
    ("round 2 drafted", partial(release, number=1)),
    ("round 2 open", partial(launch, number=2)),
    ("finished", finish),
)

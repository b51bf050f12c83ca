"""Studies played through the operations with seeded answers, for exports: the same play on either database."""

from random import Random

from builders import NOW, account, launched, people, study
from sqlalchemy import insert, select

from delphi.model.panel import Panelist
from delphi.model.rating import AnswerKind, Rating
from delphi.model.round import Participation, Round
from delphi.model.study import Level
from delphi.people import roster
from delphi.statements import questionnaire
from delphi.statements.statements import NewStatement
from rounds.lifecycle import finishing, lifecycle
from rounds.revision import changes
from rounds.revision.decisions import DecidedBy
from rounds.seal import chain, row_keeping

HOSTILE = ("=1+1", "@SUM(A1)", "a\nb", 'say "yes"', "</td><script>", "\\input{x}", "🙂 مرحبا", "'='", "x" * 5000)
COS = {
    "scale": "grade9",
    "rule": "comet_by_group",
    "groups": ("patients", "nurses", "doctors"),
    "statements": tuple(NewStatement(f"OUT{n}", f"Outcome {n}", section="Core") for n in range(1, 6)),
}
RAND = {"scale": "rand9", "rule": "rand_appropriateness", "groups": ()}
ODD = {
    "statements": tuple(NewStatement(f"{text[:20]}{n}", text, section=text[:200]) for n, text in enumerate(HOSTILE)),
    "groups": ("=cmd|x", "nurses, and peers"),
}


def play(session, slug="care", *, panelists=57, rounds=3, seed=1, leavers=0.06, level="sealed", absent=(), **design):
    """Play a study of this design to its end; a share of the panel misses each round, and ``absent`` groups lack one.

    With open rows the study is finished, so that its rows are out.
    """
    lead = account(session, f"lead-{slug}")
    groups = design.get("groups", ("nurses", "peers")) or (None,)
    made = study(session, lead, slug, panelists=0, locked=False, **design)
    made.level = Level(level)
    roster.add(session, made, people(panelists, groups))
    from delphi.protocol import method

    method.lock(session, made, by=lead.id, at=NOW)
    for number in range(1, rounds + 1):
        if number > 1:
            before = session.get_one(Round, (made.id, number - 1))
            revise(session, lifecycle.prepare_next(session, made, before, by=lead.id, at=NOW), lead.id)
        round_ = launched(session, made, number)
        answer(session, made, round_, Random(f"{seed}/{number}"), leavers, absent)
        lifecycle.close(session, round_, by=lead.id, at=NOW)
        lifecycle.release(session, made, round_, by=lead.id, at=NOW)
    if made.level is Level.OPEN_ROWS:
        finishing.finish(session, made, reason="enough", by=lead.id, at=NOW)
    return made


def revise(session, draft, lead):
    """Reword one statement with, and one without, its meaning; merge two on the way into round 3."""
    asked = dict(questionnaire.versions_asked(session, draft.study_id, draft.number))
    by = DecidedBy(lead, NOW, "clearer")
    first, second, *rest = asked
    for statement, same in ((first, True), (second, False)):
        changes.reword(
            session, draft, statement, text=f"Wording {draft.number} of {statement}", same_meaning=same, by=by
        )
    if draft.number == 3 and len(rest) > 2:
        into = NewStatement("MERGED", "Both together.", section="Services")
        changes.merge(session, draft, rest[-2:], into, by=by)


def answer(session, made, round_, draw, leavers, absent=()):
    """Let the panel answer; everybody finishes but a few, and the first of each absent group does not come."""
    from delphi.consensus.shipped_scales import SCALES

    scale = SCALES[made.scale]
    options = [*scale.values, *scale.values[-2:] * 3, "nq" if scale.opt_out else scale.hi, None]
    asked = [number for number, _ in questionnaire.versions_asked(session, made.id, round_.number)]
    ratings, missing = [], set(absent)
    for who in in_order_of_invitation(session, made):
        group = session.get_one(Panelist, (made.id, who)).stakeholder_group
        if group in missing:
            missing.remove(group)
            continue
        if draw.random() < leavers:
            continue
        ratings += [rating(made, round_, who, n, draw.choice(options)) for n in asked]
        if draw.random() > leavers:
            session.get_one(Participation, (made.id, round_.number, who)).submitted_on = NOW.date()
    session.execute(insert(Rating), [row for row in ratings if row])
    session.flush()


def rating(made, round_, who, statement, given):
    """One answer as `sent.save` would have stored it; nothing for a blank."""
    if given is None:
        return None
    kind = AnswerKind.NOT_QUALIFIED if given == "nq" else AnswerKind.RATED
    key = {"study_id": made.id, "round": round_.number, "statement": statement, "panelist": who, "version": 1}
    return key | {"kind": kind, "value": None if given == "nq" else given}


def in_order_of_invitation(session, made):
    """Panelists by their address, so that the same person answers the same on both databases."""
    from delphi.model.identity import Identity

    return session.scalars(select(Identity.panelist).where(Identity.study_id == made.id).order_by(Identity.email)).all()


def with_open_rows(session, study):
    """Finish a study that told its panel of open rows, and publish them."""
    study.level, study.finished_at = Level.OPEN_ROWS, NOW
    row_keeping.publish(session, study, sorted(chain.sealed_numbers(session, study.id)))
    session.flush()
    return study

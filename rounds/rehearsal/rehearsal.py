"""A rehearsal: a copy of the study that a simulated panel plays through the real operations, and that is wiped.

It is a study of its own, marked as simulated, so its answers cannot meet real ones: every key begins with the study.
"""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from delphi import audit
from delphi.consensus.shipped_scales import SCALES
from delphi.consensus.vocabulary import Decided
from delphi.errors import NotFound, Refused
from delphi.letters import content
from delphi.letters.content import Facts
from delphi.model.event import Event, EventKind
from delphi.model.letter import PERSONAL, Letter, LetterKind
from delphi.model.panel import Panelist, new_code
from delphi.model.rating import AnswerKind, Moderation
from delphi.model.round import Round, State
from delphi.model.statement import Statement
from delphi.model.study import Consent, Membership, Study
from delphi.protocol import groups, information, method
from delphi.statements import questionnaire
from delphi.studies import copying, creation, held_roles, retention
from delphi.studies.designs import StudyPlan
from rounds.lifecycle import lifecycle
from rounds.moderation import rulings
from rounds.moderation.rulings import Ruling
from rounds.participation.taking_part import TakingPart
from rounds.questionnaire import saving
from rounds.questionnaire.saving import Answer, Remark
from rounds.rehearsal.answers import RehearsalSettings, is_absent, remark_of, spread, value_of
from rounds.revision import changes, decisions, proposals
from rounds.revision.decisions import DecidedBy

OPEN_FOR = timedelta(days=7)
VISITORS = ("A", "B", "C")  # the lead may look through their eyes: A answered all, B half, C nothing yet
ABOUT_A_PERSON = (LetterKind.WITHDRAWAL, LetterKind.ADDRESS_CHANGED, LetterKind.STATISTICIAN)  # not part of a rehearsal
OF_AN_UPGRADE = (LetterKind.INFORMATION,)
AGAIN = "Rehearsal: asked again as it was."


def of(session: Session, study: Study) -> Study | None:
    """Find the rehearsal of a study."""
    return session.scalars(select(Study).where(Study.rehearsal_of == study.id)).first()


def existing(session: Session, study: Study) -> Study:
    """Find the rehearsal of a study, for a step of it.

    Raises
    ------
    Refused
        There is none.
    """
    copy = of(session, study)
    if copy is None:
        raise Refused("There is no rehearsal of this study; nothing was changed.")
    return copy


def begin(session: Session, study: Study, settings: RehearsalSettings, *, by: int, at: datetime) -> Study:
    """Make the copy with its simulated panel, and lock its protocol."""
    if study.rehearsal_of or of(session, study):
        raise Refused("There is a rehearsal of this study already. Wipe it first; nothing was changed.")
    template = copying.template_of(session, study)
    if not template.statements:
        raise Refused("There is no statement to rehearse yet. Import or write some first; nothing was changed.")
    plan = StudyPlan(
        slug=f"{study.slug[:48].rstrip('-')}-rehearsal",
        title=study.title,
        lead_name=study.lead_name,
        contact_email=study.contact_email,
        time_zone=study.time_zone,
        simulated=True,
        rehearsal_of=study.id,
        notice="REHEARSAL with a simulated panel: nothing here is data.",
        method={name: getattr(study, name) for name in ("harm", "data_protection_name", "data_protection_email")},
    )
    copy = creation.create(session, template, plan, by=by, at=at)
    _same_team(session, study, copy, by=by)
    _invite(session, copy, settings, at=at)
    method.lock(session, copy, by=by, at=at)
    audit.record(session, study.id, EventKind.REHEARSAL_STARTED, by=by, at=at, **asdict(settings))
    return copy


def _same_team(session: Session, study: Study, copy: Study, *, by: int) -> None:
    others = session.scalars(select(Membership).where(Membership.study_id == study.id, Membership.account != by))
    for other in others.all():
        held_roles.give(session, copy.id, other.account, other.role, confirmed_by=other.confirmed_by)


def _invite(session: Session, copy: Study, settings: RehearsalSettings, *, at: datetime) -> None:
    """Make panelists without a name, as many of each group as its target asks for, who have agreed to take part."""
    declared = groups.groups_of(session, copy)
    least = min((group.target for group in declared if group.target), default=1)
    names: list[str | None] = list(spread({group.key: group.target or least for group in declared}, settings.size)) or [
        None
    ]
    people = [
        Panelist(study_id=copy.id, id=uuid4(), code=new_code(), stakeholder_group=names[n % len(names)])
        for n in range(settings.size)
    ]
    session.add_all(people)
    session.flush()
    document = information.newest(session, copy.id)
    items = list(range(len(document.items)))
    session.add_all(
        Consent(study_id=copy.id, panelist=who.id, version=document.version, items=items, given_on=at.date())
        for who in people
    )
    session.flush()


def settings_of(session: Session, copy: Study) -> RehearsalSettings:
    """Read how this rehearsal is played from the event that began it."""
    began = select(Event.data).filter_by(study_id=copy.rehearsal_of, kind=EventKind.REHEARSAL_STARTED)
    return RehearsalSettings(**session.scalars(began.order_by(Event.sequence.desc()).limit(1)).one())


def panel_of(session: Session, copy: Study) -> Sequence[Panelist]:
    """List the simulated panel in a fixed order."""
    return session.scalars(select(Panelist).filter_by(study_id=copy.id).order_by(Panelist.code)).all()


def visitor(session: Session, copy: Study, name: str) -> Panelist:
    """The simulated panelist through whose eyes the lead may look.

    Raises
    ------
    NotFound
        Nobody is called so.
    """
    if name not in VISITORS:
        raise NotFound
    return panel_of(session, copy)[VISITORS.index(name)]


def letters_of(session: Session, copy: Study, *, at: datetime) -> list[tuple[LetterKind, str, Facts]]:
    """The letters of the last round as they would leave: each kind with its template and what that needs."""
    last, people = rounds_of(session, copy)[-1], panel_of(session, copy)
    letters: list[tuple[LetterKind, str, Facts]] = []
    for kind in (kind for kind in LetterKind if kind not in (*ABOUT_A_PERSON, *OF_AN_UPGRADE)):
        panelist = people[VISITORS.index("B" if kind is LetterKind.UNFINISHED else "C")]
        number = None if kind in PERSONAL else last.number
        letter = Letter(study_id=copy.id, kind=kind, round=number, panelist=panelist.id)
        facts = content.facts_of(session, letter, copy, panelist, at=at)
        if facts is not None:
            letters.append((kind, content.template_of(letter, facts), facts))
    return letters


def rounds_of(session: Session, copy: Study) -> Sequence[Round]:
    """List the rounds of a rehearsal."""
    return session.scalars(select(Round).where(Round.study_id == copy.id).order_by(Round.number)).all()


def is_over(session: Session, copy: Study) -> bool:
    """Whether the last round is released, or nothing is left to ask."""
    last = rounds_of(session, copy)[-1]
    if last.state is State.DRAFT and last.number > 1:
        return not questionnaire.versions_asked(session, copy.id, last.number)
    return last.state is State.RELEASED


def step(session: Session, copy: Study, *, by: int, at: datetime) -> Round:
    """Go one step: open the next round and let the panel answer, or close it, release it and draft the next."""
    last = rounds_of(session, copy)[-1]
    match last.state:
        case State.DRAFT:
            _open(session, copy, last, by=by, at=at)
        case State.OPEN:
            _end(session, copy, last, by=by, at=at)
        case _:
            raise Refused("The rehearsal is over. Wipe it to rehearse again; nothing was changed.")
    return last


def play(session: Session, copy: Study, *, by: int, at: datetime) -> None:
    """Play every step that is left."""
    while not is_over(session, copy):
        step(session, copy, by=by, at=at)


def _open(session: Session, copy: Study, draft: Round, *, by: int, at: datetime) -> None:
    proposals.accept_all(session, copy, draft, by=by, at=at)
    left = decisions.undecided(session, copy.id, draft.number) if draft.number > 1 else []
    proposed = proposals.proposed_for(session, copy, draft) if left else {}
    again = {number: (Decided.RATE_AGAIN, DecidedBy(by, at, AGAIN, proposed.get(number))) for number in left}
    if again:
        changes.decide(session, draft, again)
    if not questionnaire.versions_asked(session, copy.id, draft.number):
        return  # every statement is settled and left
    lifecycle.launch(session, copy, draft, closes_at=at + OPEN_FOR, by=by, at=at)
    settings = settings_of(session, copy)
    for number, who in enumerate(panel_of(session, copy)):
        if number == VISITORS.index("C") or (number >= len(VISITORS) and is_absent(settings, number, draft.number)):
            continue
        _answer(session, copy, draft, settings, number, who, half=number == VISITORS.index("B"))
        if number != VISITORS.index("B"):
            saving.submit(session, TakingPart(copy.id, draft.number, who.id), on=at.date())


def _answer(
    session: Session, copy: Study, round_: Round, settings: RehearsalSettings, number: int, who: Panelist, *, half: bool
) -> None:
    scale = SCALES[copy.scale]
    asked = [statement for statement, _ in questionnaire.versions_asked(session, copy.id, round_.number)]
    codes = {s.number: s.code for s in session.scalars(select(Statement).filter_by(study_id=copy.id))}
    answers, remarks = [], []
    for statement in asked[: len(asked) // 2] if half else asked:
        value = value_of(settings, scale, number, codes[statement], round_.number)
        if value is not None:
            rated = isinstance(value, int)
            kind = AnswerKind.RATED if rated else AnswerKind.NOT_QUALIFIED
            answers.append(Answer(statement, kind, int(value) if rated else None))
        if text := remark_of(settings, number, codes[statement], round_.number):
            remarks.append(Remark(statement, text))
    saving.save(session, TakingPart(copy.id, round_.number, who.id), answers, remarks, request=str(uuid4()))


def _end(session: Session, copy: Study, round_: Round, *, by: int, at: datetime) -> None:
    lifecycle.close(session, round_, by=by, at=at)
    released = {comment.ticket: Ruling(Moderation.RELEASED) for comment in rulings.queue(session, round_)}
    if released:
        rulings.decide(session, round_, released, by=by, at=at)
    lifecycle.release(session, copy, round_, by=by, at=at)
    if round_.number < copy.maximum_rounds:
        lifecycle.prepare_next(session, copy, round_, by=by, at=at)


def wipe(session: Session, study: Study, *, by: int, at: datetime) -> None:
    """Wipe the rehearsal; the study keeps one event that says it was made."""
    copy = existing(session, study)
    played = sum(round_.released_at is not None for round_ in rounds_of(session, copy))
    people = len(panel_of(session, copy))
    retention.wipe(session, copy.id)
    audit.record(session, study.id, EventKind.REHEARSAL_WIPED, by=by, at=at, rounds=played, panelists=people)

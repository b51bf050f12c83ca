"""What most tests begin with: the cast, a study with a panel, a launched round, votes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from delphi import clock
from delphi.consensus.vocabulary import Decided
from delphi.model.account import Account
from delphi.model.event import Event
from delphi.model.panel import Panelist
from delphi.model.rating import AnswerKind
from delphi.model.round import Round
from delphi.model.study import Consent, Harm, Membership, Role, Study
from delphi.people import roster
from delphi.people.roster import NewPanelist
from delphi.protocol import method
from delphi.statements.statements import NewStatement
from delphi.studies import creation, held_roles
from delphi.studies.designs import StudyPlan, StudyTemplate
from rounds.lifecycle import lifecycle
from rounds.participation.taking_part import TakingPart
from rounds.questionnaire import saving
from rounds.questionnaire.saving import Answer, Remark
from rounds.revision import changes, decisions
from rounds.revision.decisions import DecidedBy

NOW = clock.now()
LATER = NOW + timedelta(days=14)
SMALL = StudyTemplate(
    key="small",
    title="Care",
    scale="agree4_nq",
    rule="graded_agreement",
    information="What is it about? Care.\n\nCan you stop? At any time.",
    feedback=("own_rating", "distribution", "quartiles", "wording", "comments"),
    groups=("nurses", "peers"),
    statements=tuple(NewStatement(f"STMT1.{n}", f"Service {n} is needed.", section="Services") for n in (1, 2, 3)),
)


@dataclass
class Cast:
    """Who plays: accounts by name, and Ada's study."""

    session: Session
    ada: Account
    ben: Account
    cleo: Account
    study: Study
    foreign: Study
    panel: list[UUID] = field(default_factory=list)

    @classmethod
    def enter(cls, session: Session) -> "Cast":
        ada, ben, cleo = (account(session, name) for name in ("ada", "ben", "cleo"))
        care, other = study(session, ada, "care"), study(session, cleo, "other")
        held_roles.give(session, care.id, ben.id, Role.ANALYST)
        for name, role in (("mia", Role.PANEL_MANAGER), ("vic", Role.VIEWER)):
            held_roles.give(session, care.id, account(session, name).id, role)
        held_roles.give(session, care.id, account(session, "tess").id, Role.TRANSLATOR, language="nl")
        return cls(session, ada, ben, cleo, care, other, panel_of(session, care))

    @classmethod
    def find(cls, session: Session) -> "Cast":
        """Look the cast up where it has entered before."""
        ada, ben, cleo = (session.scalars(select_account(name)).one() for name in ("ada", "ben", "cleo"))
        care, other = (session.scalars(select(Study).filter_by(slug=slug)).one() for slug in ("care", "other"))
        return cls(session, ada, ben, cleo, care, other, panel_of(session, care))

    @property
    def draft(self) -> Round:
        return self.session.get_one(Round, (self.study.id, 1))

    def events(self) -> list[str]:
        kinds = select(Event.kind).where(Event.study_id == self.study.id).order_by(Event.sequence)
        return [kind.value for kind in self.session.scalars(kinds)]


def account(session: Session, name: str) -> Account:
    made = Account(email=f"{name}@example.org", fs_uniquifier=uuid4().hex, active=True)
    session.add(made)
    session.flush()
    return made


def people(n: int, groups: Sequence[str | None] = ("nurses", "peers")) -> list[NewPanelist]:
    return [
        NewPanelist(f"Panelist {i}", f"panelist{i}@panel.example.org", groups[i % len(groups)]) for i in range(1, n + 1)
    ]


def study(session: Session, lead: Account, slug: str, *, panelists: int = 6, locked: bool = True, **changes) -> Study:
    plan = StudyPlan(slug=slug, title=f"Study {slug}", lead_name="Ada", contact_email="ada@example.org")
    made = creation.create(session, replace(SMALL, **changes), plan, by=lead.id, at=NOW)
    made.harm = Harm.UNKNOWN
    if panelists:
        roster.add(session, made, people(panelists))
    if locked:
        method.lock(session, made, by=lead.id, at=NOW)
    return made


def panel_of(session: Session, made: Study) -> list[UUID]:
    return list(session.scalars(select(Panelist.id).where(Panelist.study_id == made.id).order_by(Panelist.code)))


def launched(session: Session, made: Study, number: int = 1, *, at: datetime = NOW, until: datetime = LATER) -> Round:
    round_ = session.get_one(Round, (made.id, number))
    rate_again(session, made, round_)
    lifecycle.launch(session, made, round_, closes_at=until, by=lead_of(session, made), at=at)
    return round_


def rate_again(session: Session, made: Study, draft: Round) -> None:
    """Ask everything again on which nobody has decided."""
    waiting = decisions.undecided(session, made.id, draft.number)
    by = DecidedBy(lead_of(session, made), NOW, "once more")
    if waiting:
        changes.decide(session, draft, dict.fromkeys(waiting, (Decided.RATE_AGAIN, by)))


def lead_of(session: Session, made: Study) -> int:
    owner = select(Membership.account).where(Membership.study_id == made.id, Membership.role == Role.OWNER)
    return session.scalars(owner).one()


def answers(votes: Mapping[int, int | str | None], seen: int = 0) -> list[Answer]:
    """Votes by statement: an option, "nq", or None to clear."""
    kinds = {"nq": AnswerKind.NOT_QUALIFIED, None: AnswerKind.CLEARED}
    return [
        Answer(s, kinds.get(vote, AnswerKind.RATED), vote if isinstance(vote, int) else None, seen)
        for s, vote in votes.items()
    ]


def vote(session: Session, round_: Round, who: UUID, votes: Mapping[int, int | str | None], *, comment: str = ""):
    remarks = [Remark(min(votes), comment)] if comment else []
    part = TakingPart(round_.study_id, round_.number, who)
    return saving.save(session, part, answers(votes), remarks, request=str(uuid4()))


def released(session: Session, made: Study, votes: Sequence[Mapping[int, int | str | None]], number: int = 1) -> Round:
    """Play a round to its release: one mapping of votes a panelist, in the order of codes."""
    round_ = launched(session, made, number)
    for who, given in zip(panel_of(session, made), votes, strict=False):
        vote(session, round_, who, given)
    lifecycle.close(session, round_, by=lead_of(session, made), at=NOW)
    lifecycle.release(session, made, round_, by=lead_of(session, made), at=NOW)
    return round_


def drafted(session: Session, made: Study, before: Round) -> Round:
    return lifecycle.prepare_next(session, made, before, by=lead_of(session, made), at=NOW)


def open_to_all(session: Session, made: Study, number: int = 1) -> None:
    """Launch a round, and let everybody agree to take part."""
    launched(session, made, number)
    session.add_all(
        Consent(study_id=made.id, panelist=who, version=1, given_on=NOW.date()) for who in panel_of(session, made)
    )
    session.flush()


SEALED = {
    "harm": "yes",
    "level": "sealed",
    "caution": "2",
    "smallest_cell": "5",
    "turnout": "shown",
}
NEW_STUDY = {
    "template": "reference",
    "slug": "fresh",
    "title": "Fresh",
    "lead_name": "Ada",
    "contact_email": "ada@example.org",
    "time_zone": "Europe/Amsterdam",
}


def select_account(name: str) -> Any:
    return select(Account).where(Account.email == f"{name}@example.org")

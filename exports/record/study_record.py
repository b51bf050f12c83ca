"""A study as its record: read from the database part by part, for one profile. No name is read here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from delphi.consensus.analysis import Analysis, Definition, Item, RoundData
from delphi.consensus.counts import Counts
from delphi.consensus.panel import RoundPanel
from delphi.consensus.shipped_scales import Scale
from delphi.consensus.vocabulary import Relation
from delphi.model.account import Account
from delphi.model.event import Event, EventKind
from delphi.model.letter import REMINDERS, Letter, LetterKind
from delphi.model.panel import Panelist
from delphi.model.rating import Comment, Rating
from delphi.model.round import Participation, QuestionnaireItem, Round, State
from delphi.model.statement import Lineage, Statement, StatementVersion
from delphi.model.study import Consent, Document, Membership, StakeholderGroup, Study
from delphi.people import acknowledgements
from delphi.protocol import amendments, method
from delphi.statements.questionnaire import asked_in
from exports.record.profile import Profile, Watch, unwatched
from exports.record.record import (
    Amended,
    Asked,
    Deed,
    Edge,
    Leaflet,
    Member,
    Presence,
    Remark,
    RoundFacts,
    Row,
    StudyFacts,
)
from exports.record.rows import consensus_table
from exports.tables.suppression import suppress
from rounds.results.matrices import answers_of
from rounds.results.rows import analyse, results

SIMULATED = "Simulated panel."


@dataclass
class StudyRecord:
    """What one profile may know of a study; a round is left out until this profile may see it."""

    session: Session
    source: Study
    profile: Profile = Profile.ANALYST
    by_group: bool = False
    round: int | None = None
    watch: Watch = unwatched

    @cached_property
    def study(self) -> StudyFacts:
        """The study's own facts; a simulated panel is always called one."""
        source = self.source
        notice = source.notice or (SIMULATED if source.simulated else "")
        said = notice if not source.simulated or "imulated" in notice else f"{SIMULATED} {notice}"
        names = select(StakeholderGroup.key).filter_by(study_id=source.id).order_by(StakeholderGroup.position)
        return StudyFacts(
            slug=source.slug,
            title=source.title,
            language=source.language,
            notice=said,
            smallest_cell=source.smallest_cell,
            maximum_rounds=source.maximum_rounds,
            settled=source.settled.value,
            feedback=tuple(source.feedback_plan),
            groups=tuple(self.session.scalars(names)),
            lead_name=source.lead_name,
            locked_at=source.protocol_locked_at,
            protocol_sha256=source.protocol_sha256,
            protocol=method.document(source),
            open_question=source.open_question,
            marks=tuple(filter(None, [self._mark()])),
        )

    def _mark(self) -> str:
        """Say what was changed after data."""
        late = amendments.changed_after_data(self.session, self.source)
        return amendments.mark(late, self.source.time_zone)

    @cached_property
    def definition(self) -> Definition:
        """The definition of consensus as it stands."""
        return method.definition_of(self.source)

    @cached_property
    def visible(self) -> list[Round]:
        """Rounds this profile may see results of: released ones, and closed ones for analysts."""
        states = {State.RELEASED} | ({State.CLOSED} if self.profile is Profile.ANALYST else set())
        rounds = self.session.scalars(select(Round).filter_by(study_id=self.source.id).order_by(Round.number))
        return [r for r in rounds if r.state in states and r.number >= 1 and self.round in (None, r.number)]

    @cached_property
    def numbers(self) -> list[int]:
        """Their numbers."""
        return [round_.number for round_ in self.visible]

    @cached_property
    def rounds(self) -> Sequence[RoundFacts]:
        """When they ran."""
        extended = [
            event.data.get("round")
            for event in self.session.scalars(
                select(Event).filter_by(study_id=self.source.id, kind=EventKind.ROUND_EXTENDED)
            )
        ]
        reminders = dict(self._letters_by_round(REMINDERS))
        return [
            RoundFacts(
                number=r.number,
                opened_on=_day(r.opened_at),
                closes_on=_day(r.closes_at),
                closed_on=_day(r.closed_at),
                released_on=_day(r.released_at),
                extensions=extended.count(r.number),
                reminders=reminders.get(r.number, 0),
            )
            for r in self.visible
        ]

    def _letters_by_round(self, kinds: Sequence[LetterKind]) -> list[tuple[int, int]]:
        counted = (
            select(Letter.round, func.count())
            .where(Letter.study_id == self.source.id, Letter.kind.in_(kinds), Letter.sent_at.is_not(None))
            .group_by(Letter.round)
        )
        return [(number or 0, n) for number, n in self.session.execute(counted)]

    @cached_property
    def rows(self) -> Sequence[Row]:
        """Rows of the consensus table, the small ones hidden from everybody but analysts."""
        shown = self.profile is not Profile.ANALYST
        table = consensus_table(self.session, self.source, self.visible, by_group=True, shown=shown)
        hidden = table if self.profile is Profile.ANALYST else suppress(table, self.source.smallest_cell)
        return hidden.as_dicts()

    @cached_property
    def analysis(self) -> Analysis:
        """Counts of the rounds: for analysts as they are now, for others as they were frozen.

        Answers that were removed after a release must not be told by comparing two files.
        """
        if self.profile is Profile.ANALYST:
            return analyse(self.session, self.source, self.numbers)
        rounds = [
            frozen_round(r.number, results(self.session, self.source, r, by_group=True), self.definition.scale)
            for r in self.visible
        ]
        return Analysis(self.definition, tuple(rounds))

    @cached_property
    def panels(self) -> tuple[RoundPanel, ...]:
        """Matrices of the rounds, in an order that tells nothing."""
        answers = answers_of(self.session, self.source, self.numbers)
        names = tuple(dict.fromkeys(answers.group)) or ("",)
        member = np.array([names.index(name) for name in answers.group], dtype=np.intp)
        return tuple(
            RoundPanel(
                wave.number,
                tuple(item.statement for item in wave.items.values()),
                wave.matrix,
                np.ones(len(member), dtype=bool),
                member,
                names,
            )
            for wave in answers.waves
        )

    @cached_property
    def presences(self) -> Sequence[Presence]:
        """Every invitation of these rounds and what became of it: one query a table."""
        key = self.source.id
        given = (
            select(Rating.round, Rating.panelist)
            .where(Rating.study_id == key, Rating.round.in_(self.numbers), Rating.given)
            .distinct()
        )
        answered = {(number, who) for number, who in self.session.execute(given)}
        invitations = select(Letter.round, Letter.panelist, Letter.sent_at, Letter.failed_at).where(
            Letter.study_id == key, Letter.kind == LetterKind.INVITATION
        )
        letters = {(n, who): (sent, failed) for n, who, sent, failed in self.session.execute(invitations)}
        agreed = set(self.session.scalars(select(Consent.panelist).where(Consent.study_id == key)))
        invited = self.session.execute(
            select(Participation.round, Participation.submitted_on, Panelist)
            .join(Panelist, (Panelist.study_id == Participation.study_id) & (Panelist.id == Participation.panelist))
            .where(Participation.study_id == key, Participation.round.in_(self.numbers))
            .order_by(Participation.round)
        )
        return [
            Presence(
                round=number,
                person=who.id,
                group=who.stakeholder_group or "",
                sent=letters.get((number, who.id), (None, None))[0] is not None,
                bounced=letters.get((number, who.id), (None, None))[1] is not None,
                declined=who.declined_on is not None,
                consented=who.id in agreed,
                started=(number, who.id) in answered,
                complete=submitted is not None and (number, who.id) in answered,
            )
            for number, submitted, who in invited
        ]

    @cached_property
    def edges(self) -> Sequence[Edge]:
        """The lineage up to the last visible round."""
        before, after = aliased(Statement), aliased(Statement)
        last = max(self.numbers, default=0)
        found = self.session.execute(
            select(Lineage, before.code, after.code)
            .outerjoin(before, (before.study_id == Lineage.study_id) & (before.number == Lineage.from_statement))
            .outerjoin(after, (after.study_id == Lineage.study_id) & (after.number == Lineage.to_statement))
            .where(Lineage.study_id == self.source.id, Lineage.round <= last)
            .order_by(Lineage.round, Lineage.change, Lineage.to_statement, Lineage.from_statement)
        )
        versions = self.session.scalars(select(StatementVersion).filter_by(study_id=self.source.id))
        texts = {(v.statement, v.version): v.text for v in versions}
        return [
            Edge(
                round=edge.round,
                change=edge.change.value,
                before=old if edge.from_version else None,
                before_version=edge.from_version,
                after=new if edge.to_version else None,
                after_version=edge.to_version,
                same_meaning=edge.same_meaning,
                reason=edge.reason,
                text_before=texts.get((edge.from_statement, edge.from_version or 0), ""),
                text_after=texts.get((edge.to_statement, edge.to_version or 0), ""),
            )
            for edge, old, new in found
        ]

    @cached_property
    def remarks(self) -> Sequence[Remark]:
        """Comments that were released to the panel."""
        found = self.session.execute(
            select(Comment, Statement.code, QuestionnaireItem.version, Panelist.stakeholder_group)
            .join(Statement, (Statement.study_id == Comment.study_id) & (Statement.number == Comment.statement))
            .join(
                QuestionnaireItem,
                (QuestionnaireItem.study_id == Comment.study_id)
                & (QuestionnaireItem.round == Comment.round)
                & (QuestionnaireItem.statement == Comment.statement),
            )
            .join(Panelist, (Panelist.study_id == Comment.study_id) & (Panelist.id == Comment.panelist))
            .where(Comment.study_id == self.source.id, Comment.round.in_(self.numbers))
            .where(Comment.released_text.is_not(None))
        )
        return [
            Remark(
                statement=code,
                version=version,
                round=comment.round,
                text=comment.released_text or "",
                action="as written" if comment.released_text == comment.text else "edited",
                group=group or "",
            )
            for comment, code, version, group in found
        ]

    @cached_property
    def leaflets(self) -> Sequence[Leaflet]:
        """Information and consent, version by version."""
        found = select(Document).where(Document.study_id == self.source.id).order_by(Document.version)
        return [Leaflet(one.version, one.text, tuple(one.items), one.reason) for one in self.session.scalars(found)]

    @cached_property
    def asked(self) -> Sequence[Asked]:
        """Questionnaires as they were shown."""
        return [
            Asked(a.round, a.position, a.section, a.code, a.version, a.text, a.help, a.evidence)
            for a in asked_in(self.session, self.source.id, self.numbers)
        ]

    @cached_property
    def members(self) -> Sequence[Member]:
        """Who asked to be named; only for the profile that holds no answer."""
        if self.profile is not Profile.MANAGER:
            return ()
        listed = acknowledgements.named(self.session, self.source)
        return [Member(one.name, one.affiliation, one.orcid, one.certificate) for one in listed]

    @cached_property
    def deeds(self) -> Sequence[Deed]:
        """The audit trail with the role of each actor."""
        found = self.session.execute(
            select(Event, Account.email, Membership.role)
            .outerjoin(Account, Account.id == Event.actor)
            .outerjoin(Membership, (Membership.study_id == Event.study_id) & (Membership.account == Event.actor))
            .where(Event.study_id == self.source.id)
            .order_by(Event.sequence)
        )
        return [
            Deed(
                sequence=event.sequence,
                at=event.at,
                role=role.value if role else "",
                actor=email or "",
                kind=event.kind.value,
                data=event.data,
                previous_hash=event.previous_hash,
                hash=event.hash,
            )
            for event, email, role in found
        ]

    @cached_property
    def amendments(self) -> Sequence[Amended]:
        """Changes of the protocol after its lock."""
        return [
            Amended(
                number=made.number,
                on=made.at.date(),
                reason=made.reason,
                changes=made.changes,
                answers_given=made.answers_given,
                results_seen=made.results_seen,
            )
            for made in amendments.amendments_of(self.session, self.source)
        ]


def frozen_round(number: int, rows: Sequence[Row], scale: Scale) -> RoundData:
    """Make the counts of a round again from its frozen rows."""
    names = tuple(dict.fromkeys(row["group"] for row in rows if row["group"] != "all"))
    whole = [row for row in rows if row["group"] == "all"]
    cells = {(row["statement"], row["group"]): row for row in rows}
    table = [[cells[row["statement"], name] for name in names or ("all",)] for row in whole]
    shape = (len(whole), len(names) or 1)
    ratings = [[[cell[f"k_{value}"] for value in scale.values] for cell in line] for line in table]
    invited = [cell["n_invited"] for cell in table[0]] if table else [0] * shape[1]
    return RoundData(
        number,
        tuple(_item(row) for row in whole),
        Counts(
            ratings=np.array(ratings, dtype=np.int64).reshape(*shape, scale.K),
            not_qualified=np.array([[cell["n_nq"] for cell in line] for line in table], dtype=np.int64).reshape(shape),
            blank=np.array([[cell["n_blank"] for cell in line] for line in table], dtype=np.int64).reshape(shape),
            invited=np.array(invited, dtype=np.int64),
            groups=names or ("",),
        ),
    )


def _item(row: Row) -> Item:
    return Item(
        statement=row["statement"],
        version=row["version"],
        kind=row["kind"],
        section_no=row["section_no"],
        section=row["section"],
        text=row["text"],
        relation=Relation(row["relation"]),
        previous_round=row["previous_round"],
    )


def _day(moment: datetime | None) -> Any:
    return None if moment is None else moment.date()

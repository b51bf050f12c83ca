"""Second rounds with the words and numbers of the design: what the geometry of a card is measured with."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID, uuid4

from builders import NOW, drafted, launched, lead_of, open_to_all, panel_of, people, rate_again, study, vote
from sqlalchemy import select
from sqlalchemy.orm import Session

from delphi.consensus.shipped_scales import SCALES
from delphi.model.account import Account
from delphi.model.panel import Panelist
from delphi.model.rating import Comment, Moderation
from delphi.people import roster
from delphi.statements.statements import NewStatement
from rounds.lifecycle import lifecycle
from rounds.revision import changes
from rounds.revision.decisions import DecidedBy

FEEDBACK = ("own_rating", "distribution", "quartiles", "wording", "groups", "comments")
NQ = "nq"
Counts = Mapping[int | str | None, int]  # people by answer; None left it open


@dataclass(frozen=True)
class Asked:
    """A statement with what each group answered in round 1, and what the reader did."""

    statement: NewStatement
    counts: tuple[Counts, ...]
    own: int | str | None
    comments: tuple[str, ...] = ()
    rewording: str = ""
    reason: str = ""


def four(*counts: int, nq: int = 0, blank: int = 0) -> Counts:
    """Answers from agree down to disagree."""
    return dict(zip((4, 3, 2, 1), counts, strict=True)) | {NQ: nq, None: blank}


def nine(*counts: int, nq: int = 0, blank: int = 0) -> Counts:
    """Answers from 1 to 9."""
    return dict(enumerate(counts, 1)) | {NQ: nq, None: blank}


DATA = (
    "National registers count treatment, not use; people without papers are in neither.",
    "Some cities have good local data. They are not published.",
    "Depends on the country: two of ours ask for country of birth.",
)
AGREEMENT = (
    Asked(
        NewStatement(
            "STMT1.1",
            "Reliable data on drug use among first-generation migrants living in the European Union are scarce.",
            section="Knowledge",
        ),
        (four(8, 4, 3, 1, nq=1), four(4, 5, 3, 1, nq=1), four(5, 3, 1, 0), four(6, 6, 1, 1, nq=1)),
        2,
        DATA * 4,
    ),
    Asked(
        NewStatement(
            "STMT1.2",
            "Existing data on migrants who use drugs do not distinguish between groups of migrants.",
            section="Knowledge",
        ),
        (four(10, 5, 1, 1), four(8, 4, 1, 0, nq=1), four(5, 3, 1, 0), four(8, 3, 2, 1, nq=1)),
        4,
        ("A European survey does separate labour migrants.", "Register data have nationality only.") * 2
        + ("Where they do, the numbers are too small to use.",),
        "Existing data on migrants who use drugs rarely distinguish between groups such as refugees, undocumented people, "
        "labour migrants and migrants from within the EU.",
        "Panelists named data sets that do distinguish some groups.",
    ),
    Asked(
        NewStatement(
            "STMT2.3",
            "Unemployment, poverty and the loss of work-related housing make labour migrants vulnerable to problematic "
            "drug use.",
            section="Risk factors",
        ),
        (four(1, 1, 1, 0, nq=14), four(1, 1, 0, 0, nq=12), four(0, 1, 0, 0, nq=8), four(1, 0, 0, 1, nq=10, blank=3)),
        3,
        ("Seasonal workers lose bed and job on the same day.",),
    ),
    Asked(
        NewStatement(
            "STMT2.5",
            "Experiences of racism, discrimination and social exclusion in the host country contribute to problematic "
            "drug use.",
            section="Risk factors",
        ),
        (four(8, 4, 2, 2, nq=1), four(6, 5, 1, 1, nq=1), four(5, 3, 1, 0), four(7, 6, 1, 0, nq=1)),
        None,
    ),
)
IMPORTANCE = (
    Asked(
        NewStatement("OUT05", "Falls at night", help="Falls between going to bed and getting up.", section="Safety"),
        (nine(0, 0, 1, 0, 1, 2, 4, 7, 6, nq=2), nine(0, 1, 1, 1, 3, 3, 6, 4, 1), nine(0, 0, 0, 1, 1, 1, 3, 2, 1)),
        5,
        ("A fall ends living at home for many of us.", "Falls must be counted.", "A rare event in a short trial.") * 3,
    ),
    Asked(
        NewStatement("OUT06", "Cost of care", help="What treatment and help at home cost.", section="Safety"),
        (
            nine(1, 2, 3, 4, 4, 3, 2, 1, 1, nq=2),
            nine(2, 2, 3, 3, 3, 3, 1, 1, 0, nq=2),
            nine(0, 1, 1, 1, 1, 0, 0, 0, 0, nq=1, blank=4),
        ),
        4,
        ("Who pays decides whether anybody gets the treatment.", "Cost is not an outcome for a patient.") * 2,
    ),
)
GROUPS = {
    "agree4_nq": (("Harm reduction", "Migration", "Health care", "Community and peer work"), AGREEMENT),
    "grade9": (("Patients", "Clinicians", "Researchers"), IMPORTANCE),
}


def any_scale(key: str) -> tuple[tuple[str, ...], tuple[Asked, ...]]:
    """Groups and statements of a scale: those of the design, or ones that have every mark."""
    if key in GROUPS:
        return GROUPS[key]
    scale = SCALES[key]
    values, text = scale.values, "Everybody who needs it finds a service that is open in the evening."
    many = {value: 1 + (3 * i) % 5 for i, value in enumerate(values)} if scale.K < 12 else dict.fromkeys(values[::4], 1)
    few = {values[0]: 2, values[-1]: 6}
    reworded = Asked(
        NewStatement("B", text, section="One"), (many, many), values[0], ("Yes.",), f"{text} Always.", "Why."
    )
    return ("Nurses", "Peers"), (
        Asked(NewStatement("A", text[:-1] + ", and near.", section="One"), (many, few), values[-1], ("No.",)),
        reworded,
        Asked(NewStatement("C", text[:-1] + ", or far.", section="Two"), (few, {}), None),
    )


def second_round(session: Session, ada: Account, slug: str, scale: str = "agree4_nq", **changed) -> tuple[int, UUID]:
    """A study whose second round is open, and a panelist of it."""
    groups, asked = any_scale(scale)
    rule = {"grade9": "comet_70_15", "rand9": "rand_appropriateness"}.get(scale, "iqr_rule")
    plan = {"scale": scale, "rule": rule, "feedback": FEEDBACK, "groups": groups, "title": "Care"} | changed
    made = study(session, ada, slug, panelists=0, statements=tuple(one.statement for one in asked), **plan)
    lead = lead_of(session, made)
    sizes = [max(sum(one.counts[i].values()) for one in asked) for i in range(len(groups))]
    named = [group for group, size in zip(groups, sizes, strict=True) for _ in range(size)]
    roster.add(session, made, [replace(new, group=group) for new, group in zip(people(len(named)), named, strict=True)])
    panel = panel_of(session, made)
    roster_of = select(Panelist.id, Panelist.stakeholder_group).where(Panelist.study_id == made.id)
    members = {who: group for who, group in session.execute(roster_of)}  # noqa: C416 (dict() takes a result for a mapping)
    votes: dict[UUID, dict[int, int | str]] = {who: {} for who in panel}
    reader = next(who for who in panel if members[who] == groups[0])
    for number, one in enumerate(asked, 1):
        for i, group in enumerate(groups):
            mine = [who for who in panel if members[who] == group]
            for who, given in zip(mine, _spread(one, i, first=i == 0), strict=False):
                if given is not None:
                    votes[who][number] = given
    before = launched(session, made)
    for who in panel:
        vote(session, before, who, votes[who])
    _comment(session, made.id, asked, panel)
    lifecycle.close(session, before, by=lead, at=NOW)
    lifecycle.release(session, made, before, by=lead, at=NOW)
    draft = drafted(session, made, before)
    for number, one in enumerate(asked, 1):
        if one.rewording:
            by = DecidedBy(lead, NOW, one.reason)
            changes.reword(session, draft, number, text=one.rewording, by=by)
    rate_again(session, made, draft)
    open_to_all(session, made, 2)
    return made.id, reader


def _spread(one: Asked, group: int, *, first: bool) -> Iterator[int | str | None]:
    """The answers of a group, that of the reader before the others'."""
    left = dict(one.counts[group])
    if first:
        left[one.own] = left.get(one.own, 0) - 1
        yield one.own
    for answer, n in left.items():
        yield from [answer] * n


def _comment(session: Session, study_id: int, asked: Sequence[Asked], panel: Sequence[UUID]) -> None:
    for number, one in enumerate(asked, 1):
        for who, text in zip(panel, one.comments, strict=False):
            key = {"study_id": study_id, "round": 1, "statement": number, "panelist": who, "text": text, "version": 1}
            shown = {
                "moderation": Moderation.RELEASED,
                "released_text": text,
                "ticket": uuid4(),
                "note": "",
                "tags": [],
            }
            session.add(Comment(**key, **shown))
    session.flush()

"""What is missing before round 1, each with the page on which it is mended: page, button and guard share this list."""

from collections.abc import Iterator

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from delphi.consensus.rules.combined import Combined
from delphi.consensus.rules.groups import GroupRule
from delphi.errors import Issue
from delphi.model.event import Event, EventKind
from delphi.model.round import find_round
from delphi.model.study import Level, StakeholderGroup, Study
from delphi.protocol import groups, information, method
from delphi.statements import statements
from delphi.statements.duration import is_long, minutes_for, words_in
from delphi.studies import contents
from delphi.translations import N_

# What blocks the launch of any round; `rounds.lifecycle.readiness` shares these.
PROTOCOL_OPEN = Issue(
    "protocol_open",
    "The protocol is not locked. Lock it, so that the rule stands before the first answer.",
    "protocol.show",
)
NO_STATEMENTS = Issue(
    "no_statements", "The questionnaire has no statement. Import or add statements.", "statements.index"
)
NO_PANEL = Issue("no_panel", "The panel is empty. Import the panelists.", "roster.index")
TOO_FEW_INVITED = N_(
    "The rule asks each group, and at this level nothing is shown or judged of fewer than %(k)s people; too few are "
    "invited in: %(groups)s. Invite more. Otherwise groups have to be merged, or another level chosen: in a copy of this "
    "study, since its protocol is locked."
)
TOO_FEW_PLANNED = N_(
    "The rule asks each group, and at this level nothing is shown or judged of fewer than %(k)s people; fewer are planned "
    "in: %(groups)s. Round 1 cannot be launched so. Before you lock the protocol, merge groups, plan more people, or choose "
    "another level."
)
NEVER_SHOWN = N_("%(group)s has %(n)s people. Of fewer than %(k)s nothing is ever shown.")
NEVER_JUDGED = N_(
    "%(group)s has %(n)s people. Of fewer than %(k)s nothing is ever shown. The rule asks every group, so it will say "
    "“too few” for every statement."
)


def issues(session: Session, study: Study) -> Iterator[Issue]:
    """List everything: what blocks the launch first, then what deserves a thought."""
    yield from blocking(session, study)
    yield from _warnings(session, study)


def blocking(session: Session, study: Study) -> Iterator[Issue]:
    """List what blocks the launch of round 1."""
    if study.protocol_locked_at is None:
        yield PROTOCOL_OPEN
        if study.harm is None:
            yield method.LEVEL_OPEN
    if not statements.newest(session, study):
        yield NO_STATEMENTS
    if not sum(groups.sizes(session, study).values()):
        yield NO_PANEL
    yield from preparation(session, study)
    yield from contents.missing(session, study, 1)


def preparation(session: Session, study: Study) -> Iterator[Issue]:
    """List what blocks the launch of round 1 alone: groups without people, and what panelists have to read."""
    sizes = groups.sizes(session, study)
    empty = [g.key for g in groups.groups_of(session, study) if g.target and not sizes.get(g.key)]
    if empty and sum(sizes.values()):
        yield Issue(
            "empty_group",
            "No panelist belongs to: %(groups)s. Invite some, or take the target away.",
            "roster.index",
            values={"groups": ", ".join(empty)},
        )
    yield from groups_too_small(session, study)
    if not information.newest(session, study.id).text or not study.contact_email:
        yield Issue("no_information", "Panelists need an information text and a contact.", "setup.texts")


def groups_asked(session: Session, study: Study) -> list[StakeholderGroup]:
    """List the groups that the rule asks one by one; none where it asks the panel as a whole."""
    declared, rule = groups.groups_of(session, study), method.definition_of(study).rule
    parts = rule.rules if isinstance(rule, Combined) else (rule,)
    keys = {key for part in parts if isinstance(part, GroupRule) for key in part.required([g.key for g in declared])}
    return [group for group in declared if group.key in keys] if len(declared) > 1 else []


def groups_too_small(session: Session, study: Study) -> Iterator[Issue]:
    """Block the launch of a sealed study whose rule asks a group in which fewer than the smallest number are invited.

    Where panelists choose their group themselves, nobody knows that before they come; a rehearsal invites fewer people.
    """
    if study.level is not Level.SEALED or study.group_chosen or study.rehearsal_of is not None:
        return
    sizes, k = groups.sizes(session, study), study.smallest_cell
    small = [group.key for group in groups_asked(session, study) if sizes.get(group.key, 0) < k]
    if small and sum(sizes.values()):
        yield Issue("group_too_small", TOO_FEW_INVITED, "roster.index", values={"k": k, "groups": ", ".join(small)})


def targets_too_small(session: Session, study: Study) -> Iterator[Issue]:
    """Warn before the lock where the rule asks a group for which too few people are planned."""
    if study.level is not Level.SEALED or study.protocol_locked_at is not None:
        return
    k = study.smallest_cell
    small = [group.key for group in groups_asked(session, study) if group.target and group.target < k]
    if small:
        facts = {"k": k, "groups": ", ".join(small)}
        yield Issue("target_too_small", TOO_FEW_PLANNED, "setup.groups", False, facts)


def _warnings(session: Session, study: Study) -> Iterator[Issue]:
    yield from targets_too_small(session, study)
    unwritten = [name for name in ("aim", "rule_rationale", "registration") if not study.texts.get(name)]
    if unwritten and study.protocol_locked_at is None:
        yield Issue(
            "texts_empty", "Aim, reasons of the rule or registration are not written yet.", "protocol.edit", False
        )
    yield from contents.stale(session, study, 1)
    yield from _length_warnings(session, study)
    yield from _group_warnings(session, study)
    if not study.simulated and not _launched(session, study) and not _rehearsed(session, study):
        yield Issue(
            "no_rehearsal",
            "Nobody rehearsed the study yet. A simulated panel shows every page.",
            "rehearsal.show",
            False,
        )


def _length_warnings(session: Session, study: Study) -> Iterator[Issue]:
    listed = statements.newest(session, study)
    minutes = minutes_for([words_in(version) for _s, version in listed], study.language)
    if is_long(len(listed), minutes):
        yield Issue(
            "long",
            "%(n)s statements take about %(minutes)s minutes. Panels answer long questionnaires less often.",
            "statements.index",
            False,
            values={"n": len(listed), "minutes": minutes},
        )


def _group_warnings(session: Session, study: Study) -> Iterator[Issue]:
    """Say which groups will never be shown, and which will never give a verdict."""
    sizes = groups.sizes(session, study)
    too_small = NEVER_JUDGED if isinstance(method.definition_of(study).rule, GroupRule) else NEVER_SHOWN
    for group in groups.groups_of(session, study):
        n = sizes.get(group.key, 0)
        if 0 < n < study.smallest_cell:
            facts = {"group": group.key, "n": n, "k": study.smallest_cell}
            yield Issue("small_group", too_small, "roster.index", False, facts)
        elif group.target and n < group.target:
            yield Issue(
                "below_target",
                "%(group)s has %(n)s of %(target)s people.",
                "roster.index",
                False,
                values={"group": group.key, "n": n, "target": group.target},
            )


def _rehearsed(session: Session, study: Study) -> bool:
    """Whether a rehearsal was begun at any time: its copy is deleted with everything in it, the trail remembers."""
    begun = exists().where(Event.study_id == study.id, Event.kind == EventKind.REHEARSAL_STARTED)
    return bool(session.scalar(select(begun)))


def _launched(session: Session, study: Study) -> bool:
    first = find_round(session, study.id, 1)
    return first is not None and first.opened_at is not None

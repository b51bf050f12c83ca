"""What is missing before round 1, each with the page on which it is mended: page, button and guard share this list."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from delphi.consensus.rules.groups import GroupRule
from delphi.dates import minutes_for
from delphi.errors import Issue
from delphi.model.round import Round
from delphi.model.study import Study
from delphi.protocol import groups, information, method
from delphi.statements import statements
from delphi.statements.questionnaire import is_long
from delphi.translations import N_

Checks = Sequence[tuple[bool, Issue]]
NEVER_SHOWN = N_("%(group)s has %(n)s people. Of fewer than %(k)s nothing is ever shown.")
NEVER_JUDGED = N_(
    "%(group)s has %(n)s people. Of fewer than %(k)s nothing is ever shown. The rule asks every group, so it will say "
    "“too few” for every statement."
)


def issues(session: Session, study: Study) -> list[Issue]:
    """List everything: what blocks the launch first, then what deserves a thought."""
    return [*blocking(session, study), *_true(_warnings(session, study))]


def blocking(session: Session, study: Study) -> list[Issue]:
    """List what blocks the launch of round 1."""
    sizes = groups.sizes(session, study)
    empty = [g.key for g in groups.groups_of(session, study) if g.target and not sizes.get(g.key)]
    document = information.newest(session, study.id)
    lists = ", ".join(empty)
    return _true(
        [
            (
                study.protocol_locked_at is None,
                Issue(
                    "protocol_open",
                    "The protocol is not locked. Lock it, so that the rule stands before the first answer.",
                    "protocol.show",
                ),
            ),
            (
                not statements.newest(session, study),
                Issue(
                    "no_statements", "The questionnaire has no statement. Import or add statements.", "statements.index"
                ),
            ),
            (not sum(sizes.values()), Issue("no_panel", "The panel is empty. Import the panelists.", "roster.index")),
            (
                bool(sum(sizes.values()) and empty),
                Issue(
                    "empty_group",
                    "No panelist belongs to: %(groups)s. Invite some, or take the target away.",
                    "roster.index",
                    values={"groups": lists},
                ),
            ),
            (
                not document.text or not study.contact_email,
                Issue("no_information", "Panelists need an information text and a contact.", "setup.texts"),
            ),
        ]
    )


def _warnings(session: Session, study: Study) -> Checks:
    listed = statements.newest(session, study)
    minutes = minutes_for(len(listed), sum(len(version.text.split()) for _s, version in listed)) if listed else 0
    rehearsed = session.scalar(select(func.count()).select_from(Study).where(Study.rehearsal_of == study.id))
    empty = [name for name in ("aim", "rule_rationale", "registration") if not study.texts.get(name)]
    return [
        (
            bool(empty) and study.protocol_locked_at is None,
            Issue(
                "texts_empty", "Aim, reasons of the rule or registration are not written yet.", "protocol.edit", False
            ),
        ),
        (
            is_long(len(listed), minutes),
            Issue(
                "long",
                "%(n)s statements take about %(minutes)s minutes. Panels answer long questionnaires less often.",
                "statements.index",
                False,
                values={"n": len(listed), "minutes": minutes},
            ),
        ),
        *[(True, issue) for issue in _group_warnings(session, study)],
        (
            not rehearsed and not study.simulated and not _launched(session, study),
            Issue(
                "no_rehearsal",
                "Nobody rehearsed the study yet. A simulated panel shows every page.",
                "rehearsal.show",
                False,
            ),
        ),
    ]


def _group_warnings(session: Session, study: Study) -> list[Issue]:
    """Say which groups will never be shown, and which will never give a verdict."""
    sizes, found = groups.sizes(session, study), []
    by_group = isinstance(method.definition_of(study).rule, GroupRule)
    for group in groups.groups_of(session, study):
        n = sizes.get(group.key, 0)
        if 0 < n < study.smallest_cell:
            facts = {"group": group.key, "n": n, "k": study.smallest_cell}
            found.append(Issue("small_group", NEVER_JUDGED if by_group else NEVER_SHOWN, "roster.index", False, facts))
        elif group.target and n < group.target:
            found.append(
                Issue(
                    "below_target",
                    "%(group)s has %(n)s of %(target)s people.",
                    "roster.index",
                    False,
                    values={"group": group.key, "n": n, "target": group.target},
                )
            )
    return found


def _launched(session: Session, study: Study) -> bool:
    first = session.get(Round, (study.id, 1))
    return first is not None and first.opened_at is not None


def _true(checks: Checks) -> list[Issue]:
    return [issue for holds, issue in checks if holds]

"""What has to be there before round 1, in the order in which it is done: each step with what is missing from it."""

from collections.abc import Sequence
from dataclasses import dataclass

from delphi.errors import Issue
from delphi.translations import N_


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to prepare: its page, and the issue that says what is missing from it."""

    name: str
    endpoint: str
    missing: Issue | None = None


STEPS = (
    (N_("Level of anonymity"), "anonymity.show", ("level_open",)),
    (N_("Statements"), "statements.index", ("no_statements",)),
    (N_("Information and contact"), "setup.texts", ("no_information",)),
    (N_("People"), "roster.index", ("no_panel", "empty_group", "group_too_small")),
    (N_("Rehearsal"), "rehearsal.show", ("no_rehearsal",)),
    (N_("Protocol locked"), "protocol.show", ("protocol_open",)),
)


def steps(issues: Sequence[Issue]) -> list[Step]:
    """Say of each step whether it is done; what is missing from it comes from the list that guards the launch."""
    by_code = {issue.code: issue for issue in reversed(issues)}
    return [
        Step(name, endpoint, next((by_code[code] for code in codes if code in by_code), None))
        for name, endpoint, codes in STEPS
    ]


def in_order(issues: Sequence[Issue]) -> list[Issue]:
    """The issues in the order in which they are mended: the lock comes last, since it fixes the rest."""
    codes = [code for _name, _endpoint, some in STEPS for code in some]
    return sorted(issues, key=lambda issue: codes.index(issue.code) if issue.code in codes else len(codes))


def to_consider(issues: Sequence[Issue]) -> list[Issue]:
    """What blocks nothing and is no step, but deserves a thought."""
    known = {code for _name, _endpoint, codes in STEPS for code in codes}
    return [issue for issue in issues if issue.code not in known]

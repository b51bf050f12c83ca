"""What of a study needs its team, each with the page on which it is seen to and the time by which."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from delphi.model.round import Progress, Round, State
from delphi.studies.next_step import Situation
from delphi.web.language import gettext as _
from delphi.web.language import ngettext, short_day, told
from rounds.lifecycle.overview import Response

NOW, SOON, LATER = "bad", "open", ""
MOST_ISSUES = 6


@dataclass(frozen=True, slots=True)
class Attention:
    """One thing, why it matters, by when, and how it is marked."""

    words: str
    why: str
    by: str
    mark: str
    endpoint: str
    values: Mapping[str, Any] = field(default_factory=dict)


def attention(progress: Progress, now: Situation, groups: Sequence[Response]) -> Iterator[Attention]:
    """List it, the most urgent first."""
    study, current = progress.study, progress.current
    if now.addresses_bounced:
        n = now.addresses_bounced
        words = ngettext("%(num)s address takes no mail", "%(num)s addresses take no mail", n) % {"num": n}
        yield Attention(words, _("letters came back"), _("now"), NOW, "returned_mail.show")
    if current.state is State.OPEN:
        yield from _open(current, now, groups)
    elif current.state is State.CLOSED:
        yield from _closed(current, now)
    yield from _before_launch(progress.upcoming, now if progress.phase else Situation())
    if study.finished_at and study.names_due_at and not study.names_destroyed_at:
        by = _("on %(day)s") % {"day": short_day(study.names_due_at.date())}
        yield Attention(_("The names are destroyed"), _("as the panel was told"), by, LATER, "severing.show")


def _before_launch(draft: Round | None, now: Situation) -> Iterator[Attention]:
    for issue in now.issues[:MOST_ISSUES] if draft is not None else ():
        where = issue.where or "round.show"
        values = {} if issue.where or draft is None else {"number": draft.number}
        yield Attention(told(issue), "", _("before launch"), SOON, where, values)


def _open(round_: Round, now: Situation, groups: Sequence[Response]) -> Iterator[Attention]:
    refused = now.letters_refused
    if refused:
        words = ngettext("%(num)s letter was refused", "%(num)s letters were refused", refused) % {"num": refused}
        yield Attention(words, _("the mail server did not take them"), _("now"), NOW, "roster.index")
    by = _("until %(day)s") % {"day": short_day(round_.closes_at.date())} if round_.closes_at else ""
    yield from (_behind(group, round_, by) for group in groups if group.group and group.lacks)


def _behind(group: Response, round_: Round, by: str) -> Attention:
    why = _("%(n)s finished, %(target)s wanted") % {"n": group.finished, "target": group.target}
    words = _("%(group)s is behind its target") % {"group": group.group}
    return Attention(words, why, by, SOON, "round.show", {"number": round_.number})


def _closed(round_: Round, now: Situation) -> Iterator[Attention]:
    at = {"number": round_.number}
    if not now.is_counted:
        words = _("Round %(number)s is being counted") % at
        yield Attention(words, _("its results appear by themselves"), _("now"), SOON, "round.show", at)
    n = now.undecided_comments
    if n:
        words = ngettext("%(num)s comment to decide on", "%(num)s comments to decide on", n) % {"num": n}
        yield Attention(words, _("needed before the results go out"), _("before release"), SOON, "moderation.show", at)

"""The way of the study of 57 through three rounds, and what every role sees after each event."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from guards import killed_worker
from harvest import View, crawl, members, view
from study import CHANGED, CORRECTED, LATE, Play

TIMES_AT_END = 5


@dataclass
class Seen:
    """All that was seen, and what everybody on the team knows of who took part.

    Attributes
    ----------
    finished
        Who finished a round, by its number: the roster tells it by name.
    gone
        Who had left the panel when something was seen, by event.
    grouped
        The group of everybody, as the roster told it, by event.
    """

    views: list[View] = field(default_factory=list)
    finished: dict[int, frozenset[str]] = field(default_factory=dict)
    gone: dict[str, frozenset[str]] = field(default_factory=dict)
    grouped: dict[str, dict[str, str]] = field(default_factory=dict)
    panel: dict[str, dict[str, str]] = field(default_factory=dict)


def moderate(play: Play, number: int) -> None:
    """Release every comment that waits."""
    page = play.lead.get(f"{play.at}/rounds/{number}/comments").text
    tickets = set(re.findall(r'name="(comment-[0-9a-f-]{36})"', page))
    play.press(f"rounds/{number}/comments", dict.fromkeys(tickets, "released"))


def taking_part(play: Play, number: int) -> list[str]:
    """Who answers a round: neither left, nor dropped out, nor not there yet."""
    here = [name for name in play.groups if name not in play.left and play.leavers.get(name, number) >= number]
    return [name for name in here if name != LATE or number > 1]


def events(play: Play) -> Iterator[str]:
    """Play the study; the answer is what just happened, each time something did."""
    for number in range(1, play.rounds + 1):
        if not play.launch(number):
            yield f"not launched {number}"
            return
        if number == 1 and CHANGED in play.groups:
            play.regroup(CHANGED, "patients")
        play.answer(number, taking_part(play, number))
        with killed_worker(wanted=number == 2):
            play.press(f"rounds/{number}/close")
            yield f"closed {number}"
            if play.withdrawn.get(number) in play.groups:
                play.withdraw(play.withdrawn[number], number)
        play.post()
        yield f"left {number}"
        moderate(play, number)
        play.press(f"rounds/{number}/release")
        play.post()
        yield f"released {number}"
        if number == 1 and LATE in play.groups:
            play.join(LATE)
        if number == 1 and CORRECTED in play.groups:
            play.correct(CORRECTED)
        if number == 2 and CHANGED in play.groups and play.regroup(CHANGED, "carers"):
            yield "regrouped 2"
    play.press("finish", {"reason": "as planned", "confirm": "yes"})
    for time in range(TIMES_AT_END):
        yield f"end {time}"


def watch(play: Play) -> Seen:
    """Play the study, and take everything as every role at each event."""
    seen = Seen()
    for event in events(play):
        seen.gone[event], seen.grouped[event] = frozenset(play.left), dict(play.groups)
        seen.finished |= {number: frozenset(given) for number, given in play.truth.items()}
        for role, browser in play.browsers.items():
            if role in ("ada", "ben") or event.startswith(("released", "end")):
                again = event.startswith("end") and event != "end 0"
                seen.views.append(view(browser, event, role, play.at, play.post, again=again))
        if event.startswith(("released", "end 4")):
            seen.panel[event] = crawl(play.panelist("Panelist 40"), "/panel", "/panel")
    return seen


def glance(play: Play, *moments: str) -> Seen:
    """Play the study, and take what its owner sees at the end, and at these moments before it."""
    seen = Seen()
    for event in events(play):
        seen.gone[event], seen.grouped[event] = frozenset(play.left), dict(play.groups)
        seen.finished |= {number: frozenset(given) for number, given in play.truth.items()}
        if event in moments:
            seen.views.append(view(play.lead, event, "ada", play.at, play.post))
    seen.views.append(view(play.lead, "end 4", "ada", play.at, play.post))
    return seen


def repeated(seen: Seen) -> set[str]:
    """Files of the end that differed from one download to the next; the audit trail does, as it tells of downloads."""
    kinds: dict[str, set[bytes]] = {}
    for one in seen.views:
        for name, content in one.files.items() if one.event.startswith("end") else ():
            for inner, data in members(name, content):
                if not re.search(r"audit|trail|MANIFEST", inner):
                    kinds.setdefault(f"{one.role} {inner}", set()).add(data)
    return {name for name, contents in kinds.items() if len(contents) > 1}

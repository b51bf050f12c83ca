"""The script of a played study: what the lead does and the panel answers, round by round."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass

from delphi.model.study import Harm
from rounds.demo.bots import LeadBot, PanelistBot, PlannedAnswers
from rounds.demo.server import WORKERS, DemoServer


@dataclass
class Script:
    """What happens in a study: the panel, the lead's files and decisions, and everybody's answers."""

    slug: str
    facts: Mapping[str, str]
    panel: bytes
    addresses: Sequence[str]
    rounds: int
    sheets: Callable[[int], Mapping[str, PlannedAnswers]]
    statements: bytes | None = None
    harm: Harm = Harm.YES  # could it harm a panelist to be known? The level follows from the answer.
    finished: str = ""  # why the study is finished after its last round; else it is not
    revise: Callable[[LeadBot, int], None] = lambda _lead, _number: None
    done: Callable[[int, int], None] = lambda _round, _n: None


def play(running: DemoServer, script: Script, lead: LeadBot) -> None:
    """Play a study to its end, from wherever it stands."""
    if lead.browser.get(f"/studies/{script.slug}").status == 404:
        lead.create(script.facts)
        if script.statements:
            lead.upload("statements", script.statements)
        lead.upload("panel", script.panel)
        lead.choose_anonymity(script.harm)
        lead.lock()
    for number in range(1, script.rounds + 1):
        _play_round(running, script, lead, number)
    if script.finished:
        lead.finish(script.finished)


def _play_round(running: DemoServer, script: Script, lead: LeadBot, number: int) -> None:
    """Launch a round, or go on with one that was interrupted; let everybody answer; close, moderate, draft the next."""
    sheets = script.sheets(number)
    earlier = running.mailbox.counts()
    page = lead.desk(number)
    if "is open" in page.text:
        waiting = lead.unfinished()
        sheets = {address: sheet for address, sheet in sheets.items() if address in waiting}
        earlier = {}  # the letters of the first attempt lead on
    elif "/launch" in page.text or "What is missing" in page.text:
        _launch(script, lead, number)
    else:
        return
    running.mailbox.wait(list(sheets), earlier)

    def visit(address: str) -> None:
        bot = PanelistBot(running.url, running.mailbox.links[address][-1])
        with closing(bot.browser):
            bot.play(sheets[address])
        script.done(number, 1)

    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(visit, sheets))
    _finish(script, lead, number)


def _launch(script: Script, lead: LeadBot, number: int) -> None:
    if number > 1:
        script.revise(lead, number)
        lead.decide(number, "The panel rates every statement in each round.")
        if "Release the feedback" in lead.desk(number - 1).text:
            lead.press(number - 1, "/release")
    lead.press(number, "/launch").expect("is open")


def _finish(script: Script, lead: LeadBot, number: int) -> None:
    lead.press(number, "/close").expect("results")
    lead.moderate(number)
    if number < script.rounds:
        lead.press(number, "/next").expect("Prepare round")
    else:
        lead.press(number, "/release")

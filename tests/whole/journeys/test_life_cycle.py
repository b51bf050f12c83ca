"""The life of a study, move by move in any order, beside a plain one that says what must come of each (hypothesis)."""

import os
from datetime import timedelta

import pytest
import stored_study
from builders import LATER, NOW
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule, run_state_machine_as_test
from panel_moves import DESIGNS, PanelMoves, some, votes
from sqlalchemy import update

from delphi import clock
from delphi.consensus.vocabulary import Decided
from delphi.model.round import Round
from delphi.model.study import Study
from rounds.lifecycle import lifecycle
from rounds.lifecycle.closing import Closing
from rounds.revision import changes
from rounds.revision.decisions import DecidedBy
from rounds.seal.worker import Sealing

EXAMPLES = int(os.environ.get("LIFE_CYCLES", "10"))  # studies on each engine; more find more: LIFE_CYCLES=500
MOVES = 30
MOMENTS = (
    0,
    1,
    1,
    2,
    3,
    4,
    4,
    4,
    5,
    6,
    7,
    7,
    8,
    9,
)  # how many steps of the lead a study begins with; open after 1, 4, 7


class LifeCycle(PanelMoves):
    """One study and its plain twin, with all that a lead does; what must hold is looked at after each move."""

    @initialize(
        design=st.sampled_from(sorted(DESIGNS)), size=st.integers(6, 9), ahead=st.sampled_from(MOMENTS), votes=votes
    )
    def begin(self, design, size, ahead, votes):
        """Create a study, and play it up to some moment of its life."""
        self.create(design, size)
        for step in range(ahead):
            self.go_on()
            if self.plain.round.accepts:
                self.the_panel_answers(votes, step)

    @rule()
    def go_on(self):
        """What a lead does next, so that many studies come to their end; before the release the next round is tried."""
        state = self.plain.round.state if self.plain.number else "draft"
        if state == "draft" and not self.plain.locked:
            self.lock()
        if state in ("sealed", "released"):
            self.prepare_next()
            self.decide_all()
        if state in ("draft", "sealed", "released"):
            self.launch(self.plain.number + 1)
        if state == "sealed":
            self.read_comments()
            self.release()
        if state in ("open", "closed"):
            {"open": self.close, "closed": self.seal}[state]()

    @rule(number=st.integers(1, 3))
    def launch(self, number):
        may = self.plain.may_launch(number)
        if number not in self.plain.rounds:
            return
        self.deadline = LATER
        self.desk(f"rounds/{number}/launch", {"closes_at": f"{LATER:%Y-%m-%dT%H:%M}"}, allowed=may)
        if may:
            self.plain.launch()

    @precondition(lambda self: self.plain.number)
    @rule()
    def extend(self):
        may, self.deadline = self.plain.round.state == "open", self.deadline + timedelta(days=1)
        form = {"closes_at": f"{self.deadline:%Y-%m-%dT%H:%M}", "reason": "Holidays."}
        self.desk(f"rounds/{self.plain.number}/extend", form, allowed=may)
        if may:
            self.plain.round.late = False

    @precondition(lambda self: self.plain.round.accepts)
    @rule(hours=st.sampled_from([1, 50]))
    def the_deadline_passes(self, hours):
        ends = clock.now() - timedelta(hours=hours)
        with self.database.transaction() as session:
            own = update(Round).filter_by(study_id=self.id, number=self.plain.number)
            session.execute(own.values(opened_at=ends - timedelta(days=14), closes_at=ends))
        self.plain.round.late, self.hours = True, hours
        self.tries(self.who(hours))

    @precondition(lambda self: self.plain.number)
    @rule()
    def the_server_closes(self):
        """Two days after the deadline the server closes a round, and counts it later."""
        Closing(self.database).work(at=clock.now())
        if self.plain.round.state == "open" and self.plain.round.late and self.hours == 50:
            self.plain.close()

    @precondition(lambda self: self.plain.number)
    @rule()
    def close(self):
        may = self.plain.round.state == "open"
        self.desk(f"rounds/{self.plain.number}/close", allowed=may)
        if may:
            self.plain.close()
            self.plain.round.state = "sealed"
        self.tries(self.panel[0])

    @precondition(lambda self: self.plain.round.state == "open")
    @rule()
    def end_answers(self):
        """The first step of a close, after which the process was killed."""
        with self.database.transaction() as session:
            made, round_ = session.get_one(Study, self.id), session.get_one(Round, (self.id, self.plain.number))
            lifecycle.end_answers(session, made, round_, by=self.lead, at=clock.now())
        self.plain.close()
        self.tries(self.panel[0])

    @precondition(lambda self: self.plain.number)
    @rule()
    def seal(self):
        """The worker counts what waits."""
        for _ in range(20):
            if not Sealing(self.database).work(at=clock.now()):
                break
        if self.plain.round.state == "closed":
            self.plain.round.state = "sealed"

    @precondition(lambda self: self.plain.round.state in ("closed", "sealed"))
    @rule()
    def read_comments(self):
        self.desk(f"rounds/{self.plain.number}/comments", {"all": "release"}, allowed=True)
        self.plain.round.ruled = self.plain.round.comments()

    @precondition(lambda self: self.plain.number)
    @rule()
    def release(self):
        round_ = self.plain.round
        may = round_.state == "sealed" and round_.ruled == round_.comments()
        self.desk(f"rounds/{self.plain.number}/release", allowed=may)
        if may:
            round_.state = "released"

    @precondition(lambda self: self.plain.number)
    @rule()
    def prepare_next(self):
        may = self.plain.round.state in ("closed", "sealed", "released") and self.plain.draft is None
        self.desk(f"rounds/{self.plain.number}/next", allowed=may)
        if may:
            self.plain.prepare()

    def undecided(self):
        return sorted(set(self.plain.round.asked) - set(self.plain.draft.decided))

    @precondition(lambda self: self.plain.number and self.plain.draft)
    @rule()
    def decide_all(self):
        if self.plain.number and self.plain.draft:
            self._decide(dict.fromkeys(self.undecided(), Decided.RATE_AGAIN))

    @precondition(lambda self: self.plain.number and self.plain.draft and self.undecided())
    @rule(n=some, word=st.sampled_from([Decided.SETTLED_IN, Decided.RATE_AGAIN]))
    def decide(self, n, word):
        self._decide({self.undecided()[n % len(self.undecided())]: word})

    def _decide(self, chosen):
        number, by = self.plain.number + 1, DecidedBy(self.lead, NOW, "Agreed at the meeting.")
        with self.database.transaction() as session:
            changes.decide(
                session, session.get_one(Round, (self.id, number)), {s: (word, by) for s, word in chosen.items()}
            )
        for statement, word in chosen.items():
            self.plain.decide(statement, word.value)

    @precondition(lambda self: self.plain.number and self.plain.draft)
    @rule(n=some, word=st.sampled_from(["dropped", "reworded", "undo"]))
    def revise(self, n, word):
        number, draft = self.plain.number + 1, self.plain.draft
        statement = sorted(self.plain.round.asked)[n % len(self.plain.round.asked)]
        may = statement in draft.decided if word == "undo" else statement not in draft.decided
        path = {"dropped": "drop", "reworded": "reword"}.get(word, word)
        if word == "reworded":
            may = may and self.plain.round.state in ("sealed", "released")
        form = {"reason": "Clearer.", "text": f"Wording {number}.", "same_meaning": "y"}
        self.desk(f"rounds/{number}/statements/{statement}/{path}", form, allowed=may)
        if may:
            self.plain.undo(statement) if word == "undo" else self.plain.decide(statement, word)

    @precondition(lambda self: self.plain.number)
    @rule()
    def finish(self):
        may = not self.plain.finished and self.plain.round.state == "released"
        self.desk("finish", {"reason": "Enough."}, allowed=may)
        self.plain.finished = self.plain.finished or may

    @rule()
    def take_back(self):
        self.desk("finish/undo", allowed=self.plain.finished)
        self.plain.finished = False

    @invariant()
    def all_is_as_it_should_be(self):
        with self.database.transaction(writing=False) as session:
            made = session.get_one(Study, self.id)
            stored_study.check_answers(session, self.id, self.plain)
            stored_study.check_rounds(session, self.id, self.plain)
            stored_study.check_people(session, self.id, self.plain)
            stored_study.check_progress(session, made, self.plain, at=clock.now())
            published = stored_study.check_seals(session, made, self.plain, self.scale)
        kept = set(published)
        assert kept >= set(self.published), "what was published has changed"
        self.published = published

    def teardown(self):
        with self.database.transaction(writing=False) as session:
            stored_study.check_trail(session, self.id)


@pytest.mark.timeout(0 if EXAMPLES > 10 else 600)  # what fails is made shorter, which takes minutes
def test_a_study_lives_as_a_plain_one(app):
    machine = type("LifeCycleHere", (LifeCycle,), {"app": app})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=EXAMPLES, stateful_step_count=MOVES, suppress_health_check=[HealthCheck.too_slow]
        ),
    )

"""Moves of a panel in a study that lives beside a plain one: each does it in the product and says what must come of it."""

from typing import Any
from uuid import uuid4

from builders import LATER, NOW, account, people, study
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule
from plain_study import NOTHING, PlainRound, PlainStudy
from played import COS
from sqlalchemy import select

from delphi.consensus.shipped_scales import SCALES
from delphi.model.account import Account
from delphi.model.panel import Panelist
from delphi.model.rating import AnswerKind
from delphi.model.statement import Statement
from delphi.model.study import Consent, Study
from delphi.people import roster
from delphi.people.roster import NewPanelist
from delphi.protocol import method
from rounds.participation.taking_part import TakingPart
from rounds.questionnaire import saving
from rounds.questionnaire.saving import Answer

DESIGNS = {
    "four points": {"groups": ("nurses", "peers")},
    "nine points by group": {**COS, "groups": ("patients", "nurses"), "statements": COS["statements"][:3]},
}
STATUS = {"signed_out": 401, "closed": 409, "refused": 422, "changed": 409, "saved": 200}
DONE, REFUSED = 303, 409
some = st.integers(0, 29)  # which person, statement or answer, counted on from the first again
votes = st.lists(some, min_size=9, max_size=9)


def as_answer(statement, given, seen):
    """An answer as a page sends it."""
    kind = {None: AnswerKind.CLEARED, "nq": AnswerKind.NOT_QUALIFIED}.get(given, AnswerKind.RATED)
    return Answer(statement, kind, given if isinstance(given, int) else None, seen)


class PanelMoves(RuleBasedStateMachine):
    """One study and its plain twin, up to what a panelist does; the application is lent by the test."""

    app: Any = None

    @property
    def database(self):
        return self.app.extensions["database"]

    def create(self, design, size):
        with self.database.transaction() as session:
            lead = session.scalars(select(Account).filter_by(email="ada@example.org")).one_or_none()
            lead = lead or account(session, "ada")
            self.slug = f"life-{uuid4().hex[:12]}"
            groups = DESIGNS[design]["groups"]
            made = study(session, lead, self.slug, panelists=0, locked=False, smallest_cell=3, **DESIGNS[design])
            roster.add(session, made, people(size, groups))
            self.id, self.lead, self.scale = made.id, lead.id, SCALES[made.scale]
            asked = {one.number: one.code for one in session.scalars(select(Statement).filter_by(study_id=made.id))}
            session.flush()
            session.expunge(lead)
        self.plain = PlainStudy(k=3, every_group=design != "four points", most_rounds=3)
        self.plain.rounds[1] = PlainRound(asked)
        self.ada, self.devices = self.app.test_client().sign_in(lead), {}
        self.sent, self.published, self.deadline, self.comers = [], [], LATER, size
        self.meet()

    def meet(self):
        """Note who is on the panel, and let the new ones agree to take part."""
        with self.database.transaction() as session:
            panel = session.execute(select(Panelist.id, Panelist.stakeholder_group).filter_by(study_id=self.id))
            new = {who: group for who, group in panel if who not in self.plain.groups}
            session.add_all(Consent(study_id=self.id, panelist=who, version=1, given_on=NOW.date()) for who in new)
        self.plain.groups |= new
        self.panel = sorted(self.plain.groups)

    def desk(self, path, form=None, *, allowed):
        """Send a form of the lead, which is followed or refused as the plain study says."""
        answer = self.ada.send(f"/studies/{self.slug}/{path}", form or {})
        assert answer.status_code == (DONE if allowed else REFUSED), answer.text[-300:]

    def device(self, who, number=0):
        if (who, number) not in self.devices:
            self.devices[who, number] = self.app.test_client().enter(self.id, who)
        return self.devices[who, number]

    def who(self, n):
        return self.panel[n % len(self.panel)]

    def statement(self, n):
        asked = sorted(self.plain.round.asked) or [1]
        return asked[n % len(asked)]

    def value(self, n):
        values = [*self.scale.values, *(["nq"] if self.scale.opt_out else []), None]
        return values[n % len(values)]

    # --- preparing

    @precondition(lambda self: not self.plain.locked)
    @rule()
    def lock(self):
        with self.database.transaction() as session:
            method.lock(session, session.get_one(Study, self.id), by=self.lead, at=NOW)
        self.plain.locked = True

    @precondition(lambda self: self.comers < 12)
    @rule(n=some)
    def somebody_joins(self, n):
        self.comers += 1
        group = sorted(set(self.plain.groups.values()))[n % 2]
        with self.database.transaction() as session:
            new = NewPanelist(f"Comer {self.comers}", f"comer{self.comers}@panel.example.org", group)
            roster.add(session, session.get_one(Study, self.id), [new])
        self.meet()

    # --- the panel

    @precondition(lambda self: self.plain.round.accepts)
    @rule(votes=votes, shift=some)
    def the_panel_answers(self, votes, shift):
        """Most who may give answers, to some statements few do; then a device comes that knows older ones."""
        with self.database.transaction() as session:
            for place, who in enumerate(one for one in self.panel if self.plain.may_answer(one)):
                if (place + shift) % 5 == 0:
                    continue
                key, sent = str(uuid4()), {}
                for statement in self.plain.round.asked:
                    known = self.plain.round.entries.get(("answer", who, statement), (None, 0))[1]
                    if place % 4 <= votes[statement % 9] % 6:
                        sent["answer", statement] = (self.value(votes[(place + statement) % 9] + shift), known)
                answers = [as_answer(statement, *one) for (_, statement), one in sent.items()]
                saving.save(session, TakingPart(self.id, self.plain.number, who), answers, request=key)
                self.plain.keep(who, sent, key, self.plain.save(who, sent, key))
        self._save(self.who(shift), "answer", self.statement(shift), self.value(votes[0]), 1, 1)

    @rule(n=some, statement=some, value=some, device=st.integers(0, 1), behind=st.sampled_from([0, 0, 1]))
    def save(self, n, statement, value, device, behind):
        """Give, clear or change an answer; a device that is behind knows an older version."""
        self._save(self.who(n), "answer", self.statement(statement), self.value(value), device, behind)

    @rule(n=some, statement=some, text=st.sampled_from(["", "Clear.", "Too long."]), behind=st.sampled_from([0, 0, 1]))
    def comment(self, n, statement, text, behind):
        self._save(self.who(n), "comment", self.statement(statement), text, 0, behind)

    def _save(self, who, kind, statement, given, device, behind):
        version = self.plain.round.entries.get((kind, who, statement), (NOTHING[kind], 0))[1]
        sent = {(kind, statement): (given, max(0, version - behind))}
        self._post(who, sent, str(uuid4()), device)

    def tries(self, who):
        """Somebody sends an answer and submits, whether that may be or not."""
        self._save(who, "answer", self.statement(0), self.value(len(self.sent)), 0, 0)
        self._submit(who)

    def _post(self, who, sent, key, device):
        ((kind, statement), (given, seen)), *_ = sent.items()
        form = {f"{kind}-{statement}": "clear" if given is None else given, f"seen-{kind}-{statement}": seen}
        word, versions = self.plain.save(who, sent, key)
        answer = self.device(who, device).send("/panel/answers", {**form, "request": key})
        assert answer.status_code == STATUS[word], answer.text
        if word == "saved":
            self.plain.keep(who, sent, key, (word, versions))
            assert answer.json["versions"] == {f"{k}-{s}": version for (k, s), version in versions.items()}
            told = f"{len(self.plain.round.answers_of(who))} of {len(self.plain.round.asked)} "
            assert answer.json["progress"].startswith(told)
        else:
            assert answer.json["state"] == word
        self.sent.append((who, sent, key))

    @precondition(lambda self: self.sent)
    @rule(n=some, device=st.integers(0, 1))
    def repeat(self, n, device):
        """The same request comes again, from either device, whatever has happened since."""
        self._post(*self.sent[-1 - n % min(len(self.sent), 4)], device)

    @precondition(lambda self: self.sent)
    @rule(value=some)
    def use_a_key_twice(self, value):
        who, sent, key = self.sent[-1]
        ((_, statement), (_, seen)), *_ = sent.items()
        self._post(who, {("answer", statement): (self.value(value), seen)}, key, 0)

    @rule(n=some, votes=votes, behind=st.sampled_from([0, 0, 1]))
    def send_a_page(self, n, votes, behind):
        """Without JavaScript: a page of cards with all of its fields."""
        who, key, sent, form = self.who(n), str(uuid4()), {}, {}
        for place, statement in enumerate(sorted(self.plain.round.asked)[:3]):
            given, known = self.value(votes[place]), self.plain.round.entries.get(("answer", who, statement), (0, 0))[1]
            sent["answer", statement] = (given, max(0, known - behind))
            form |= {f"answer-{statement}": "clear" if given is None else given}
            form |= {f"seen-answer-{statement}": max(0, known - behind)}
        word, versions = self.plain.save(who, sent, key)
        answer = self.device(who).send("/panel/page/1", form | {"request": key})
        assert answer.status_code == {"saved": 303, "changed": 200, "signed_out": 404, "closed": 409}[word]
        if word in ("saved", "changed"):
            self.plain.keep(who, sent, key, (word, versions))

    @rule(n=some)
    def submit(self, n):
        self._submit(self.who(n))

    def _submit(self, who):
        may, takes = self.plain.may_answer(who), self.plain.round.accepts
        answer = self.device(who).send("/panel/submit")
        assert answer.status_code == (404 if not may else 303 if takes else 409)
        if may and takes:
            self.plain.round.submitted.add(who)

    @rule(n=some)
    def decline(self, n):
        who = self.who(n)
        answer = self.device(who).send("/panel/consent", {"decision": "decline"})
        assert answer.status_code == (404 if who in self.plain.left else 303)
        if who not in self.plain.left:
            self.plain.declined.add(who)
        self.tries(who)

    @precondition(lambda self: self.plain.declined - self.plain.left)
    @rule(n=some)
    def come_back(self, n):
        declined = sorted(self.plain.declined - self.plain.left)
        who = declined[n % len(declined)]
        may = self.plain.number == 0 or self.plain.round.accepts
        answer = self.device(who).send("/panel/declined", {"decision": "undo"})
        assert answer.status_code == (303 if may else 409)
        if may:
            self.plain.declined.discard(who)
        self.tries(who)

    @precondition(lambda self: len(self.plain.left) < 4)
    @rule(n=some, remove=st.booleans())
    def withdraw(self, n, remove):
        who = self.who(n)
        self.tries(who)
        gone = who in self.plain.left
        choice = {"choice": "remove_open" if remove else "keep", "confirm": "yes"}
        answer = self.device(who, 1).send("/panel/withdraw", choice)
        offered = not gone and self.plain.withdraw(who, remove=remove)
        assert answer.status_code == (404 if gone else 200 if offered else 422)
        self.tries(who)

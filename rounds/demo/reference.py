"""The reference study as it is played: what the lead changes between rounds, and what the simulated panel answers."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from delphi.studies.designs import LIBRARY
from rounds.demo import simulation
from rounds.demo.bots import LeadBot, PlannedAnswers
from rounds.demo.script import Script
from rounds.questionnaire.paging import pages

SLUG, ROUNDS = "reference", 3
ADDED = "Recommendations enter in this round."


@dataclass(frozen=True)
class Reference:
    """The plan of the study, for one seed and one size of the panel."""

    seed: int
    size: int

    @cached_property
    def rows(self) -> list[dict[str, str]]:
        """Every version of every statement, from the file of the study."""
        text = (LIBRARY / "reference" / "statements.csv").read_text(encoding="utf-8")
        return list(csv.DictReader(text.splitlines()))

    @cached_property
    def people(self) -> list[simulation.Person]:
        """The simulated panel."""
        return simulation.panel(self.seed, self.size)

    def asked(self, round_: int) -> list[dict[str, str]]:
        """The versions asked in a round, as the file orders them."""
        return [row for row in self.rows if int(row["first_round"]) <= round_ <= int(row["last_round"])]

    def sheets(self, round_: int) -> dict[str, PlannedAnswers]:
        """Everybody's answers in a round, by address; who does not come has none."""
        cut = len(pages([row["section"] for row in self.asked(round_)]))
        plans = {}
        for person in self.people:
            status = simulation.presence(self.seed, person, round_)
            if status != "absent":
                plans[person.email] = PlannedAnswers(
                    answers=self._answers(person, round_),
                    before=self._before(person, round_),
                    submits=status == "submitted",
                    pages=simulation.pages_answered(status, cut),
                )
        return plans

    def _answers(self, person: simulation.Person, round_: int) -> dict[str, tuple[int | str | None, str]]:
        answers = {
            row["code"]: simulation.answer(self.seed, person, round_, row["code"], row["kind"])
            for row in self.asked(round_)
        }
        return {code: (answer.value, answer.comment) for code, answer in answers.items()}

    def _before(self, person: simulation.Person, round_: int) -> Mapping[str, int | str | None]:
        """The own answers that the page must show: those of a round in which this person finished."""
        if round_ == 1:
            return {}
        seen = {row["code"]: None for row in self.asked(round_ - 1)}
        finished = simulation.presence(self.seed, person, round_ - 1) == "submitted"
        answers = self._answers(person, round_ - 1) if finished else {}
        now = {row["code"] for row in self.asked(round_)}
        return {code: answers[code][0] if code in answers else None for code in seen if code in now}

    def revise(self, lead: LeadBot, round_: int) -> None:
        """Reword and merge as the file says; what the draft holds already is left alone."""
        before = {row["code"]: row for row in self.asked(round_ - 1)}
        for row in self.asked(round_):
            parents = [old for old in before.values() if old["becomes"] == row["code"] != old["code"]]
            draft = lead.desk(round_).expect("Prepare round")
            if parents and f'data-code="{row["code"]}"' not in draft.text:
                self._merge(lead, round_, row, [old["code"] for old in parents])
            elif row["version"] != "1" and row["code"] in before and before[row["code"]]["version"] != row["version"]:
                self._reword(lead, round_, row)

    @staticmethod
    def _reword(lead: LeadBot, round_: int, row: dict[str, str]) -> None:
        number = lead.number_of(round_, row["code"], text=row["text"])
        if number:
            lead.reword(round_, number, {"text": row["text"], "reason": row["reason"]})

    @staticmethod
    def _merge(lead: LeadBot, round_: int, row: dict[str, str], parents: list[str]) -> None:
        numbers = [lead.number_of(round_, code) for code in parents]
        lead.merge(
            round_,
            [n for n in numbers if n],
            {name: row[name] for name in ("code", "kind", "section", "text", "reason")},
        )


def reference_script(plan: Reference) -> Script:
    """The script of the reference study."""
    facts = {
        "template": "reference",
        "lead_name": "The demonstration's study lead",
        "contact_email": "lead@example.org",
        "time_zone": "Europe/Amsterdam",
        "simulated": "y",
    }
    return Script(
        slug=SLUG,
        facts=facts,
        panel=simulation.as_csv(plan.people),
        addresses=[person.email for person in plan.people],
        rounds=ROUNDS,
        sheets=plan.sheets,
        revise=plan.revise,
    )

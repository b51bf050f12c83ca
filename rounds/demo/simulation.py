"""A simulated panel: who they are, and what each would answer. Pure and seeded; it has not seen any target.

Every figure of the model is calibrated so that a panel like that of the reference study comes out: opinions are close
from the start and closer in each round. The same seed gives the same panel, whatever runs in parallel.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

COUNTRIES = [
    "Austria",
    "Belgium",
    "Bulgaria",
    "Croatia",
    "Cyprus",
    "Czechia",
    "Denmark",
    "Estonia",
    "Finland",
    "France",
    "Germany",
    "Greece",
    "Hungary",
    "Ireland",
    "Italy",
    "Latvia",
    "Lithuania",
    "Luxembourg",
    "Netherlands",
    "Poland",
    "Portugal",
    "Romania",
    "Spain",
    "Sweden",
]
FIELDS = ("harm reduction", "migration", "health care", "community and peer work")
# Share that disagrees, by kind and round, before the spread between items.
DISSENT = {"statement": (0.10, 0.045, 0.0205), "recommendation": (0.0, 0.02, 0.0032)}
FULL_AGREEMENT = (0.62, 0.72, 0.80)
NOT_QUALIFIED, BLANK, COMMENT = 0.03, 0.012, 0.10
UNFINISHED, ABSENT, DECLINING = 0.05, (0.02, 0.05, 0.07), 0.0
REMARKS = (
    "In my country the services know this, the registers do not.",
    "Depends on the service: where peers work, trust is less of a problem.",
    "The wording is broad; I rated what I see in my own work.",
    "I would add housing here.",
    "True for newcomers, less so after some years.",
    "We see this every week.",
)


@dataclass(frozen=True, slots=True)
class Person:
    """A member of the simulated panel."""

    number: int
    name: str
    email: str
    country: str
    field: str
    years: int


@dataclass(frozen=True, slots=True)
class SimulatedAnswer:
    """What a simulated panelist gives to one statement: an option, "nq", or None for a blank."""

    value: int | str | None
    comment: str = ""


def panel(seed: int, size: int) -> list[Person]:
    """Draw a panel: every country once, as far as the panel reaches, then by chance."""
    draw = Random(f"{seed}/panel")  # noqa: S311 (a simulation, not a secret)
    countries = list(COUNTRIES)[:size] + [draw.choice(COUNTRIES) for _ in range(size - len(COUNTRIES))]
    draw.shuffle(countries)
    return [
        Person(
            number=n,
            name=f"Panelist {n:02}",
            email=f"panelist{n:02}@panel.example.org",
            country=country,
            field=draw.choice(FIELDS),
            years=draw.randint(2, 30),
        )
        for n, country in enumerate(countries, 1)
    ]


def as_csv(people: Sequence[Person]) -> bytes:
    """Write the panel as the file that a lead imports."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["name", "email", "group", "country", "years"])
    writer.writerows([p.name, p.email, p.field, p.country, p.years] for p in people)
    return text.getvalue().encode()


def presence(seed: int, person: Person, round_: int) -> str:
    """How far a panelist comes in a round: "absent", "unfinished" or "submitted"."""
    lot = Random(f"{seed}/{person.number}/presence/{round_}").random()  # noqa: S311 (a simulation, not a secret)
    absent = ABSENT[min(round_, 3) - 1]
    return "absent" if lot < absent else "unfinished" if lot < absent + UNFINISHED else "submitted"


def answer(seed: int, person: Person, round_: int, code: str, kind: str) -> SimulatedAnswer:
    """A panelist's answer. Opinion and knowledge stay from round to round; the panel draws closer around them."""
    draw = Random(f"{seed}/{person.number}/{code}")  # noqa: S311 (a simulation, not a secret)
    opinion, firmness, knows, blank, remark = (draw.random() for _ in range(5))
    spread = 0.3 + 1.4 * Random(f"{seed}/{code}").random()  # noqa: S311 (a simulation, not a secret)
    stage = min(round_, 3) - 1
    comment = REMARKS[int(remark / COMMENT * len(REMARKS))] if remark < COMMENT and round_ < 3 else ""
    if blank < BLANK:
        return SimulatedAnswer(None)
    if knows < NOT_QUALIFIED * 2 * (1 - person.years / 60):
        return SimulatedAnswer("nq", comment)
    if opinion < DISSENT[kind][stage] * spread:
        return SimulatedAnswer(1 if firmness < 0.25 else 2, comment)
    return SimulatedAnswer(4 if firmness < FULL_AGREEMENT[stage] else 3, comment)


def pages_answered(status: str, pages: int) -> int | None:
    """How many pages somebody fills in who does not finish: half of them, at least one; None means all."""
    return max(1, pages // 2) if status == "unfinished" else None

"""The simulated panel: seeded, calibrated, and not told any target."""

from rounds.demo import simulation
from rounds.demo.cli import PANELISTS, SEED
from rounds.demo.reference import Reference


def everybodys(seed: int, size: int = PANELISTS) -> dict:
    plan = Reference(seed, size)
    return {number: plan.sheets(number) for number in (1, 2, 3)}


def test_the_same_seed_gives_the_same_panel_and_the_same_answers():
    assert everybodys(SEED) == everybodys(SEED)


def test_a_second_seed_gives_other_people_and_other_answers():
    assert simulation.panel(SEED, 57) != simulation.panel(SEED + 1, 57)
    assert everybodys(SEED) != everybodys(SEED + 1)


def test_57_panelists_come_from_exactly_24_countries():
    for seed in range(20):
        assert len({person.country for person in simulation.panel(seed, 57)}) == 24


def test_a_small_panel_has_as_many_countries_as_people():
    assert len({person.country for person in simulation.panel(1, 7)}) == 7


def test_some_do_not_finish_and_some_say_not_qualified():
    sheets = everybodys(SEED)
    assert all(any(not sheet.submits for sheet in round_.values()) for round_ in sheets.values())
    assert len(sheets[3]) < len(sheets[1]) < 57
    given = [value for sheet in sheets[3].values() for value, _ in sheet.answers.values()]
    assert {"nq", None, 3, 4} <= set(given)


def test_the_panel_draws_closer_from_round_to_round():
    def dissent(number: int) -> float:
        values = [v for s in everybodys(SEED)[number].values() for v, _ in s.answers.values() if isinstance(v, int)]
        return sum(v <= 2 for v in values) / len(values)

    assert dissent(1) > dissent(2) > dissent(3)


def test_the_rounds_ask_what_the_study_asks():
    plan = Reference(1, 5)
    counted = [[row["kind"] for row in plan.asked(number)] for number in (1, 2, 3)]
    assert [(kinds.count("statement"), kinds.count("recommendation")) for kinds in counted] == [
        (21, 0),
        (20, 15),
        (20, 15),
    ]


def test_who_did_not_finish_is_not_promised_an_own_answer():
    plan = Reference(SEED, PANELISTS)
    people = {person.email: person for person in plan.people}
    for email, sheet in plan.sheets(2).items():
        if simulation.presence(SEED, people[email], 1) != "submitted":
            assert set(sheet.before.values()) == {None}

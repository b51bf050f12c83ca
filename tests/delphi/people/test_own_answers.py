"""What a panelist gave, as plain values."""

from delphi.people.own_answers import by_statement


def test_the_answers_to_a_statement_stand_together_under_its_last_wording():
    def given(number, code, wording):
        return {"round": number, "statement": code, "wording": wording, "answer": "agree"}

    first, other, again = given(1, "S1", "It is so."), given(1, "S2", "It was so."), given(2, "S1", "It is often so.")
    assert by_statement([first, other, again]) == [
        ("S1", "It is often so.", [first, again]),
        ("S2", "It was so.", [other]),
    ]
    assert by_statement([]) == []

"""What a page of cards sent too late: only what differs from the stored answers is called unsaved."""

from rounds.questionnaire.cards import Card
from rounds.questionnaire.forms import unsaved_fields


def card(answer):
    words = {"code": "S1", "section": "", "text": "A statement.", "help": "", "evidence": ""}
    return Card(place=1, statement=1, **words, answer=answer, comment="Kept.", feedback_round=0)


def test_a_stored_answer_of_nought_is_not_unsaved():
    assert unsaved_fields({"answer-1": "0", "comment-1": "Kept."}, [card(0)]) == []


def test_what_differs_from_the_stored_answer_is_unsaved():
    stored = card(0)
    assert unsaved_fields({"answer-1": "10", "comment-1": "Kept."}, [stored]) == [(stored, {"answer": "10"})]

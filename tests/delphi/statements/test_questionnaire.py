"""What a round asks: each statement at its place, in the wording of that round."""

from builders import NOW, drafted, released

from delphi.statements.questionnaire import asked, asked_in
from rounds.revision import changes
from rounds.revision.decisions import DecidedBy


def test_every_round_keeps_the_wording_it_asked(cast):
    draft = drafted(cast.session, cast.study, released(cast.session, cast.study, [{1: 4, 2: 4, 3: 4}] * 6))
    old = asked(cast.session, cast.study.id, 1)
    changes.reword(cast.session, draft, 2, text="Clearer.", by=DecidedBy(cast.ada.id, NOW, "clearer"))
    changes.drop(cast.session, draft, 1, by=DecidedBy(cast.ada.id, NOW, "settled elsewhere"))
    new = asked(cast.session, cast.study.id, 2)
    assert asked(cast.session, cast.study.id, 1) == old
    assert [(row.position, row.version, row.text == "Clearer.") for row in new.values()] == [
        (1, 2, True),
        (2, 1, False),
    ]
    assert asked_in(cast.session, cast.study.id, [2, 1]) == [*old.values(), *new.values()]

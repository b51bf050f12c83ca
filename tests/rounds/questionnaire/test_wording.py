"""What a panelist is told of the way from one round to the next."""

from builders import NOW, drafted, launched, released

from delphi.consensus.vocabulary import Decided, Proposal
from delphi.statements.statements import NewStatement
from rounds.questionnaire.wording import changes_into
from rounds.revision import changes
from rounds.revision.decisions import DecidedBy

PARTS = [NewStatement(f"STMT2.{n}", f"Part {n} is needed.", section="Services", enters_round=2) for n in (1, 2)]


def test_every_statement_is_told_once_by_what_became_of_it(cast):
    cast.study.settled = "leave"
    draft = drafted(cast.session, cast.study, released(cast.session, cast.study, [{1: 4, 2: 4, 3: 4}] * 6))
    changes.decide(cast.session, draft, {1: (Decided.SETTLED_IN, DecidedBy(cast.ada.id, NOW, "", Proposal.SETTLED_IN))})
    changes.drop(cast.session, draft, 2, by=DecidedBy(cast.ada.id, NOW, "no longer asked"))
    changes.split(cast.session, draft, 3, PARTS, by=DecidedBy(cast.ada.id, NOW, "two in one"))
    launched(cast.session, cast.study, 2)
    made = changes_into(cast.session, cast.study, 2)
    assert [line.code for line in made.settled] == ["STMT1.1"]
    assert [(line.code, line.reason) for line in made.removed] == [("STMT1.2", "no longer asked")]
    assert [line.code for line in made.split] == ["STMT2.1", "STMT2.2"]
    assert (made.before, made.reworded, made.merged, made.reopened, made.new) == (3, (), (), (), ())


def test_changes_of_an_earlier_round_are_not_told_again(cast):
    draft = drafted(cast.session, cast.study, released(cast.session, cast.study, [{1: 4, 2: 4, 3: 4}] * 6))
    changes.reword(cast.session, draft, 1, text="Clearer.", by=DecidedBy(cast.ada.id, NOW, "clearer"))
    third = drafted(cast.session, cast.study, released(cast.session, cast.study, [{1: 4, 2: 4, 3: 4}] * 6, number=2))
    changes.reword(cast.session, third, 2, text="Clearer too.", by=DecidedBy(cast.ada.id, NOW, "clearer"))
    launched(cast.session, cast.study, 3)
    told = [changes_into(cast.session, cast.study, number).reworded for number in (2, 3)]
    assert [[line.code for line in lines] for lines in told] == [["STMT1.1"], ["STMT1.2"]]
    assert changes_into(cast.session, cast.study, 1) is None

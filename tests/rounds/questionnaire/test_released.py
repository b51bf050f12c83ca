"""The final results of a study: the last result of every statement that is still one."""

import pytest
from builders import NOW, drafted, released

from delphi.model.panel import Panelist
from delphi.model.round import Round
from delphi.statements.statements import NewStatement
from rounds.questionnaire.released import results_until
from rounds.revision import changes
from rounds.revision.decisions import DecidedBy

PARTS = [NewStatement(f"STMT2.{n}", f"Part {n} is needed.", section="Services", enters_round=2) for n in (1, 2)]
CROSSED = {
    "split": lambda session, draft, by: changes.split(session, draft, 2, PARTS, by=by),
    "dropped": lambda session, draft, by: changes.drop(session, draft, 2, by=by),
    "merged": lambda session, draft, by: changes.merge(session, draft, [2, 3], PARTS[0], by=by),
    "reworded": lambda session, draft, by: changes.reword(session, draft, 2, text="Clearer.", by=by),
}


@pytest.mark.parametrize(
    ("change", "left"),
    [("split", [1, 3, 4, 5]), ("dropped", [1, 3]), ("merged", [1, 4]), ("reworded", [1, 2, 3])],
)
def test_a_statement_that_became_others_leaves_the_final_results(cast, change, left):
    draft = drafted(cast.session, cast.study, released(cast.session, cast.study, [{1: 4, 2: 4, 3: 4}] * 6))
    CROSSED[change](cast.session, draft, DecidedBy(cast.ada.id, NOW, "clearer"))
    released(cast.session, cast.study, [dict.fromkeys(left, 4)] * 6, number=2)
    who = cast.session.get_one(Panelist, (cast.study.id, cast.panel[0]))
    rounds = [cast.session.get_one(Round, (cast.study.id, number)) for number in (1, 2)]
    first, last = (results_until(cast.session, cast.study, who, one, final=True).lines for one in rounds)
    assert sorted(line.statement for line in last) == left
    assert len(first) == 3

"""Table 1: characteristics of the people who were counted, as counts that show nobody; made once, when a study is finished.

They are counted on this side, beside the names; what leaves is never crossed with an answer, a group or another characteristic.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from delphi.consensus.disclosure.small_cells import visible_groups
from delphi.model.identity import Identity, KeptCharacteristics
from delphi.model.panel import Panelist
from delphi.model.round import Participation
from delphi.model.study import Study

NOT_SAID = ""


def keep(session: Session, study: Study, panelist: Panelist) -> None:
    """Keep what somebody said who leaves and was counted: without name, address and code, and only what the study asks."""
    counted = select(Participation.round).where(
        Participation.study_id == study.id, Participation.panelist == panelist.id, Participation.counted.is_(True)
    )
    person = session.get(Identity, (study.id, panelist.id))
    if person is None or not study.asked_characteristics or session.scalar(counted.limit(1)) is None:
        return
    asked = {question["key"] for question in study.asked_characteristics}
    said = {key: value for key, value in person.characteristics.items() if key in asked}
    session.add(KeptCharacteristics(study_id=study.id, characteristics=said))


def describe(session: Session, study: Study) -> dict[str, Any] | None:
    """Count the characteristics of everybody counted in any round, and destroy what was kept of those who left.

    None where the study asks for none, or fewer than the smallest cell were counted.
    """
    rounds = select(Participation.panelist).where(Participation.study_id == study.id, Participation.counted.is_(True))
    people = len(set(session.scalars(rounds)))
    here = select(Identity.characteristics).where(Identity.study_id == study.id, Identity.panelist.in_(rounds))
    left = select(KeptCharacteristics.characteristics).where(KeptCharacteristics.study_id == study.id)
    said = [*session.scalars(here), *session.scalars(left)]
    session.execute(delete(KeptCharacteristics).where(KeptCharacteristics.study_id == study.id))
    if people < study.smallest_cell or not study.asked_characteristics:
        return None
    counted = [
        {"label": str(question.get("label") or question["key"])}
        | _counted([str(one.get(question["key"], NOT_SAID)).strip() for one in said], people, study.smallest_cell)
        for question in study.asked_characteristics
    ]
    return {"people": people, "characteristics": counted}


def _counted(answers: Sequence[str], people: int, k: int) -> dict[str, Any]:
    """Count answers; those of fewer than k people, and of who said nothing, are one rest of nobody or of k at least."""
    counts = Counter(answer for answer in answers if answer)
    sizes = dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))
    rest = people - sum(counts.values())
    shown = visible_groups(sizes | {NOT_SAID: rest}, k, hidden=[NOT_SAID])
    told = [[answer, sizes[answer]] for answer in shown]
    return {"counts": told, "others": people - sum(sizes[answer] for answer in shown), "distinct": len(counts)}

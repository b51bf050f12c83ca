"""How many took part and commented in rounds that are over: totals only, and only from the smallest cell upwards."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy.orm import Session

from delphi.consensus.sealed_counts import SealedRound
from delphi.consensus.vocabulary import EVERYBODY
from delphi.model.round import Round
from delphi.model.study import Study
from rounds.seal import chain, texts


@dataclass(frozen=True, slots=True)
class Turnout:
    """Totals of one round; None is a number too small to be told, or not counted yet."""

    people: int | None
    comments: int | None


def turnout_of(session: Session, study: Study, rounds: Collection[Round]) -> dict[int, Turnout]:
    """Tell who took part in closed rounds; nothing is told while a round is open."""
    over = [round_.number for round_ in rounds if round_.closed_at]
    seals = {n: SealedRound.from_dict(seal.content) for n, seal in chain.seals_of(session, study.id).items()}
    comments = texts.comment_counts(session, study.id, over)

    def shown(n: int | None) -> int | None:
        return n if n is not None and n >= study.smallest_cell else None

    def people(number: int) -> int | None:
        panel = seals[number].numbers_of(EVERYBODY) if number in seals else None
        return panel.counted if panel else None

    return {number: Turnout(shown(people(number)), shown(comments.get(number))) for number in over}

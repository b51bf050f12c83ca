"""Where a panelist stands: the round that is open to them, and their cards as they are cut into pages."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from sqlalchemy.orm import Session

from delphi.consensus.scale import Scale
from delphi.consensus.shipped_scales import SCALES
from delphi.dates import minutes_for
from delphi.errors import NotFound
from delphi.model.panel import Panelist
from delphi.model.round import Participation, Round, State, latest_round
from delphi.model.study import Study
from rounds.participation import consent, taking_part
from rounds.questionnaire.cards import Card, cards
from rounds.questionnaire.paging import pages


@dataclass(frozen=True)
class Sitting:
    """One panelist before the open round."""

    session: Session
    study: Study
    round: Round
    who: Panelist

    @property
    def key(self) -> taking_part.Key:
        """The participation."""
        return (self.study.id, self.round.number, self.who.id)

    @property
    def scale(self) -> Scale:
        """The scale of the study."""
        return SCALES[self.study.scale]

    @cached_property
    def cards(self) -> list[Card]:
        """All cards of the round, without feedback."""
        return cards(self.session, self.study, self.round.number, self.who.id)

    @cached_property
    def cut(self) -> list[range]:
        """The pages, as ranges of cards."""
        return pages([card.section for card in self.cards])

    def page(self, number: int) -> list[Card]:
        """Give the cards of one page.

        Raises
        ------
        NotFound
            There is no such page.
        """
        if not 1 <= number <= len(self.cut):
            raise NotFound
        return [self.cards[i] for i in self.cut[number - 1]]

    @property
    def page_of(self) -> dict[int, int]:
        """Page of each statement."""
        return {self.cards[i].statement: number for number, page in enumerate(self.cut, 1) for i in page}

    @property
    def resume(self) -> tuple[int, int] | None:
        """Page and statement to go on with; None when everything is answered."""
        first = next(iter(self.open_cards), None)
        return None if first is None else (self.page_of[first.statement], first.statement)

    @property
    def open_cards(self) -> list[Card]:
        """Cards without an answer."""
        return [card for card in self.cards if not card.answered]

    @property
    def answered(self) -> int:
        """How many cards have an answer."""
        return len(self.cards) - len(self.open_cards)

    @property
    def minutes(self) -> int:
        """Minutes for what is still open."""
        return minutes_of(self.open_cards)

    def again(self) -> "Sitting":
        """Read the cards anew, after a save."""
        return Sitting(self.session, self.study, self.round, self.who)

    def sheet(self, secret: str) -> str:
        """Name this questionnaire and its owner, so that a page left open elsewhere cannot answer for another."""
        told = f"{self.study.id}/{self.round.number}/{self.who.id}"
        return hmac.new(secret.encode(), told.encode(), hashlib.sha256).hexdigest()[:32]


def minutes_of(mine: list[Card]) -> int:
    """Estimate the minutes for these cards."""
    return minutes_for(len(mine), sum(len(card.text.split()) for card in mine))


def sit(session: Session, study: Study, who: Panelist, *, at: datetime) -> Sitting:
    """Seat a panelist before the round they take part in and have consented to.

    Raises
    ------
    NotFound
        There is no such round for this panelist.
    RoundClosed
        The round does not accept answers any more.
    """
    round_ = latest_round(session, study)
    if round_ is None or round_.number == 0 or not who.taking_part or consent.missing(session, study, who):
        raise NotFound
    if session.get(Participation, (study.id, round_.number, who.id)) is None:
        raise NotFound
    if round_.state is not State.OPEN or not round_.accepts(at=at):
        raise taking_part.closed(round_)
    return Sitting(session, study, round_, who)

"""A panelist's answer sheet: the cards of the round that is open to them, as they are cut into pages."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache

from sqlalchemy.orm import Session

from delphi import handed_links
from delphi.consensus.scale import Scale
from delphi.contents.reading import Contents
from delphi.errors import NotFound
from delphi.model.panel import Panelist
from delphi.model.round import Round
from delphi.model.study import Study
from rounds.participation.taking_part import TakingPart, latest_taking_part
from rounds.questionnaire.cards import Card, cards_and_past, cards_in
from rounds.questionnaire.paging import PAGE, pages, places_of


@dataclass(frozen=True)
class AnswerSheet:
    """The questionnaire of a round with the answers of one panelist."""

    session: Session
    study: Study
    round: Round
    panelist: Panelist
    most: int = PAGE  # statements on a page
    said: Contents | None = None  # the study in the language of the reader

    @property
    def contents(self) -> Contents:
        """The study in the language of the reader; as its source says it, where no language was named."""
        return self.said or Contents.of_source(self.study)

    @property
    def part(self) -> TakingPart:
        """The participation whose answers these are."""
        return TakingPart(self.study.id, self.round.number, self.panelist.id)

    @property
    def closes_at(self) -> datetime:
        """When the round closes: it was launched, so that this is known."""
        assert self.round.closes_at is not None
        return self.round.closes_at

    @cached_property
    def scale(self) -> Scale:
        """The scale of the study, in its words."""
        return self.contents.scale(self.study)

    @property
    def cards(self) -> list[Card]:
        """All cards of the round, without feedback."""
        return self._read[0]

    @property
    def own_past(self) -> Mapping[int, int | str | None]:
        """What the panelist answered in the round before, by statement."""
        return self._read[1]

    @cached_property
    def _read(self) -> tuple[list[Card], dict[int, int | str | None]]:
        number = self.round.number
        rounds = [number - 1, number] if number > 1 else [number]
        asked, past = cards_and_past(self.session, self.study, rounds, self.panelist.id)
        return cards_in(self.contents, asked), past

    @cached_property
    def cut(self) -> list[range]:
        """The pages, as ranges of cards."""
        return pages([card.section for card in self.cards], most=self.most)

    def page(self, number: int) -> list[Card]:
        """The cards of one page.

        Raises
        ------
        NotFound
            There is no such page.
        """
        return [self.cards[i] for i in places_of(self.cut, number)]

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
    def given(self) -> set[int]:
        """The statements that have an answer."""
        return {card.statement for card in self.cards if card.answered}


@lru_cache(maxsize=4000)
def fingerprint(part: TakingPart, secret: str) -> str:
    """A name of a sheet and its owner, so that a page left open elsewhere cannot answer for another."""
    owner = f"{part.study}/{part.round}/{part.panelist}"
    return hmac.new(secret.encode(), owner.encode(), hashlib.sha256).hexdigest()[:32]


def open_sheet(
    session: Session,
    study: Study,
    panelist: Panelist,
    *,
    at: datetime,
    most: int = PAGE,
    said: Contents | None = None,
) -> AnswerSheet:
    """The answer sheet of a panelist in the round that takes answers.

    Raises
    ------
    NotFound
        There is no such round for this panelist.
    RoundClosed
        The round does not take answers any more.
    Withheld
        Answers were given through another link, and this session may not see them.
    """
    round_, part = latest_taking_part(session, study, panelist, at=at) or (None, None)
    if round_ is None or round_.number == 0 or part is None:
        raise NotFound
    handed_links.refuse_withheld(session, round_.number)
    return AnswerSheet(session, study, round_, panelist, most, said)

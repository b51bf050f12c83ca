"""A study in one language: each piece as it is shown, with the language it is in."""

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from delphi.consensus.scale import Scale
from delphi.consensus.shipped_scales import SCALES
from delphi.contents.piece import Piece
from delphi.contents.scale_words import worded, words_of
from delphi.model.study import Study
from delphi.model.translation import Translation

Remember = Callable[[Hashable, Callable[[], Any]], Any]  # by a name, what was made under it before, or what is made now


class Wording(NamedTuple):
    """A text in another language, and the source wording that it was made from."""

    text: str
    source: str


@dataclass(frozen=True)
class Contents:
    """The pieces of a study in one language; what a translation lacks is said in the language of the source."""

    source: str
    language: str
    wordings: Mapping[str, Wording]

    @classmethod
    def of_source(cls, study: Study) -> "Contents":
        """A study as its source says it."""
        return cls(study.language, study.language, {})

    def say(self, item: str, source: str) -> Piece:
        """A piece under its id, as it is shown beside what the source says today."""
        return self._said(self.wordings.get(item), source)

    def statement(self, number: int, field: str, source: str) -> Piece:
        """A text of a statement: the translation of this very wording, or else the last one that there is."""
        versions = self._statements.get((number, field), {})
        of_this = next((wording for wording in versions.values() if wording.source == source), None)
        last = versions[max(versions)] if versions else None
        return self._said(of_this or last, source)

    def section(self, name: str, numbers: Iterable[int] = ()) -> Piece:
        """The name of a section; ``numbers`` are statements in it, by which a renamed one is found."""
        if name in self._sections:
            return self._said(self._sections[name], name)
        items = (f"section.{number}" for number in sorted(numbers))
        return self._said(next((self.wordings[item] for item in items if item in self.wordings), None), name)

    def scale(self, study: Study) -> Scale:
        """The scale of the study in its words."""
        own = worded(SCALES[study.scale], study.scale_words)
        return worded(own, {item: self.say(item, word) for item, word in words_of(own).items()})

    def _said(self, wording: Wording | None, source: str) -> Piece:
        if wording is None or not source:
            return Piece(source, self.source)
        made_from = None if wording.source == source else wording.source
        return Piece(wording.text, self.language, source=source, made_from=made_from)

    @cached_property
    def _statements(self) -> dict[tuple[int, str], dict[int, Wording]]:
        """The translations of statements by number and field, then by version."""
        found: dict[tuple[int, str], dict[int, Wording]] = {}
        for item, wording in self.wordings.items():
            if item.startswith("statement."):
                _word, number, version, field = item.split(".", 3)
                found.setdefault((int(number), field), {})[int(version)] = wording
        return found

    @cached_property
    def _sections(self) -> dict[str, Wording]:
        return {wording.source: wording for item, wording in self.wordings.items() if item.startswith("section.")}


def at_once(_name: Hashable, make: Callable[[], Any]) -> Any:
    """Remember nothing: make it each time."""
    return make()


def languages_of(study: Study) -> list[str]:
    """The languages of a study, that of the source first."""
    return [study.language, *study.languages]


def language_for(study: Study, wanted: str | None) -> str:
    """The language in which somebody who wants this one reads the study: the same, one of its kin, or the source.

    Examples
    --------
    >>> language_for(Study(language="en", languages=["nl", "pt"]), "pt-BR")
    'pt'
    >>> language_for(Study(language="en", languages=[]), "nl")
    'en'
    """
    spoken = languages_of(study)
    for code in (wanted or "", (wanted or "").partition("-")[0]):
        if code in spoken:
            return code
    return study.language


def contents_of(session: Session, study: Study, wanted: str | None, *, remember: Remember = at_once) -> Contents:
    """The study in the language wanted; nothing is asked of the database where that is the language of the source."""
    language = language_for(study, wanted)
    if language == study.language:
        return Contents.of_source(study)
    name = ("contents", study.id, study.created_at, language, study.translated)
    found: Contents = remember(name, lambda: Contents(study.language, language, wordings_in(session, study, language)))
    return found


def wordings_in(session: Session, study: Study, language: str) -> dict[str, Wording]:
    """All translations of a study into one language, by item."""
    rows = select(Translation.item, Translation.text, Translation.source)
    rows = rows.where(Translation.study_id == study.id, Translation.language == language).order_by(Translation.item)
    return {item: Wording(text, source) for item, text, source in session.execute(rows)}

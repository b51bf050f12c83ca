"""A study as its record with the wordings of another language: of exactly the versions that were rated, or of the source."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from delphi.consensus.analysis import Analysis, Definition
from delphi.consensus.scale import Scale
from delphi.consensus.table.result_row import ResultRow
from delphi.contents.piece import Piece
from delphi.contents.reading import Contents, contents_of, languages_of
from delphi.contents.scale_words import worded, words_of
from delphi.errors import Refused
from delphi.model.statement import Statement
from delphi.model.study import Study
from exports.record import facts
from exports.record.study_record import StudyRecord


@dataclass(frozen=True)
class WordedDefinition(Definition):
    """A definition in other words: it is told by them, and keeps the id that it has in those of the source."""

    source: Scale = field(kw_only=True)

    @cached_property
    def id(self) -> str:
        """SHA-256 of the definition in the words of the source."""
        same = {one.name: getattr(self, one.name) for one in fields(Definition)}
        return Definition(**same | {"scale": self.source}).id

    @classmethod
    def of_words(cls, definition: Definition, scale: Scale) -> "WordedDefinition":
        """A definition with its scale in other words."""
        same = {one.name: getattr(definition, one.name) for one in fields(Definition)}
        return cls(**same | {"scale": scale}, source=definition.scale)


@dataclass
class TranslatedRecord(StudyRecord):
    """A record whose statements, sections and scale are worded in another language of the study; figures are the same."""

    language: str = ""

    @cached_property
    def contents(self) -> Contents:
        """The study in the language."""
        return contents_of(self.session, self.source, self.language)

    @cached_property
    def _plain(self) -> StudyRecord:
        """The same in the language of the source."""
        return StudyRecord(self.session, self.source, self.profile, self.by_group, self.round, self.watch)

    @cached_property
    def study(self) -> facts.StudyFacts:
        """The study's own facts, in files of the language."""
        return replace(self._plain.study, language=self.language)

    @cached_property
    def definition(self) -> Definition:
        """The definition of consensus in the words of the language."""
        return self._worded(self._plain.definition)

    @cached_property
    def rows(self) -> Sequence[ResultRow]:
        """Rows of the consensus table with their statements and sections in the language."""
        return [ResultRow({**row, **self._row(row)}) for row in self._plain.rows]

    @cached_property
    def analysis(self) -> Analysis:
        """Counts of the rounds, with the same wordings."""
        known = self._plain.analysis
        rounds = [
            replace(one, items=tuple(replace(item, **self._row(vars(item))) for item in one.items))
            for one in known.rounds
        ]
        return replace(known, definition=self._worded(known.definition), rounds=tuple(rounds))

    @cached_property
    def edges(self) -> Sequence[facts.LineageEdge]:
        """The lineage with both wordings in the language."""
        return [
            replace(
                edge,
                text_before=self._text(edge.before, edge.before_version, edge.text_before),
                text_after=self._text(edge.after, edge.after_version, edge.text_after),
            )
            for edge in self._plain.edges
        ]

    @cached_property
    def asked(self) -> Sequence[facts.AskedStatement]:
        """Questionnaires in the language."""
        return [replace(one, **self._asked(one)) for one in self._plain.asked]

    @cached_property
    def wordings(self) -> Mapping[str, Mapping[str, str]]:
        """What stands beside the language: statements and scale in the source and the others; the other pieces in all."""
        known = dict(self._plain.wordings)
        own = {
            item: text for item, text in known[self.language].items() if not item.startswith(("statement.", "scale."))
        }
        source = {f"statement.{one.number}.{one.version}.text": one.text for one in self._plain.asked}
        return {self.source.language: source | words_of(self._plain.definition.scale)} | known | {self.language: own}

    @cached_property
    def untranslated(self) -> facts.Untranslated:
        """What is said in the source, since exactly this wording is not translated."""
        asked = [(one.statement, one.version, one.text) for one in self._plain.asked]
        before = [(edge.before, edge.before_version, edge.text_before) for edge in self._plain.edges]
        after = [(edge.after, edge.after_version, edge.text_after) for edge in self._plain.edges]
        sections = dict.fromkeys((one.section, one.number) for one in self._plain.asked if one.section)
        words = words_of(self._plain.definition.scale)
        return facts.Untranslated(
            language=self.language,
            statements=tuple(self._missing((*asked, *before, *after))),
            sections=tuple(dict.fromkeys(name for name, number in sections if self._section(name, number) is None)),
            words=tuple(word for item, word in words.items() if self._word(item, word) is None),
        )

    @cached_property
    def _numbers(self) -> dict[str, int]:
        """Numbers of the statements by code."""
        known = select(Statement.code, Statement.number).filter_by(study_id=self.source.id)
        return {one.code: one.number for one in self.session.execute(known)}

    def _missing(self, listed: Iterable[tuple[str | None, int | None, str]]) -> Iterator[tuple[str, str]]:
        """The wordings of these that are not translated, each once, by code."""
        for code, version, text in dict.fromkeys(listed):
            if code and text and self._statement(self._numbers[code], version, text) is None:
                yield code, text

    def _row(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Statement and section of a row in the language."""
        code, section = row["statement"], row["section"]
        said = self._section(section, self._numbers[code]) if section else None
        return {"text": self._text(code, row["version"], row["text"]), "section": section if said is None else said}

    def _asked(self, one: facts.AskedStatement) -> dict[str, Any]:
        """The texts of a statement as it was asked, in the language."""
        said = self._row({name: getattr(one, name) for name in ("statement", "version", "text", "section")})
        for name in ("help", "evidence"):
            own = getattr(one, name)
            said[name] = self._statement(one.number, one.version, own, name) or own
        return said

    def _text(self, code: str | None, version: int | None, source: str) -> str:
        said = self._statement(self._numbers[code], version, source) if code else None
        return source if said is None else said

    def _statement(self, number: int, version: int | None, source: str, name: str = "text") -> str | None:
        """A text of a statement in the language; None where exactly this wording is not translated."""
        exact = self.contents.wordings.get(f"statement.{number}.{version}.{name}")
        if exact and exact.source == source:
            return exact.text
        return self._fits(self.contents.statement(number, name, source))

    def _section(self, name: str, number: int) -> str | None:
        return self._fits(self.contents.section(name, [number]))

    def _word(self, item: str, word: str) -> str | None:
        return self._fits(self.contents.say(item, word))

    def _fits(self, said: Piece) -> str | None:
        """A piece, unless it is in the source or translates an earlier wording."""
        return str(said) if said.language == self.language and not said.is_stale else None

    def _worded(self, definition: Definition) -> Definition:
        words = {item: self._word(item, word) or "" for item, word in words_of(definition.scale).items()}
        return WordedDefinition.of_words(definition, worded(definition.scale, words))


def record_in(session: Session, study: Study, language: str | None, **asked: Any) -> StudyRecord:
    """A study as its record, worded in a language of the study; in that of the source if none is named.

    Raises
    ------
    Refused
        The study does not have this language.
    """
    check_language(study, language)
    if language is None or language == study.language:
        return StudyRecord(session, study, **asked)
    return TranslatedRecord(session, study, language=language, **asked)


def check_language(study: Study, language: str | None) -> None:
    """Refuse a language that a study does not have."""
    if language is not None and language not in languages_of(study):
        raise Refused(
            "The study has no statements in “%(language)s”; it has them in %(languages)s. Nothing was written.",
            language=language,
            languages=", ".join(languages_of(study)),
        )

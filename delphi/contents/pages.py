"""For every template: a study in the language of the page, and texts marked where they are in another language."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from flask import Blueprint, g
from markupsafe import Markup

from delphi.contents.items import FACTS
from delphi.contents.piece import Piece
from delphi.contents.reading import Contents, contents_of
from delphi.contents.scale_words import english_words
from delphi.model.study import Amendment, StaleMark, Study
from delphi.web.language import direction_of, either, language, listed
from delphi.web.memory import current_memory
from delphi.web.transaction import current_session

blueprint = Blueprint("contents", __name__)
PRIVATE_USE = 0xE000  # where signs begin that stand for nothing


class StudyTexts(NamedTuple):
    """What a study says of itself, as it is shown."""

    title: Piece
    notice: Piece
    open_question: Piece
    texts: Mapping[str, Piece]


def current_contents(study: Study) -> Contents:
    """The study in the language of a panelist's page, read once a page; the team reads what its source says."""
    if not g.get("of_the_panel"):
        return Contents.of_source(study)
    known: dict[tuple[int, str], Contents] = g.setdefault("contents", {})
    key = (study.id, language())
    if key not in known:
        known[key] = contents_of(current_session(), study, language(), remember=current_memory().remember)
    return known[key]


@blueprint.app_template_global()
def texts_of(study: Study) -> StudyTexts:
    """Title, notice and the texts of the protocol, as this page shows them."""
    contents = current_contents(study)
    facts = {name: contents.say(f"study.{name}", getattr(study, name) or "") for name in FACTS}
    texts = {name: contents.say(f"protocol.{name}", text) for name, text in study.texts.items()}
    return StudyTexts(facts["title"], facts["notice"], facts["open_question"], texts)


@blueprint.app_template_filter("lang")
def attributes(text: str) -> Markup:
    """The attributes of an element whose text is in another language than the page; typed texts say no direction."""
    spoken = getattr(text, "language", None)
    if spoken is None or spoken == language():
        return Markup("")
    return Markup(' lang="{}" dir="{}"').format(spoken, direction_of(spoken))


@blueprint.app_template_filter("piece")
def marked(text: str) -> str | Markup:
    """A text within another: in an element of its own where it is in another language than the page."""
    told = attributes(text)
    return Markup("<span{}>{}</span>").format(told, str(text)) if told else text


@blueprint.app_template_filter("english")
def english(text: str) -> str | Markup:
    """A text that there is in English alone, such as the words of a rule, within a page of any language."""
    return marked(Piece(text, "en"))


@blueprint.app_template_filter("language_of")
def language_of(text: str) -> str:
    """The language of a text; that of the page for one of the interface."""
    return getattr(text, "language", None) or language()


def _joined(texts: Sequence[str], join: Callable[[Sequence[str]], str]) -> Markup:
    """Join texts as a language does, each marked; they are put in where signs that no text has stood for them."""
    if not texts:
        return Markup("")
    signs = [chr(PRIVATE_USE + n) for n in range(len(texts))]
    pieces = dict(zip(signs, map(marked, texts), strict=True))
    return Markup("").join(pieces.get(part, part) for part in re.split(f"([{signs[0]}-{signs[-1]}])", join(signs)))


@blueprint.app_template_filter("either_piece")
def either_of(texts: Sequence[str]) -> Markup:
    """Alternatives joined as the language of the page does, each in its own."""
    return _joined(texts, either)


@blueprint.app_template_filter("listed_piece")
def list_of(texts: Sequence[str]) -> Markup:
    """Texts joined as the language of the page does, each in its own."""
    return _joined(texts, listed)


@blueprint.app_template_filter("shipped_word")
def shipped_word(text: str) -> str:
    """The English word of which a text is the translation that comes with the platform; else the text itself."""
    return english_words(getattr(text, "language", "en")).get(str(text), str(text))


@blueprint.app_template_global()
def group_named(study: Study, key: str) -> Piece:
    """The name of a group."""
    return current_contents(study).say(f"group.{key}", key)


@blueprint.app_template_global()
def groups_named(study: Study, keys: Iterable[str]) -> dict[str, Piece]:
    """The names of groups by their key."""
    return {key: group_named(study, key) for key in keys}


@blueprint.app_template_global()
def sections_named(study: Study, names: Iterable[str]) -> dict[str, Piece]:
    """The names of sections by their name in the source."""
    return {name: section_named(study, name) for name in names}


@blueprint.app_template_global()
def options_said(study: Study, key: str, options: Iterable[str]) -> dict[str, Piece]:
    """The options of what panelists are asked about themselves, by their words in the source."""
    return {option: question_said(study, key, f"option.{n}", option) for n, option in enumerate(options)}


@blueprint.app_template_global()
def section_named(study: Study, name: str) -> Piece:
    """The name of a section."""
    return current_contents(study).section(name)


@blueprint.app_template_global()
def question_said(study: Study, key: str, part: str, source: str) -> Piece:
    """A part of what panelists are asked about themselves: ``label``, ``purpose``, or ``option.2``."""
    return current_contents(study).say(f"question.{key}.{part}", source)


@blueprint.app_template_global()
def amended_because(study: Study, amendment: Amendment) -> Piece:
    """Why the protocol was changed after its lock."""
    return current_contents(study).say(f"amendment.{amendment.number}.reason", amendment.reason)


@blueprint.app_template_global()
def stale_mark(study: Study, text: str) -> StaleMark | None:
    """How the translation of an earlier wording is marked in this study; None of every other text."""
    stale = isinstance(text, Piece) and text.is_stale and study.stale_mark is not StaleMark.NONE
    return study.stale_mark if stale else None

"""Bytes to clean values for running a round; the names of the fields are made and taken apart here alone."""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from werkzeug.datastructures import MultiDict

from delphi.consensus.scale import Scale
from delphi.errors import Refused
from delphi.model.rating import AnswerKind
from delphi.translations import N_
from delphi.web.forms import clean
from delphi.web.language import gettext as _
from rounds.feedback.evidence import NOT_QUALIFIED
from rounds.questionnaire.cards import MOST_OPTIONS, Card
from rounds.questionnaire.saving import Answer, Entry, EntryKind, Remark
from rounds.questionnaire.suggesting import Suggestion

LONGEST_TEXT = 2000  # of a comment, of a reason, of a suggestion and its parts
SUGGESTION_TEXTS = ("text", "reason", "source")
CLEAR = "clear"
FIELDS = frozenset(EntryKind)


class StaleSheet(Refused):
    """The form was made for another round, or for the link of another person."""

    def __init__(self) -> None:
        super().__init__(
            N_(
                "This page belongs to another round, or another personal link was opened in this browser since. "
                "Nothing of it was saved. Open your own link again."
            )
        )


@dataclass(frozen=True, slots=True)
class SentAnswers:
    """What a page of cards sent: what can be saved, and messages for the fields that cannot.

    ``typed`` holds the fields as they were sent, for a page that has to be shown again.
    """

    answers: list[Answer]
    remarks: list[Remark]
    reasons: list[Remark]
    errors: dict[str, str]
    typed: Mapping[str, str]
    request: str


def name_of(entry: Entry) -> str:
    """The name of the field of an entry: ``answer-3``."""
    return f"{entry.kind}-{entry.statement}"


def read_fields(form: Mapping[str, str], asked: Container[int], scale: Scale) -> SentAnswers:
    """The fields that were sent, one by one; what is about nothing that was asked is no field."""
    sent = SentAnswers([], [], [], {}, form, _save_key(form.get("request", "")))
    for name in form:
        kind, _dash, number = name.partition("-")
        statement = int(number) if number.isascii() and number.isdigit() and len(number) < 9 else 0
        if kind not in FIELDS or statement not in asked or name != f"{kind}-{statement}":
            continue
        if kind == EntryKind.ANSWER:
            _read_answer(sent, statement, scale)
        else:
            _read_text(sent, Entry(EntryKind(kind), statement))
    return sent


def _read_answer(sent: SentAnswers, statement: int, scale: Scale) -> None:
    name = name_of(Entry(EntryKind.ANSWER, statement))
    chosen = sent.typed.get(name, "").strip()
    if not chosen:
        return
    if scale.K > MOST_OPTIONS and chosen not in (NOT_QUALIFIED, CLEAR, *map(str, scale.values)):
        words = _("“%(chosen)s” is no whole number from %(lo)s to %(hi)s. Your other answers are saved; write another.")
        sent.errors[name] = words % {"chosen": chosen[:20], "lo": scale.lo, "hi": scale.hi}
    else:
        sent.answers.append(_answer(statement, chosen, scale, _seen(sent.typed, name)))


def _read_text(sent: SentAnswers, entry: Entry) -> None:
    name = name_of(entry)
    text = clean(sent.typed[name])
    if len(text) > LONGEST_TEXT:
        words = _(
            "This text has %(n)s characters; the limit is %(most)s. It is still here and not saved. "
            "Shorten it by %(over)s characters."
        )
        numbers = {"n": len(text), "most": LONGEST_TEXT, "over": len(text) - LONGEST_TEXT}
        sent.errors[name] = words % numbers
    else:
        texts = sent.remarks if entry.kind is EntryKind.COMMENT else sent.reasons
        texts.append(Remark(entry.statement, text, _seen(sent.typed, name)))


def _answer(statement: int, chosen: str, scale: Scale, seen: int) -> Answer:
    if chosen == NOT_QUALIFIED and scale.opt_out:
        return Answer(statement, AnswerKind.NOT_QUALIFIED, None, seen)
    if chosen == CLEAR:
        return Answer(statement, AnswerKind.CLEARED, None, seen)
    # What is no number of the scale goes on as no value: the operation refuses it with a message.
    return Answer(statement, AnswerKind.RATED, int(chosen) if chosen in map(str, scale.values) else None, seen)


@dataclass(frozen=True, slots=True)
class PressedButton:
    """Which button of a page of cards was pressed, what it is about, and the fields with what it chose."""

    go: str
    about: str
    form: Mapping[str, str]


def read_button(form: MultiDict[str, str]) -> PressedButton:
    """The button that was pressed; a card's own button answers for that card first."""
    go, _dash, about = form.get("go", "on").partition("-")
    chosen = {CLEAR: CLEAR, "keep": form.get(f"previous-{about}", "")}.get(go)
    if chosen is None:
        return PressedButton(go, about, form)
    return PressedButton(go, about, form.to_dict() | {f"{EntryKind.ANSWER}-{about}": chosen})


def unsaved_fields(form: Mapping[str, str], cards: Iterable[Card]) -> list[tuple[Card, dict[str, str]]]:
    """What a page sent and differs from what is stored, by card and kind of entry."""
    unsaved = []
    for card in cards:
        typed = {kind.value: form.get(name_of(Entry(kind, card.statement)), "") for kind in EntryKind}
        lost = {kind: text for kind, text in typed.items() if text and text != card.text_of(EntryKind(kind))}
        if lost:
            unsaved.append((card, lost))
    return unsaved


@dataclass(slots=True)
class SuggestionsPage:
    """What a page of suggestions sent, with messages for what cannot be kept."""

    written: list[Suggestion] = field(default_factory=list)
    removed: list[UUID] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def unsaved(self) -> list[str]:
        """The ids of the suggestions that were not saved."""
        return list(dict.fromkeys(name.partition("-")[2] for name in self.errors))


def read_suggestions(form: Mapping[str, str], *, sections: Sequence[str]) -> SuggestionsPage:
    """The suggestions of a page: what is too long is named and left as it was, and everything else is kept."""
    page = SuggestionsPage()
    for name in form:
        kind, _dash, text = name.partition("-")
        id_ = _uuid(text)
        if kind != "text" or id_ is None:
            continue
        if form.get(f"remove-{id_}"):
            page.removed.append(id_)
        else:
            _read_suggestion(page, form, id_, sections)
    return page


def _read_suggestion(page: SuggestionsPage, form: Mapping[str, str], id_: UUID, sections: Sequence[str]) -> None:
    texts = {name: clean(form.get(f"{name}-{id_}", "")) for name in SUGGESTION_TEXTS}
    section = form.get(f"section-{id_}", "")
    suggestion = Suggestion(id_, **texts, section=section if section in sections else "", seen=_seen(form, str(id_)))
    if too_long := [name for name in SUGGESTION_TEXTS if len(texts[name]) > LONGEST_TEXT]:
        page.errors[f"{too_long[0]}-{id_}"] = _(
            "This is longer than 2,000 characters and was not saved. It is still here; please shorten it."
        )
    elif suggestion.text:
        page.written.append(suggestion)
    elif suggestion.seen or suggestion.reason or suggestion.source:
        page.errors[f"text-{id_}"] = _(
            "Write the statement itself, or remove it. The rest of this entry was not saved."
        )


def _seen(form: Mapping[str, str], name: str) -> int:
    """The version of a field that the page knew."""
    text = form.get(f"seen-{name}", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _save_key(text: str) -> str:
    """The save key of the page; a page without one gets a new one, and is saved."""
    return str(_uuid(text) or uuid4())

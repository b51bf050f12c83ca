"""A panelist's own feedback document: the own answers beside the panel's, of released rounds only (REPORTING 5).

Made on demand for the reader, in their language, and kept nowhere; the numbers are those of the frozen release, with the
same small ones hidden as on the page. No name and no code of a person stands in it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from delphi.dates import locale_of
from delphi.letters.values import Words
from delphi.numbers import listed, per_cent
from exports.figures.draw import DARK, WIDTH, line, picture, rect, text
from exports.tables.document import Block, Document, Figure, Heading, Paragraph
from exports.tables.table import Column, Table, rows_of
from rounds.feedback.distribution import Distribution
from rounds.questionnaire.cards import Card

OwnAnswers = Mapping[int, Sequence[tuple[int, str]]]  # by statement: round and answer in words
LEFT, ROW = 210, 22


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """What the document says besides the answers: the study in the language of the reader, the round, whom to ask."""

    title: str
    notice: str
    smallest_cell: int
    opt_out: str
    number: int
    closed: str
    contact: str


def document_for(facts: DocumentFacts, cards: Sequence[Card], own: OwnAnswers, words: Words) -> Document:
    """Write the document of one round; ``own`` are the reader's answers until then."""
    say, number = words.translate, {"number": facts.number}
    blocks: list[Block] = [
        Paragraph(say("Round %(number)s closed on %(when)s.") % {**number, "when": facts.closed}),
        Paragraph(say("Nothing is shown about fewer than %(k)s people.") % {"k": facts.smallest_cell}),
    ]
    for card in cards:
        blocks += _statement(facts, card, own.get(card.statement, ()), words)
    left = listed([card.code for card in cards if card.answer is None], locale_of(words.language))
    blocks.append(Paragraph(f"{say('No answer yet')}: {left}." if left else f"{say('Every statement has an answer')}."))
    blocks.append(Paragraph(f"{say('Help and contact')}: {facts.contact}"))
    title = f"{facts.title}: {say('Your answers')}, {say('Round %(number)s') % number}"
    return Document(title, tuple(blocks), words.language, facts.notice)


def _statement(facts: DocumentFacts, card: Card, own: Sequence[tuple[int, str]], words: Words) -> Iterator[Block]:
    say = words.translate
    yield Heading(f"{card.code} {card.text}")
    answers = [f"{say('Round %(number)s') % {'number': number}}: {answer}" for number, answer in own]
    yield Paragraph(f"{say('You:')} {'; '.join(answers)}." if answers else say("You did not answer."))
    for panel in card.feedback.get("distribution") or ():
        if panel.too_few:
            told = say("fewer than %(k)s rated it") % {"k": facts.smallest_cell}
            yield Paragraph(f"{told[:1].upper()}{told[1:]}.")
            continue
        yield Paragraph(_agreed(facts, panel, words))
        if panel.bars:
            yield _bars(facts, card.code, panel, words)
            yield _table(facts, card.code, panel, words)


def _agreed(facts: DocumentFacts, panel: Distribution, words: Words) -> str:
    """How many stand on the agreeing side, of how many, and how many chose the opt-out."""
    say, locale = words.translate, locale_of(words.language)
    counted = say("%(k)s of %(n)s") % {"k": panel.agreeing, "n": panel.n_rated}
    answers = say("chose %(answers)s, of those who rated") % {
        "answers": listed(panel.agreeing_answers, locale, style="or")
    }
    opted = f" {facts.opt_out}: {panel.n_not_qualified}." if panel.n_not_qualified else ""
    return f"{per_cent(panel.agreeing_percent, locale)} ({counted}) {answers}.{opted}"


def _table(facts: DocumentFacts, code: str, panel: Distribution, words: Words) -> Table:
    say = words.translate
    columns = (
        Column("option", "text", say("Answer")),
        Column("n", "int", say("People")),
        Column("own", "text", say("You")),
    )
    rows = [{"option": str(bar.label), "n": bar.n, "own": say("your answer") if bar.own else ""} for bar in panel.bars]
    rated = words.ngettext(
        "In round %(round)s, %(num)s person rated this:",
        "In round %(round)s, %(num)s people rated this:",
        panel.n_rated,
    ) % {"round": facts.number, "num": panel.n_rated}
    return Table("own-feedback/1", code, rated.rstrip(":") + ".", columns, rows_of(columns, rows))


def _bars(facts: DocumentFacts, code: str, panel: Distribution, words: Words) -> Figure:
    say, most = words.translate, max((bar.n for bar in panel.bars), default=0) or 1
    parts, you = [line(LEFT, 0, LEFT, ROW * len(panel.bars))], f"  ▲ {say('you')}"
    for i, bar in enumerate(panel.bars):
        width = (WIDTH - LEFT - 120) * bar.n / most
        parts.append(text(LEFT - 8, ROW * i + 15, str(bar.label), text_anchor="end"))
        parts.append(rect(LEFT, ROW * i + 3, width, 15, "#9ecae1", stroke=DARK, stroke_width=0.5))
        parts.append(text(LEFT + width + 6, ROW * i + 15, f"{bar.n}{you if bar.own else ''}"))
    mine = f" ({say('your answer')})"
    counts = "; ".join(f"{bar.label} {bar.n}{mine if bar.own else ''}" for bar in panel.bars)
    title = f"{code}: {say('Answers')}"
    drawn = picture(parts, ROW * len(panel.bars) + 4, title, counts, facts.notice)
    return Figure(title, f"{counts}.", drawn, _table(facts, code, panel, words))

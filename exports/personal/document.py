"""A panelist's own feedback document: the own answers beside the panel's, of released rounds only (REPORTING 5).

Made on demand for the reader, and kept nowhere; the numbers are those of the frozen release, with the same small ones
hidden as on the page. No name and no code of a person stands in it.
"""

from collections.abc import Iterator, Sequence

from exports.figures.draw import DARK, WIDTH, line, picture, rect, text
from exports.record.facts import StudyFacts
from exports.tables.document import Block, Document, Figure, Heading, Paragraph
from exports.tables.table import Column, Table, rows_of
from rounds.feedback.distribution import Distribution
from rounds.questionnaire.cards import Card

OwnAnswers = dict[int, list[tuple[int, str]]]  # by statement: round and answer in words
COLUMNS = (
    Column("option", "text", "Answer"),
    Column("n", "int", "Panelists"),
    Column("own", "text", "You"),
)
LEFT, ROW = 210, 22


def document_for(study: StudyFacts, number: int, released: str, cards: Sequence[Card], own: OwnAnswers) -> Document:
    """Write the document of one round.

    Parameters
    ----------
    released
        When the round was released, in words.
    own
        The reader's answers in words: for each statement a list of (round, answer).
    """
    blocks: list[Block] = [
        Paragraph(f"Round {number}, released on {released}."),
        Paragraph(
            "This document shows what you answered and what the whole panel answered. The panel sees counts only; nobody "
            "but you gets this document."
        ),
    ]
    for card in cards:
        blocks += _statement(study, card, own.get(card.statement, ()))
    open_ = [card.code for card in cards if card.answer is None]
    blocks += [
        Heading("What you left open"),
        Paragraph(f"You gave no answer to: {', '.join(open_)}." if open_ else "You answered every statement."),
        Heading("If you have questions"),
        Paragraph(
            "Write to the study team; its address stands on the page of the study. There you can also leave the panel."
        ),
    ]
    return Document(f"{study.title}: your feedback, round {number}", tuple(blocks), study.language, study.notice)


def _statement(study: StudyFacts, card: Card, own: Sequence[tuple[int, str]]) -> Iterator[Block]:
    yield Heading(f"{card.code} {card.text}")
    answers = [f"round {number}: {answer}" for number, answer in own]
    yield Paragraph(f"Your answers: {'; '.join(answers)}." if answers else "You gave no answer.")
    for panel in card.feedback.get("distribution") or ():
        if panel.too_few:
            yield Paragraph(
                f"Fewer than {study.smallest_cell} panelists rated this statement, so nothing more is shown."
            )
            continue
        nq = f"; {panel.n_not_qualified} chose the opt-out" if panel.n_not_qualified else ""
        yield Paragraph(f"{panel.agreeing} of {panel.n_rated} panelists agreed ({panel.agreeing_percent} %){nq}.")
        if panel.bars:
            yield _bars(study, card.code, panel)
            yield _table(card.code, panel)


def _table(code: str, panel: Distribution) -> Table:
    rows = [{"option": bar.label, "n": bar.n, "own": "your answer" if bar.own else ""} for bar in panel.bars]
    return Table("own-feedback/1", code, f"{panel.n_rated} rated.", COLUMNS, rows_of(COLUMNS, rows))


def _bars(study: StudyFacts, code: str, panel: Distribution) -> Figure:
    most = max((bar.n for bar in panel.bars), default=0) or 1
    parts = [line(LEFT, 0, LEFT, ROW * len(panel.bars))]
    for i, bar in enumerate(panel.bars):
        width = (WIDTH - LEFT - 120) * bar.n / most
        parts.append(text(LEFT - 8, ROW * i + 15, bar.label, text_anchor="end"))
        parts.append(rect(LEFT, ROW * i + 3, width, 15, "#9ecae1", stroke=DARK, stroke_width=0.5))
        parts.append(text(LEFT + width + 6, ROW * i + 15, f"{bar.n}{'  ▲ you' if bar.own else ''}"))
    counts = "; ".join(f"{bar.label} {bar.n}{' (your answer)' if bar.own else ''}" for bar in panel.bars)
    title = f"Answers to {code}"
    return Figure(
        title, f"{counts}.", picture(parts, ROW * len(panel.bars) + 4, title, counts, study.notice), _table(code, panel)
    )

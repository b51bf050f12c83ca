"""What files are for: the manuscript, others who check, or the panel; each with the format that most people take."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from delphi.translations import N_
from exports.catalogue import Entry
from exports.formats import FORMATS
from exports.formats.base import Format
from exports.reports import checklist


class Task(StrEnum):
    """What somebody takes a file for."""

    PAPER = "paper"
    CHECK = "check"
    PANEL = "panel"


@dataclass(frozen=True, slots=True)
class Use:
    """How a file is used: for which task, what it holds, the format offered first, and its small picture."""

    task: Task
    about: str
    first: str = "docx"
    picture: str = "table"


JOURNAL = "journal"
CHECKLIST = Use(Task.PAPER, N_("Filled in from the study as far as it knows; you complete the rest."), picture="text")
FIGURE = Use(Task.CHECK, N_("A drawing with its numbers."), "pdf", "bars")
OTHER = Use(Task.CHECK, N_("A table for machines and for reading."), "csv")
USES: dict[str, Use] = {
    JOURNAL: Use(Task.PAPER, N_("Every statement with its numbers, as journals print it. Table 2 in most papers.")),
    "panel-table": Use(Task.PAPER, N_("Who took part. Table 1.")),
    "participation": Use(Task.PAPER, N_("Invited, answered, left, round by round.")),
    "figure-flow": Use(Task.PAPER, N_("Invited, answered, left. Figure 1."), "pdf", "flow"),
    "figure-stacked": Use(Task.PAPER, N_("Bars of every answer. Figure 2."), "pdf", "bars"),
    "figure-quartiles": Use(Task.PAPER, N_("For the supplement."), "pdf", "boxes"),
    "figure-change": Use(Task.PAPER, N_("For the supplement."), "pdf", "boxes"),
    "figure-by-group": Use(Task.PAPER, N_("For the supplement."), "pdf", "bars"),
    "figure-lineage": Use(Task.PAPER, N_("What became of each statement."), "pdf", "flow"),
    "lineage": Use(Task.PAPER, N_("Each wording with its reason. For the supplement.")),
    "text": Use(
        Task.PAPER, N_("Paragraphs with the numbers filled in; what only you know stands in brackets."), picture="text"
    ),
    **dict.fromkeys(checklist.GUIDELINES, CHECKLIST),
    "protocol": Use(Task.CHECK, N_("As it was locked, with each amendment."), "pdf", "text"),
    "instrument": Use(Task.CHECK, N_("Every page as it was asked."), "pdf", "text"),
    "consensus": Use(Task.CHECK, N_("Every number of every round."), "xlsx"),
    "audit": Use(Task.CHECK, N_("Each decision with its time."), "csv", "text"),
    "comments": Use(Task.CHECK, N_("What the panel wrote, as it was decided on."), "xlsx", "text"),
    "members": Use(Task.PANEL, N_("Those who asked to be named, for the acknowledgement."), picture="text"),
}


@dataclass(frozen=True, slots=True)
class Offer:
    """A file as it is offered: its name, its use, the format that is ready and the others."""

    key: str
    label: str
    use: Use
    first: str
    others: Mapping[str, Format]

    @property
    def first_label(self) -> str:
        """The name of the format that is ready."""
        return FORMATS[self.first].label


def use_of(key: str) -> Use:
    """How a file is used; what is not named serves those who check."""
    return USES.get(key, FIGURE if key.startswith("figure-") else OTHER)


def offers(entries: Mapping[str, Entry], *, style: str = "") -> dict[Task, list[Offer]]:
    """Sort the files of a reader by task; the table of a journal stands once, in the style that was chosen."""
    sorted_by_task: dict[Task, list[Offer]] = {task: [] for task in Task}
    for key in _in_order(entries):
        chosen = f"{JOURNAL}-{style}" if key == JOURNAL and style else key
        entry = entries.get(chosen, entries[key])
        formats = {name: format_ for name, format_ in entry.formats.items() if name != "table"}
        use = use_of(key)
        first = use.first if use.first in formats else next(iter(formats))
        others = {name: format_ for name, format_ in formats.items() if name != first}
        offer = Offer(chosen if chosen in entries else key, entries[key].label, use, first, others)
        sorted_by_task[use.task].append(offer)
    return sorted_by_task


def _in_order(entries: Iterable[str]) -> list[str]:
    """The files that are named here in this order, the others after them; styles of the journal's table are a choice of it."""
    listed = [key for key in entries if not key.startswith(f"{JOURNAL}-")]
    known = [*USES]
    return sorted(listed, key=lambda key: known.index(key) if key in known else len(known))

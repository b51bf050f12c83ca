"""Where one is in a study: its places, the pages of each, and which of them a reader may open."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from delphi.access import Capability
from delphi.model.round import Round
from delphi.model.study import Study
from delphi.translations import N_

READ, LEAD, OWN = Capability.READ, Capability.LEAD, Capability.OWN
ROSTER, AUDIT = Capability.ROSTER, Capability.AUDIT
ROUND = N_("Round %(number)s")


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a place: its name, its view, what a reader must be allowed, and the other blueprints and views behind it."""

    label: str
    endpoint: str
    to: Capability
    behind: tuple[str, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)

    def holds(self, endpoint: str, number: int | None) -> bool:
        """Whether this view, of the round with this number if of one, belongs to the page."""
        if "number" in self.values and number != self.values["number"]:
            return False
        return endpoint == self.endpoint or endpoint in self.behind or endpoint.partition(".")[0] in self.behind


@dataclass(frozen=True, slots=True)
class Place:
    """A place of a study: its pages, and the one that leads to it where that is not the first."""

    label: str
    pages: tuple[Page, ...]
    door: Page | None = None
    here: bool = False

    @property
    def first(self) -> Page:
        """The page that one meets first."""
        return self.door if self.door is not None and self.door in self.pages else self.pages[0]

    def current(self, endpoint: str, number: int | None) -> Page | None:
        """The page of this place to which a view belongs."""
        exact = [page for page in self.pages if page.endpoint == endpoint and page.holds(endpoint, number)]
        return next((page for page in (*exact, *self.pages) if page.holds(endpoint, number)), None)


@dataclass(frozen=True, slots=True)
class Frame:
    """What a page of a study says of where one is."""

    places: Sequence[Place]
    page: Page | None

    @property
    def pages(self) -> tuple[Page, ...]:
        """The pages beside this one; none where a place is a single page."""
        beside = next((place.pages for place in self.places if place.here), ())
        return beside if len(beside) > 1 else ()


OVERVIEW = Place(N_("Overview"), (Page(N_("Overview"), "overview.show", READ, ("overview",)),))
PROTOCOL = Place(
    N_("Protocol"),
    (
        Page(N_("Protocol"), "protocol.show", READ, ("protocol",)),
        Page(N_("Title and contact"), "setup.facts", LEAD),
        Page(N_("Groups"), "setup.groups", LEAD),
        Page(N_("Anonymity"), "anonymity.show", LEAD, ("anonymity",)),
        Page(N_("Information and consent"), "setup.texts", LEAD),
        Page(N_("Languages"), "languages.show", LEAD, ("languages",)),
        Page(N_("The panelist's side"), "panelist_options.show", LEAD),
    ),
)
STATEMENTS = Place(
    N_("Statements"), (Page(N_("Statements"), "statements.index", LEAD, ("statements", "statement_import", "order")),)
)
ROSTER_VIEWS = (
    "roster",
    "panel_import",
    "merge_file",
    "person",
    "chosen",
    "late",
    "on_behalf",
    "returned_mail",
    "severing",
)
PANEL = Place(
    N_("Panel"),
    (
        Page(N_("People"), "roster.index", ROSTER, ROSTER_VIEWS),
        Page(N_("Letters"), "letters.index", LEAD, ("letters",)),
        Page(N_("Names in the paper"), "acknowledgement.names", ROSTER),
    ),
)
DESTROYING = Page(N_("Destroy the names"), "severing.show", OWN, ("severing",))
REHEARSAL = Page(N_("Rehearsal"), "rehearsal.show", LEAD, ("rehearsal",))
FINISH = Page(N_("Finish the study"), "finishing.show", LEAD, ("finishing",))
RESULTS = Place(
    N_("Results"),
    (
        Page(N_("Consensus table"), "journal.show", READ, ("journal",)),
        Page(N_("All statements"), "results.statements", READ, ("results",)),
        Page(N_("The panel"), "results.panel", READ),
    ),
)
FILES = Place(
    N_("Files"),
    (
        Page(N_("All files"), "files.index", READ, ("files", "jobs")),
        Page(N_("Tables of the paper"), "tables.show", READ, ("tables",)),
        Page(N_("Study bundle"), "bundle.show", AUDIT, ("bundle",)),
    ),
)
TEAM = Place(
    N_("Team"),
    (
        Page(N_("Team"), "team.show", OWN, ("team",)),
        Page(N_("Archive or delete"), "retention.show", OWN, ("retention",)),
    ),
)
TRAIL = Place(N_("Audit trail"), (Page(N_("Audit trail"), "audit.show", AUDIT, ("audit",)),))


def frame_of(
    study: Study, rounds: Sequence[Round], may: Collection[str], endpoint: str, number: int | None = None
) -> Frame:
    """Name the places that a reader may open, the one in which a view stands, and its pages."""
    open_to = [place for place in map(_allowed(may), _places(study, rounds)) if place.pages]
    found = [(place, place.current(endpoint, number)) for place in open_to]
    return Frame(
        [replace(place, here=page is not None) for place, page in found],
        next((page for _place, page in found if page is not None), None),
    )


def _allowed(may: Collection[str]) -> Callable[[Place], Place]:
    return lambda place: replace(place, pages=tuple(page for page in place.pages if page.to in may))


def _places(study: Study, rounds: Sequence[Round]) -> Iterator[Place]:
    yield from (OVERVIEW, PROTOCOL, STATEMENTS)
    yield replace(PANEL, pages=(*PANEL.pages, DESTROYING)) if study.finished_at else PANEL
    yield _rounds(rounds)
    yield from (RESULTS, FILES, TEAM, TRAIL)


def _rounds(rounds: Sequence[Round]) -> Place:
    """The rounds in order between rehearsal and finish; the newest leads to them."""
    behind = ("round", "asking", "reminders", "moderation", "revision")
    pages = [Page(ROUND, "round.show", Capability.DESK, behind, {"number": round_.number}) for round_ in rounds]
    return Place(N_("Rounds"), (REHEARSAL, *pages, FINISH), door=pages[-1] if pages else None)

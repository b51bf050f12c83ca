"""Databases for faults, and a table of figures that is printed when all is done."""

import signal
from collections.abc import Iterator

import pytest
from clusters import Cluster
from places import File  # noqa: F401 (its module sets what the test process does not wait for)
from saving import Load
from served import Site, site_at

from delphi.migrations import upgrade_to_head
from rounds.demo.server import free_port

signal.signal(signal.SIGTERM, signal.default_int_handler)  # who ends the tests ends the servers that they started
COLUMNS = ("fault", "database", "saves", "what savers met", "lost", "twice", "saved again after")


class Figures:
    """Rows of the table, kept by the tests."""

    def __init__(self, node: pytest.Item) -> None:
        self.node = node

    def add(self, fault: str, database: str, load: Load, again: float | None = None) -> None:
        """Count what was lost and stored twice, keep the row, and want nothing of either."""
        lost, twice = load.check()
        after = "–" if again is None else f"{again:.1f} s"
        row = (fault, database, f"{load.saved:,}", load.book.told, str(lost), str(twice), after)
        self.node.user_properties.append(("row", " | ".join(row)))
        assert (load.book.wrong, lost, twice) == ([], 0, 0)

    def say(self, line: str) -> None:
        """Keep a line below the table."""
        self.node.user_properties.append(("line", line))


@pytest.fixture
def figures(request) -> Figures:
    return Figures(request.node)


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def engine(request) -> str:
    return request.param


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    """A server with an empty database."""
    made = Cluster()
    made.fill()
    yield made
    made.start_again()
    made.stop()


@pytest.fixture
def site(request, engine, tmp_path) -> Iterator[Site]:
    """The study on each database; its server can be had by the fixture `cluster`."""
    if engine == "PostgreSQL":
        url = request.getfixturevalue("cluster").url()
    else:
        url = f"sqlite:///{tmp_path / 'faults.sqlite3'}"
        upgrade_to_head(url)
    with site_at(url) as made:
        yield made


@pytest.fixture
def port() -> int:
    return free_port(0)


def pytest_terminal_summary(terminalreporter) -> None:
    """Print the table, as it stands in docs/faults.md."""
    reports = [one for kind in ("passed", "failed") for one in terminalreporter.stats.get(kind, ())]
    told = [told for one in reports if one.when == "call" for told in one.user_properties]
    terminalreporter.section("faults")
    for line in (
        " | ".join(COLUMNS),
        "|".join(["---"] * len(COLUMNS)),
        *(text for kind, text in told if kind == "row"),
    ):
        terminalreporter.write_line(f"| {line} |")
    for line in (text for kind, text in told if kind == "line"):
        terminalreporter.write_line(f"- {line}")

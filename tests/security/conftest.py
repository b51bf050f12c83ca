"""What the attacks share: the study, played and watched once; the figures, printed at the end."""

from collections.abc import Iterator

import pytest
from attacks import Attacker
from browsing import HOST, SECRET
from databases import Template
from story import watch
from study import begin

LINES: list[str] = []
HEAD = f"{'way in':<44}{'people':>7}{'narrowed':>10}   answers named"


@pytest.fixture(scope="session")
def figures() -> list[str]:
    """Lines to be printed when all is done."""
    return LINES


@pytest.fixture(scope="session")
def place(tmp_path_factory) -> Iterator[str]:
    """A database on SQLite; what is computed from a study does not depend on the engine."""
    template = Template("sqlite", tmp_path_factory.mktemp("attacked"))
    with template.copy() as url:
        yield url


@pytest.fixture(scope="session")
def attacker(place) -> Attacker:
    """The attacker after the study of 57 has ended."""
    play = begin(place, HOST, SECRET)
    return Attacker(play, watch(play))


def pytest_terminal_summary(terminalreporter) -> None:
    """Print what every way in gave."""
    if LINES:
        terminalreporter.section("what the attacker got")
        for line in (HEAD, *LINES):
            terminalreporter.write_line(line)

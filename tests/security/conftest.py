"""What the attacks share: the study, played and watched once; the figures, printed at the end."""

from collections.abc import Iterator

import pytest
from attacks import Attacker
from browsing import HOST, SECRET
from databases import Template
from story import watch
from study import begin, logging_to

HEAD = f"{'way in':<44}{'people':>7}{'narrowed':>10}   answers named"


class Figures:
    """Lines of a test that are printed when all is done, also where tests run in several processes."""

    def __init__(self, node: pytest.Item) -> None:
        self.node = node

    def append(self, line: str) -> None:
        """Keep a line."""
        self.node.user_properties.append(("figure", line))


@pytest.fixture
def figures(request) -> Figures:
    """Lines to be printed when all is done."""
    return Figures(request.node)


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
    with logging_to(play.log):
        return Attacker(play, watch(play))


def pytest_terminal_summary(terminalreporter) -> None:
    """Print what every way in gave."""
    reports = [one for kind in ("passed", "failed") for one in terminalreporter.stats.get(kind, ())]
    told = [line for one in reports if one.when == "call" for name, line in one.user_properties if name == "figure"]
    if told:
        terminalreporter.section("what the attacker got")
        for line in (HEAD, *told):
            terminalreporter.write_line(line)

"""Letters a minute to one domain."""

import pytest

from delphi.letters import pace
from delphi.letters.pace import DomainFull, Pace


@pytest.fixture
def at(monkeypatch):
    """A clock that is set by hand."""
    now = [1000.0]
    monkeypatch.setattr(pace.time, "monotonic", lambda: now[0])
    return lambda moment: now.__setitem__(0, 1000.0 + moment)


def waits(limited, address):
    try:
        limited.take(address)
    except DomainFull as full:
        return full.wait
    return 0


def test_without_a_number_nobody_waits():
    assert {waits(Pace(None), "a@x.org") for _ in range(500)} == {0}


def test_a_full_domain_holds_up_no_other():
    limited = Pace(2)
    assert [waits(limited, name) for name in ("a@x.org", "b@X.org")] == [0, 0]
    assert waits(limited, "c@x.org") > 0
    assert waits(limited, "a@y.org") == 0


def test_everybody_who_waits_gets_a_moment_of_his_own(at):
    limited = Pace(2)
    at(0)
    moments = [waits(limited, "a@x.org") for _ in range(6)]
    assert moments == [0, 0, 60, 90, 120, 150]
    for moment in moments[2:]:
        at(moment)
        assert waits(limited, "a@x.org") == 0

"""Being named as a member of the panel: a choice until the list is closed."""

from datetime import timedelta

import pytest
from builders import NOW

from delphi.errors import Refused
from delphi.model.acknowledgement import Acknowledgement
from delphi.people import acknowledgements

TODAY, KEY = NOW.date(), "0" * 64


@pytest.fixture
def named(session, cast):
    """A study that closes its list of names today, and on it one name."""
    cast.study.names_until = TODAY
    wanted = Acknowledgement(study_id=cast.study.id, key=KEY, name="Zoë", affiliation="", orcid="", certificate=False)
    acknowledgements.name(session, cast.study, wanted, today=TODAY)
    return cast.study


def test_on_the_last_day_the_list_can_be_changed(session, named):
    acknowledgements.decline(session, named, KEY, today=TODAY)
    assert acknowledgements.named(session, named) == []


def test_a_day_later_the_list_stands(session, named):
    later = TODAY + timedelta(days=1)
    with pytest.raises(Refused, match="closed"):
        acknowledgements.decline(session, named, KEY, today=later)
    with pytest.raises(Refused, match="closed"):
        acknowledgements.name(session, named, Acknowledgement(study_id=named.id, key="1" * 64, name="Äß"), today=later)
    assert [one.name for one in acknowledgements.named(session, named)] == ["Zoë"]


def test_whoever_leaves_is_taken_off_a_closed_list(session, named):
    named.names_until = TODAY - timedelta(days=1)
    acknowledgements.remove(session, named, KEY)
    assert acknowledgements.named(session, named) == []

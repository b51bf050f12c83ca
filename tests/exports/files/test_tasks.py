"""Every file serves one task, and everything for the paper comes as one archive."""

import pytest

from exports.catalogue import CATALOGUE
from exports.files import tasks
from exports.files.tasks import Task
from exports.record.reader_profile import Profile


def entries(profile):
    return {key: entry for key, entry in CATALOGUE.items() if profile in entry.profiles}


@pytest.mark.parametrize("profile", Profile)
def test_every_file_of_a_reader_is_offered_once(profile):
    offered = [offer.key for offers in tasks.offers(entries(profile)).values() for offer in offers]
    assert len(offered) == len(set(offered))
    assert set(offered) == {key for key in entries(profile) if not key.startswith("journal-")}


def test_every_format_of_a_file_is_offered():
    for offers in tasks.offers(entries(Profile.ANALYST)).values():
        for offer in offers:
            assert {offer.first, *offer.others} == {*CATALOGUE[offer.key].formats} - {"table"}


def test_a_style_is_chosen_for_the_table_of_the_journal():
    offered = [offer.key for offer in tasks.offers(entries(Profile.AUTHOR), style="median")[Task.PAPER]]
    assert "journal-median" in offered
    assert "journal" not in offered
    unknown = tasks.offers(entries(Profile.AUTHOR), style="../etc")[Task.PAPER]
    assert "journal" in [offer.key for offer in unknown]


def test_what_is_named_here_exists():
    assert set(tasks.USES) <= set(CATALOGUE)

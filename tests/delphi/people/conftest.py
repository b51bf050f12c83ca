"""A mail server, and a launched round whose invitations are due."""

from collections.abc import Iterator
from dataclasses import replace
from mailbox import Mailbox, listening

import pytest
from builders import Cast, launched


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with listening() as box:
        yield box


@pytest.fixture
def sending(database, settings, mailbox):
    """A launched round with its six invitations due."""
    with database.transaction() as session:
        cast = Cast.enter(session)
        launched(session, cast.study)
        session.expunge_all()
    cast.settings = replace(settings, mail_url=mailbox.url)
    return cast

"""Fixtures: a session that is rolled back, a database of one's own, the application with the cast signed in.

Ada leads the study, Ben is an analyst on it, Cleo leads another; panelists are numbered.
"""

import gc
from collections.abc import Callable, Iterator

import pytest
from browsing import HOST, SECRET, Browser, application
from builders import Cast, open_to_all
from databases import ENGINES, Template
from flask import Flask
from hypothesis import settings as hypothesis_settings
from places import Place
from sqlalchemy.orm import Session

from delphi.config import Settings
from delphi.database import Database

# No test is timed: how long an example takes says something of the machine only.
hypothesis_settings.register_profile("untimed", deadline=None)
hypothesis_settings.load_profile("untimed")


def pytest_collection_finish() -> None:
    """Keep the collector away from what was imported: it stays, and going through it takes half a second each time."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def templates(tmp_path_factory) -> Iterator[Callable[[str], Template]]:
    """The templates by engine, each made when it is first asked for."""
    made: dict[str, Template] = {}

    def of(engine: str) -> Template:
        if engine not in made:
            made[engine] = Template(engine, tmp_path_factory.mktemp(engine))
        return made[engine]

    yield of
    for template in made.values():
        template.stop()


@pytest.fixture(scope="session", params=ENGINES)
def template(request, templates) -> Template:
    return templates(request.param)


@pytest.fixture(scope="session")
def shared(template) -> Iterator[Database]:
    """A database whose tests roll back."""
    with template.copy() as url:
        database = Database(url)
        yield database
        database.engine.dispose()


@pytest.fixture
def session(shared) -> Iterator[Session]:
    """A session whose transaction is undone: quick, and alone."""
    with shared.engine.connect() as connection, connection.begin() as transaction:
        with Session(connection, join_transaction_mode="create_savepoint", autoflush=False) as session:
            yield session
        transaction.rollback()


@pytest.fixture
def database(template) -> Iterator[Database]:
    """A database of one's own, where commits are real: for races, the postman and pages."""
    with template.lend() as place:
        yield place.database


@pytest.fixture
def cast(session) -> Cast:
    """Ada's study with six panelists, beside Cleo's: in the session that is rolled back."""
    return Cast.enter(session)


@pytest.fixture
def place(template) -> Iterator[Place]:
    """The database behind the application."""
    with template.lend() as place:
        yield place


@pytest.fixture
def settings(place) -> Settings:
    return Settings(database_url=place.url, public_url=HOST, secret_key=SECRET, password_salt=SECRET[::-1])


@pytest.fixture
def app(place, settings) -> Iterator[Flask]:
    """The application of this place: made once, and lent on as it was."""
    if place.app is None:
        place.app = application(settings)
        place.close()
        place.database = place.app.extensions["database"]
    place.app.extensions["memory"].forget()
    before = dict(place.app.config), len(place.app.view_functions)
    yield place.app
    changed = (dict(place.app.config), len(place.app.view_functions)) != before
    assert not changed, "a test that changes the application makes one of its own"


@pytest.fixture
def pages(app, place) -> Cast:
    """The same cast, committed, behind the application."""
    place.play("cast", Cast.enter)
    with app.extensions["database"].transaction() as session:
        cast = Cast.find(session)
        session.expunge_all()
    return cast


@pytest.fixture
def ada(app, pages) -> Browser:
    """A browser in which Ada is signed in."""
    return app.test_client().sign_in(pages.ada)


@pytest.fixture
def opened(app, pages) -> Cast:
    """The cast with round 1 of Ada's study open; everybody on the panel has agreed to take part."""
    with app.extensions["database"].transaction() as session:
        open_to_all(session, pages.study)
    return pages


@pytest.fixture
def one(app, opened) -> Browser:
    """The browser of panelist 1."""
    return app.test_client().enter(opened.study.id, opened.panel[0])

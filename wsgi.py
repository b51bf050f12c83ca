"""The application and the command line, composed from the three packages: only here do all three meet."""

import logging
from typing import TYPE_CHECKING

import exports.cli
import rounds.cli
from delphi import cli
from delphi.config import Settings

if TYPE_CHECKING:
    from flask import Flask

log = logging.getLogger(__name__)


def app(settings: Settings | None = None) -> "Flask":
    """Make the application: `gunicorn "wsgi:app()"`. The web stack is loaded only here; `delphi analyse` needs none."""
    if settings is None:  # another server than our own starts it
        settings = cli.checked_settings()
        log.warning("Letters, files and deletions need `delphi work` to run beside this server.")
    import exports.downloads
    import exports.file_pages
    import exports.job_pages
    import exports.jobs
    import exports.own_pages
    import exports.result_pages
    import exports.views
    import rounds.arriving
    import rounds.autosave
    import rounds.desk
    import rounds.finish
    import rounds.leaving
    import rounds.moderating
    import rounds.next_round
    import rounds.panelist
    import rounds.past
    import rounds.questionnaire
    import rounds.rehearse
    import rounds.writing
    from delphi.app import create_app
    from delphi.web import (
        about,
        acknowledgement,
        ending,
        lost_link,
        my_data,
        panel,
        panel_side,
        protocol,
        setup,
        statements,
        studies,
        team,
        trail,
    )

    blueprints = (
        studies.blueprint,
        protocol.blueprint,
        statements.blueprint,
        panel.blueprint,
        setup.blueprint,
        trail.blueprint,
        team.blueprint,
        ending.blueprint,
        rounds.desk.blueprint,
        rounds.finish.blueprint,
        rounds.next_round.blueprint,
        rounds.rehearse.blueprint,
        panel_side.blueprint,
        rounds.moderating.blueprint,
        lost_link.blueprint,
        about.blueprint,
        acknowledgement.blueprint,
        my_data.blueprint,
        rounds.arriving.blueprint,
        rounds.panelist.blueprint,
        rounds.past.blueprint,
        rounds.leaving.blueprint,
        rounds.writing.blueprint,
        rounds.questionnaire.blueprint,
        rounds.autosave.blueprint,
        exports.views.blueprint,
        exports.file_pages.blueprint,
        exports.job_pages.blueprint,
        exports.own_pages.blueprint,
        exports.downloads.blueprint,
        exports.result_pages.blueprint,
    )
    made = create_app(settings, blueprints)
    made.extensions["workers"] = [exports.jobs.Exporter(made.extensions["database"])]
    return made


def __getattr__(name: str) -> "Flask":
    """Make the application when it is asked for by name: `gunicorn wsgi:application`, `flask --app wsgi`."""
    if name != "application":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return globals().setdefault(name, app())  # type: ignore[no-any-return]


main = cli.group(app, (*rounds.cli.COMMANDS, *exports.cli.COMMANDS))

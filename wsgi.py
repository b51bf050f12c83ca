"""The application and the command line, composed from the three packages: only here do all three meet."""

from typing import TYPE_CHECKING

import exports.cli.analyse
import rounds.demo.cli
from delphi import cli, config

if TYPE_CHECKING:
    from flask import Flask


def app(settings: config.Settings | None = None) -> "Flask":
    """Make the application: `gunicorn "wsgi:app()"`. The web stack is loaded only here; `delphi analyse` needs none."""
    import exports.files.pages.bundle
    import exports.files.pages.files
    import exports.files.pages.jobs
    import exports.files.worker
    import exports.personal.pages
    import exports.results.pages.journal
    import exports.results.pages.results
    import rounds.lifecycle.pages.finishing
    import rounds.lifecycle.pages.round
    import rounds.moderation.pages
    import rounds.participation.pages.arrival
    import rounds.participation.pages.withdrawal
    import rounds.questionnaire.pages.autosave
    import rounds.questionnaire.pages.cards
    import rounds.questionnaire.pages.home
    import rounds.questionnaire.pages.past_rounds
    import rounds.questionnaire.pages.suggesting
    import rounds.rehearsal.pages
    import rounds.revision.pages
    from delphi.app import create_app
    from delphi.people.pages import about_you, acknowledgement, lost_link, personal_data, roster
    from delphi.protocol.pages import panelist_options, protocol
    from delphi.statements import pages
    from delphi.studies.pages import audit, overview, retention, setup, team

    blueprints = (
        overview.blueprint,
        protocol.blueprint,
        pages.blueprint,
        roster.blueprint,
        setup.blueprint,
        audit.blueprint,
        team.blueprint,
        retention.blueprint,
        rounds.lifecycle.pages.round.blueprint,
        rounds.lifecycle.pages.finishing.blueprint,
        rounds.revision.pages.blueprint,
        rounds.rehearsal.pages.blueprint,
        panelist_options.blueprint,
        rounds.moderation.pages.blueprint,
        lost_link.blueprint,
        about_you.blueprint,
        acknowledgement.blueprint,
        personal_data.blueprint,
        rounds.participation.pages.arrival.blueprint,
        rounds.questionnaire.pages.home.blueprint,
        rounds.questionnaire.pages.past_rounds.blueprint,
        rounds.participation.pages.withdrawal.blueprint,
        rounds.questionnaire.pages.suggesting.blueprint,
        rounds.questionnaire.pages.cards.blueprint,
        rounds.questionnaire.pages.autosave.blueprint,
        exports.results.pages.journal.blueprint,
        exports.files.pages.files.blueprint,
        exports.files.pages.jobs.blueprint,
        exports.personal.pages.blueprint,
        exports.files.pages.bundle.blueprint,
        exports.results.pages.results.blueprint,
    )
    made = create_app(settings or config.from_environment(), blueprints)
    made.extensions["workers"] = [exports.files.worker.Exporter(made.extensions["database"]).run]
    return made


main = cli.group(app, (*rounds.demo.cli.COMMANDS, *exports.cli.analyse.COMMANDS))

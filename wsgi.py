"""The application and the command line, composed from the three packages: only here do all three meet."""

from typing import TYPE_CHECKING

import exports.cli
import rounds.cli
from delphi import cli, config

if TYPE_CHECKING:
    from flask import Flask


def app(settings: config.Settings | None = None) -> "Flask":
    """Make the application: `gunicorn "wsgi:app()"`. The web stack is loaded only here; `delphi analyse` needs none."""
    import exports.downloads
    import exports.views
    import rounds.arriving
    import rounds.autosave
    import rounds.desk
    import rounds.leaving
    import rounds.moderating
    import rounds.next_round
    import rounds.panelist
    import rounds.past
    import rounds.questionnaire
    from delphi.app import create_app
    from delphi.web import about, acknowledgement, lost_link, my_data, panel, protocol, setup, statements, studies

    blueprints = (
        studies.blueprint,
        protocol.blueprint,
        statements.blueprint,
        panel.blueprint,
        setup.blueprint,
        rounds.desk.blueprint,
        rounds.next_round.blueprint,
        rounds.moderating.blueprint,
        lost_link.blueprint,
        about.blueprint,
        acknowledgement.blueprint,
        my_data.blueprint,
        rounds.arriving.blueprint,
        rounds.panelist.blueprint,
        rounds.past.blueprint,
        rounds.leaving.blueprint,
        rounds.questionnaire.blueprint,
        rounds.autosave.blueprint,
        exports.views.blueprint,
        exports.downloads.blueprint,
    )
    return create_app(settings or config.from_environment(), blueprints)


main = cli.group(app, (*rounds.cli.COMMANDS, *exports.cli.COMMANDS))

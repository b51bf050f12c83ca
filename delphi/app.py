"""The application: settings, doors and the blueprints that wsgi.py hands over."""

import hashlib
from collections.abc import Iterable, Iterator
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

from flask import Blueprint, Flask, request, url_for
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

import delphi
from delphi import clock, logs, signing
from delphi.config import Settings
from delphi.database import Database
from delphi.deployment.database import overdue
from delphi.model import load_tables
from delphi.people import asked_twice, leaving, panel_table
from delphi.web import (
    accounts,
    compression,
    device,
    errors,
    forms,
    institution,
    language,
    memory,
    policy,
    security,
    sign_in,
    transaction,
)
from delphi.web.operating import health, metrics, prefix, sight

TEMPLATES = Path(delphi.__file__).parent.parent / "templates"


def blueprints_of(*packages: str) -> Iterator[Blueprint]:
    """Find every blueprint of these packages: in modules called `pages`, and in folders of that name."""
    for package in packages:
        for module in walk_packages(import_module(package).__path__, f"{package}."):
            if "pages" in module.name.split(".") and not module.ispkg:
                yield import_module(module.name).blueprint


def create_app(settings: Settings, blueprints: Iterable[Blueprint]) -> Flask:
    """Make the web application."""
    load_tables()
    if settings.log_format == "json":
        logs.write_json()
    app = Flask("delphi", template_folder=str(TEMPLATES), root_path=str(Path(delphi.__file__).parent))
    app.config.update(security.settings_of(settings), **accounts.settings_of(settings))
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.extensions["settings"] = settings
    if settings.trusted_proxies:
        proxies = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=0)  # type: ignore[method-assign]  # Flask's documented way
    compression.init_app(app)
    database = Database(settings.database_url)
    app.wsgi_app = health.init_app(app.wsgi_app, database)  # type: ignore[method-assign,assignment]  # as above
    metrics.init_app(app, settings, partial(_overdue, database))
    app.wsgi_app = prefix.init_app(app.wsgi_app, settings.prefix)  # type: ignore[method-assign,assignment]  # as above
    sight.init_app(app)
    transaction.init_app(app, database)
    memory.init_app(app)
    security.init_app(app, settings)
    sign_in.init_app(app)  # before the accounts: they open the request's transaction, and a try is counted in its own
    accounts.init_app(app)
    institution.init_app(app, settings)
    policy.init_app(app)
    errors.init_app(app)
    language.init_app(app)
    device.init_app(app)
    app.jinja_env.filters["typed"] = forms.typed
    app.jinja_env.globals["signing_key"] = signing.public_key_of(settings.secret_key)
    app.extensions["asked_twice"] = asked_twice.asked_twice
    app.extensions["forget"] = partial(leaving.forget, secret=settings.secret_key)
    app.extensions["describe_panel"] = panel_table.describe
    for blueprint in blueprints:
        app.register_blueprint(blueprint)
    prefix.check(app, settings.prefix)
    app.context_processor(lambda: {"asset": asset, "path": request.script_root + request.path})
    return app


def _overdue(database: Database) -> dict[str, int]:
    with database.transaction(writing=False) as session:
        return overdue(session, at=clock.now())


def asset(name: str) -> str:
    """Address of a static file with its hash, so that browsers may keep it for a year."""
    return url_for("static", filename=name, v=_digest(name))


@cache
def _digest(name: str) -> str:
    return hashlib.sha256((Path(delphi.__file__).parent / "static" / name).read_bytes()).hexdigest()[:12]

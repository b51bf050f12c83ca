"""Every setting of an installation: what it means, what it may be, and what holds where nobody wrote it."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from delphi import config_values as values
from delphi.config_sources import FILE_OF_ALL, Written, written
from delphi.config_values import CannotStart, WrongSetting

__all__ = ["FILE_OF_ALL", "SETTINGS", "CannotStart", "Setting", "Settings", "Written", "WrongSetting"]

SERVER_THREADS = 8  # of `delphi serve`, in each process


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting as an operator writes it; without a default it has to be written."""

    name: str
    field: str
    meaning: str
    read: Callable[[str], Any]
    default: str | None = None
    secret: bool = False


SETTINGS = (
    Setting(
        "SECRET_KEY",
        "secret_key",
        "Signs sessions, links and bundles. Keep it for good: another one ends every session and signs with another key.",
        partial(values.secret, "SECRET_KEY"),
        secret=True,
    ),
    Setting(
        "SECURITY_PASSWORD_SALT",
        "password_salt",
        "Goes into every stored password. Keep it for good: with another one no password fits.",
        partial(values.secret, "SECURITY_PASSWORD_SALT"),
        secret=True,
    ),
    Setting(
        "DATABASE_URL",
        "database_url",
        f"Where the database is: {values.DATABASE_EXAMPLES}.",
        values.database_url,
        "sqlite:///delphi.sqlite3",
        secret=True,
    ),
    Setting(
        "PUBLIC_URL",
        "public_url",
        "The one address that is answered, and that links in letters begin with; it may have a path (https://host/delphi).",
        values.public_url,
        "http://127.0.0.1:8000",
    ),
    Setting(
        "TRUSTED_PROXIES",
        "trusted_proxies",
        "How many proxies stand in front; their X-Forwarded-For and X-Forwarded-Proto are believed.",
        values.trusted_proxies,
        "0",
    ),
    Setting(
        "MAIL_URL",
        "mail_url",
        "The mail server: smtp://user:password@host:port, smtp+starttls://… or smtps://…. Without it no letter is sent.",
        values.mail_url,
        "",
        secret=True,
    ),
    Setting("MAIL_FROM", "mail_from", "The sender of letters.", values.mail_from, "delphi@localhost"),
    Setting(
        "MAIL_RETURN_PATH",
        "mail_return_path",
        "Where mail that cannot be delivered comes back: bounces@example.org takes bounces+…@example.org, too.",
        values.mail_return_path,
        "",
    ),
    Setting(
        "BOUNCES_URL",
        "bounces_url",
        "The mailbox in which it is read: imaps://user:password@host/folder. Without it, `delphi bounce` reads what is piped to it.",
        values.bounces_url,
        "",
        secret=True,
    ),
    Setting(
        "MAIL_PER_DOMAIN",
        "mail_per_domain",
        "Letters a minute to one domain, where a provider sets a limit.",
        values.mail_per_domain,
        "",
    ),
    Setting(
        "LOG_FORMAT",
        "log_format",
        "How lines of the log are written: text, or json with the number of their request, the team's requests and security "
        "events, and without names, links or addresses.",
        values.log_format,
        "text",
    ),
    Setting(
        "METRICS_TOKEN",
        "metrics_token",
        "Opens /metrics for Prometheus to whoever sends it as a bearer token; without it there is no such address.",
        values.metrics_token,
        "",
        secret=True,
    ),
    Setting(
        "OIDC_ISSUER",
        "oidc_issuer",
        "OpenID Connect provider of your institution, by which the study team may sign in: https://id.example.org/realm.",
        values.oidc_issuer,
        "",
    ),
    Setting("OIDC_CLIENT_ID", "oidc_client_id", "What the provider calls this installation.", str.strip, ""),
    Setting(
        "OIDC_CLIENT_SECRET",
        "oidc_client_secret",
        "By which the provider knows this installation.",
        str.strip,
        "",
        secret=True,
    ),
    Setting(
        "OIDC_NAME",
        "oidc_name",
        "The institution, as the button of the sign-in names it.",
        str.strip,
        "your institution",
    ),
    Setting(
        "PSEUDO_LANGUAGE",
        "pseudo_language",
        "Offers a made-up language, longer and from right to left, that shows whether pages can be translated.",
        partial(values.yes_or_no, "PSEUDO_LANGUAGE"),
        "no",
    ),
)
NAMES = tuple(setting.name for setting in SETTINGS)


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything an operator decides, checked.

    ``database_url`` is written as SQLAlchemy writes it; ``mail_url`` is smtp://[user:password@]host:port.
    ``mail_return_path`` is the address behind which, after a plus, each letter is named; ``bounces_url`` imaps://….
    ``mail_per_domain`` is how many letters a minute a postman hands over for one domain.
    """

    database_url: str
    public_url: str
    secret_key: str = field(repr=False)
    password_salt: str = field(repr=False)
    mail_url: str | None = field(default=None, repr=False)
    mail_from: str = "delphi@localhost"
    mail_return_path: str | None = None
    bounces_url: str | None = field(default=None, repr=False)
    mail_per_domain: int | None = None
    trusted_proxies: int = 0
    log_format: str = "text"
    metrics_token: str | None = field(default=None, repr=False)
    oidc_issuer: str | None = None
    oidc_client_id: str = ""
    oidc_client_secret: str = field(default="", repr=False)
    oidc_name: str = "your institution"
    pseudo_language: bool = False

    @property
    def host(self) -> str:
        """Name of the host in the public address."""
        return urlsplit(self.public_url).hostname or "localhost"

    @property
    def https(self) -> bool:
        """Whether people reach the platform over HTTPS."""
        return self.public_url.startswith("https:")

    @property
    def origin(self) -> str:
        """Scheme and host of the public address, as a browser names where a form comes from."""
        parts = urlsplit(self.public_url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def prefix(self) -> str:
        """The path below which every page stands (/delphi); empty where the host is ours alone."""
        return urlsplit(self.public_url).path


def from_environment(environ: Mapping[str, str] = os.environ) -> Settings:
    """Read and check the settings.

    Raises
    ------
    WrongSetting
        A setting is missing or wrong, or a name is none; the message names it and says what to write.
    """
    texts = written(NAMES, environ)
    settings = Settings(**{setting.field: _value(setting, texts) for setting in SETTINGS})
    if settings.oidc_issuer and not (settings.oidc_client_id and settings.oidc_client_secret):
        raise WrongSetting(
            "OIDC_ISSUER needs OIDC_CLIENT_ID and OIDC_CLIENT_SECRET, as its provider gave them: set both."
        )
    return settings


def _value(setting: Setting, texts: Mapping[str, Written]) -> Any:
    return setting.read(texts[setting.name].text if setting.name in texts else setting.default or "")


@dataclass(frozen=True, slots=True)
class Report:
    """One setting as it is: what is written, where, and what is wrong with it."""

    setting: Setting
    shown: str
    source: str
    wrong: str = ""


def report(environ: Mapping[str, str] = os.environ) -> list[Report]:
    """List every setting with its value, or what is wrong with it; secrets do not show.

    Raises
    ------
    WrongSetting
        A file of settings cannot be read, or a name is none.
    """
    texts = written(NAMES, environ)
    return [_report_of(setting, texts.get(setting.name)) for setting in SETTINGS]


def _report_of(setting: Setting, text: Written | None) -> Report:
    found = text or Written(setting.default or "", "default")
    try:
        setting.read(found.text)
    except WrongSetting as error:
        return Report(setting, "", found.source, str(error))
    shown = "(set)" if setting.secret and text is not None and text.text else found.text
    return Report(setting, shown, found.source)


def _value_of(name: str, environ: Mapping[str, str]) -> Any:
    setting = next(setting for setting in SETTINGS if setting.name == name)
    return _value(setting, written(NAMES, environ))


def database_url(environ: Mapping[str, str] = os.environ) -> str:
    """Where the database is: DATABASE_URL, or a file in the current folder.

    Raises
    ------
    WrongSetting
        It is no address of a database that can be used here.
    """
    return str(_value_of("DATABASE_URL", environ))


def secret_of_this_server(environ: Mapping[str, str] = os.environ) -> str:
    """SECRET_KEY for a command that signs: a new secret would sign in another server's name.

    Raises
    ------
    WrongSetting
        It is not set, or cannot be used.
    """
    if not (key := written(NAMES, environ).get("SECRET_KEY")) or not key.text:
        raise WrongSetting(
            "SECRET_KEY is not set, and it signs what this command writes: set it, or SECRET_KEY_FILE, as the server has it."
        )
    return str(_value_of("SECRET_KEY", environ))

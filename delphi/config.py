"""Settings from the environment; secrets have no default."""

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email.utils import parseaddr
from importlib import import_module
from urllib.parse import urlsplit

DRIVERS = {"sqlite": "pysqlite", "postgresql": "psycopg"}
DATABASE_EXAMPLES = "sqlite:////folder/delphi.sqlite3 or postgresql://user:password@host/name"
MAIL_SCHEMES = ("smtp", "smtp+tls")
SHORTEST_SECRET = 16
SERVER_THREADS = 8  # of `delphi serve`, in each process
MAKE_ONE = "Make one with: python3 -c 'import secrets; print(secrets.token_hex(32))'"


class CannotStart(Exception):
    """Why the platform does not start: one sentence for the operator, with the remedy."""


class WrongSetting(CannotStart):
    """A setting is missing or cannot be used as it is."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything an operator decides.

    ``database_url`` is written as SQLAlchemy writes it; ``mail_url`` is smtp://[user:password@]host:port.
    ``mail_per_domain`` is how many letters a minute a postman hands over for one domain.
    ``pseudo_language`` offers a made-up language, longer and from right to left, that shows whether pages can be translated.
    """

    database_url: str
    public_url: str
    secret_key: str = field(repr=False)
    password_salt: str = field(repr=False)
    mail_url: str | None = field(default=None, repr=False)
    mail_from: str = "delphi@localhost"
    mail_per_domain: int | None = None
    trusted_proxies: int = 0
    pseudo_language: bool = False

    @property
    def host(self) -> str:
        """Name of the host in the public address."""
        return urlsplit(self.public_url).hostname or "localhost"

    @property
    def https(self) -> bool:
        """Whether people reach the platform over HTTPS."""
        return self.public_url.startswith("https:")


def from_environment(environ: Mapping[str, str] = os.environ) -> Settings:
    """Read and check the settings.

    Raises
    ------
    WrongSetting
        A setting is missing or wrong; the message names it and says what to write.
    """
    return Settings(
        database_url=database_url(environ),
        public_url=_public_url(environ.get("PUBLIC_URL", "http://127.0.0.1:8000")),
        secret_key=_secret(environ, "SECRET_KEY"),
        password_salt=_secret(environ, "SECURITY_PASSWORD_SALT"),
        mail_url=_mail_url(environ.get("MAIL_URL")),
        mail_from=_mail_from(environ.get("MAIL_FROM", "delphi@localhost")),
        mail_per_domain=_mail_per_domain(environ.get("MAIL_PER_DOMAIN", "")),
        trusted_proxies=_trusted_proxies(environ.get("TRUSTED_PROXIES", "0")),
        pseudo_language=bool(environ.get("PSEUDO_LANGUAGE")),
    )


def database_url(environ: Mapping[str, str] = os.environ) -> str:
    """Where the database is: DATABASE_URL, or a file in the current folder.

    Raises
    ------
    WrongSetting
        It is no address of a database that can be used here.
    """
    return checked_database_url(environ.get("DATABASE_URL", "sqlite:///delphi.sqlite3"))


def checked_database_url(text: str) -> str:
    """Name the driver in the address of a database, or say why the address cannot be used."""
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise WrongSetting(f"DATABASE_URL is not the address of a database: write {DATABASE_EXAMPLES}.") from None
    backend, _, driver = url.drivername.partition("+")
    if backend not in DRIVERS or driver not in ("", DRIVERS[backend]):
        raise WrongSetting(
            f"DATABASE_URL begins with {url.drivername}://, which Delphi cannot use: write {DATABASE_EXAMPLES}."
        )
    if backend == "sqlite":
        return text
    try:
        import_module("psycopg")
    except ImportError:
        raise WrongSetting(
            "DATABASE_URL needs the driver psycopg, which is not installed: pip install 'delphi-platform[postgres]'."
        ) from None
    return url.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


def secret_of_this_server(environ: Mapping[str, str] = os.environ) -> str:
    """SECRET_KEY for a command that signs: a new secret would sign in another server's name.

    Raises
    ------
    WrongSetting
        It is not set, or cannot be used.
    """
    if not (environ.get("SECRET_KEY") or environ.get("SECRET_KEY_FILE")):
        raise WrongSetting(
            "SECRET_KEY is not set, and it signs what this command writes: set it, or SECRET_KEY_FILE, as the server has it."
        )
    return _secret(environ, "SECRET_KEY")


def _secret(environ: Mapping[str, str], name: str) -> str:
    """Read a secret from the file that NAME_FILE names, or from NAME; it is long enough not to be guessed."""
    path = environ.get(f"{name}_FILE")
    secret = _secret_in_file(name, path) if path else environ.get(name, "")
    if not secret:
        raise WrongSetting(f"{name} is not set. {MAKE_ONE}")
    if len(secret) < SHORTEST_SECRET:
        raise WrongSetting(f"{name} has fewer than {SHORTEST_SECRET} characters and could be guessed. {MAKE_ONE}")
    return secret


def _secret_in_file(name: str, path: str) -> str:
    try:
        with open(path, encoding="utf-8") as file:  # noqa: PTH123 (one line, no path logic)
            secret = file.read().strip()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is not text"
        raise WrongSetting(
            f"{name}_FILE names {path}, which cannot be read ({reason}): name a file that this account may read."
        ) from None
    if not secret:
        raise WrongSetting(f"{name}_FILE names {path}, which is empty: write the secret into it.")
    return secret


def _is_address(text: str, schemes: Sequence[str]) -> bool:
    """Whether a text is scheme://host, with a port or without."""
    try:
        parts = urlsplit(text)
        return parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number, a bracket that is not closed
        return False


def _public_url(text: str) -> str:
    if not _is_address(text, ("http", "https")):
        raise WrongSetting(
            f"PUBLIC_URL is “{text}”, but must begin with http:// or https://: write https://delphi.example.org."
        )
    return text.rstrip("/")


def _mail_url(text: str | None) -> str | None:
    if text and not _is_address(text, MAIL_SCHEMES):
        raise WrongSetting(  # without the text: it may hold a password
            "MAIL_URL is not the address of a mail server: write smtp://user:password@host:port, or smtp+tls://…"
        )
    return text or None


def _mail_from(text: str) -> str:
    address = parseaddr(text)[1]
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", address) or "\n" in text:
        raise WrongSetting(f"MAIL_FROM is “{text}”, which is no e-mail address: write delphi@example.org.")
    return text


def _mail_per_domain(text: str) -> int | None:
    if not re.fullmatch(r"(?:[1-9][0-9]{0,5})?", text.strip(), re.ASCII):
        raise WrongSetting(
            f"MAIL_PER_DOMAIN is “{text}”, but must be how many letters a minute may go to one domain: "
            "write 30, or leave it out for no limit."
        )
    return int(text) if text.strip() else None


def _trusted_proxies(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,2}", text.strip() or "0"):
        raise WrongSetting(f"TRUSTED_PROXIES is “{text}”, but must be a number: write 1 behind one proxy, 0 without.")
    return int(text.strip() or "0")

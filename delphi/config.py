"""Settings from the environment; secrets have no default."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit


class MissingSetting(Exception):
    """A setting without which the platform must not start."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything an operator decides.

    ``database_url`` is written as SQLAlchemy writes it; ``mail_url`` is smtp://[user:password@]host:port.
    ``pseudo_language`` offers a made-up language, longer and from right to left, that shows whether pages can be translated.
    """

    database_url: str
    public_url: str
    secret_key: str = field(repr=False)
    password_salt: str = field(repr=False)
    mail_url: str | None = field(default=None, repr=False)
    mail_from: str = "delphi@localhost"
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
    """Read the settings; `MissingSetting` names what is not there."""

    def secret(name: str) -> str:
        if path := environ.get(f"{name}_FILE"):
            with open(path, encoding="utf-8") as file:  # noqa: PTH123 (one line, no path logic)
                return file.read().strip()
        if not environ.get(name):
            raise MissingSetting(
                f"{name} is not set. Make one with: python3 -c 'import secrets; print(secrets.token_hex(32))'"
            )
        return environ[name]

    return Settings(
        database_url=database_url(environ),
        public_url=environ.get("PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/"),
        secret_key=secret("SECRET_KEY"),
        password_salt=secret("SECURITY_PASSWORD_SALT"),
        mail_url=environ.get("MAIL_URL"),
        mail_from=environ.get("MAIL_FROM", "delphi@localhost"),
        trusted_proxies=int(environ.get("TRUSTED_PROXIES", "0")),
        pseudo_language=bool(environ.get("PSEUDO_LANGUAGE")),
    )


def database_url(environ: Mapping[str, str] = os.environ) -> str:
    """Where the database is: DATABASE_URL, or a file in the current folder."""
    return environ.get("DATABASE_URL", "sqlite:///delphi.sqlite3")

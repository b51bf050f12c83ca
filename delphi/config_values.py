"""What may be written as a setting: each reader takes the text and gives the value, or says what to write."""

import re
from collections.abc import Sequence
from email.utils import parseaddr
from importlib.util import find_spec
from urllib.parse import urlsplit

DRIVERS = {"sqlite": "pysqlite", "postgresql": "psycopg"}
DATABASE_EXAMPLES = "sqlite:////folder/delphi.sqlite3 or postgresql://user:password@host/name"
MAIL_SCHEMES = {"smtp": 25, "smtp+starttls": 587, "smtp+tls": 25, "smtps": 465}  # smtp+tls: how 0.1.0 wrote STARTTLS
PATH = re.compile(r"(?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*")
SHORTEST_SECRET = 16
MAKE_ONE = "Make one with: python3 -c 'import secrets; print(secrets.token_hex(32))'"
YES_OR_NO = {"1": True, "yes": True, "true": True, "0": False, "no": False, "false": False, "": False}


class CannotStart(Exception):
    """Why the platform does not start: one sentence for the operator, with the remedy."""


class WrongSetting(CannotStart):
    """A setting is missing or cannot be used as it is."""


def database_url(text: str) -> str:
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
    needs("psycopg", "DATABASE_URL", "postgres")
    return url.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


def secret(name: str, text: str) -> str:
    """A secret that is long enough not to be guessed."""
    if not text:
        raise WrongSetting(f"{name} is not set. {MAKE_ONE}")
    if len(text) < SHORTEST_SECRET:
        raise WrongSetting(f"{name} has fewer than {SHORTEST_SECRET} characters and could be guessed. {MAKE_ONE}")
    return text


def _is_address(text: str, schemes: Sequence[str]) -> bool:
    """Whether a text is scheme://host, with a port or without."""
    try:
        parts = urlsplit(text)
        return parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number, a bracket that is not closed
        return False


def public_url(text: str) -> str:
    """The address that people type, without a slash at its end."""
    if not _is_address(text, ("http", "https")):
        raise WrongSetting(
            f"PUBLIC_URL is “{text}”, but must begin with http:// or https://: write https://delphi.example.org."
        )
    parts = urlsplit(text.rstrip("/"))
    if not PATH.fullmatch(parts.path) or parts.query or parts.fragment:
        raise WrongSetting(
            f"PUBLIC_URL is “{text}”, whose path cannot be used: write https://host or https://host/delphi."
        )
    return text.rstrip("/")


def mail_url(text: str) -> str | None:
    """The address of a mail server; None where no letter is to be sent."""
    if text and not _is_address(text, tuple(MAIL_SCHEMES)):
        raise WrongSetting(  # without the text: it may hold a password
            "MAIL_URL is not the address of a mail server: write smtp://user:password@host:port, or smtp+starttls://…, or smtps://…"
        )
    return text or None


def mail_from(text: str) -> str:
    """The sender of letters: an address, with a name before it or without."""
    address = parseaddr(text)[1]
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", address) or "\n" in text:
        raise WrongSetting(f"MAIL_FROM is “{text}”, which is no e-mail address: write delphi@example.org.")
    return text


def mail_return_path(text: str) -> str | None:
    """Where mail that cannot be delivered comes back; None where it goes to the sender."""
    if text and not re.fullmatch(
        r"[A-Za-z0-9._-]{1,8}@[A-Za-z0-9.-]+", text
    ):  # 64 characters with the name of a letter
        raise WrongSetting(
            f"MAIL_RETURN_PATH is “{text}”, but must be an address with at most eight characters before the @: "
            "write bounces@example.org."
        )
    return text or None


def bounces_url(text: str) -> str | None:
    """The mailbox of what came back; None where it is not read."""
    if text and not (_is_address(text, ("imap", "imaps")) and urlsplit(text).username):
        raise WrongSetting(  # without the text: it may hold a password
            "BOUNCES_URL is not the address of a mailbox: write imaps://user:password@host/folder."
        )
    return text or None


def mail_per_domain(text: str) -> int | None:
    """How many letters a minute may go to one domain; None for no limit."""
    if not re.fullmatch(r"(?:[1-9][0-9]{0,5})?", text.strip(), re.ASCII):
        raise WrongSetting(
            f"MAIL_PER_DOMAIN is “{text}”, but must be how many letters a minute may go to one domain: "
            "write 30, or leave it out for no limit."
        )
    return int(text) if text.strip() else None


def log_format(text: str) -> str:
    """How the log is written."""
    if text.strip().lower() not in ("text", "json"):
        raise WrongSetting(f"LOG_FORMAT is “{text}”, but must be text or json.")
    return text.strip().lower()


def metrics_token(text: str) -> str | None:
    """What opens the figures; None where there are none."""
    if not text:
        return None
    needs("prometheus_client", "METRICS_TOKEN", "metrics")
    return secret("METRICS_TOKEN", text)


def oidc_issuer(text: str) -> str | None:
    """The provider of an institution; None where there is none."""
    if not text:
        return None
    parts = urlsplit(text)
    if not (_is_address(text, ("https",)) or (parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1"))):
        raise WrongSetting(
            f"OIDC_ISSUER is “{text}”, but must begin with https://: write https://id.example.org/realm."
        )
    needs("authlib", "OIDC_ISSUER", "oidc")
    return text


def needs(module: str, name: str, extra: str) -> None:
    """Make sure that the package is installed which a setting asks for; it is not loaded before its time."""
    if find_spec(module) is None:
        raise WrongSetting(f"{name} needs {module}, which is not installed: pip install 'delphi-platform[{extra}]'.")


def trusted_proxies(text: str) -> int:
    """How many proxies stand in front."""
    if not re.fullmatch(r"[0-9]{1,2}", text.strip() or "0"):
        raise WrongSetting(f"TRUSTED_PROXIES is “{text}”, but must be a number: write 1 behind one proxy, 0 without.")
    return int(text.strip() or "0")


def yes_or_no(name: str, text: str) -> bool:
    """Whether something is wanted."""
    if text.strip().lower() not in YES_OR_NO:
        raise WrongSetting(f"{name} is “{text}”, but must be yes or no: write yes, or leave it out.")
    return YES_OR_NO[text.strip().lower()]

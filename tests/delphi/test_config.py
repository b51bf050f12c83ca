"""Settings: secrets have no default and do not show."""

import sys

import pytest

from delphi.config import WrongSetting, from_environment

SECRETS = {"SECRET_KEY": "k" * 32, "SECURITY_PASSWORD_SALT": "s" * 32}


@pytest.mark.parametrize("name", SECRETS)
def test_without_a_secret_nothing_starts(name):
    with pytest.raises(WrongSetting, match=f"{name} is not set"):
        from_environment({key: value for key, value in SECRETS.items() if key != name})


def test_an_empty_secret_is_none():
    with pytest.raises(WrongSetting):
        from_environment(SECRETS | {"SECRET_KEY": ""})


@pytest.mark.parametrize("name", SECRETS)
@pytest.mark.parametrize("value", ["…", "k" * 15])
def test_a_secret_that_could_be_guessed_is_refused(name, value, tmp_path):
    with pytest.raises(WrongSetting, match=f"^{name} has fewer than 16 characters .*Make one with: [^\n]*$"):
        from_environment(SECRETS | {name: value})
    (tmp_path / "secret").write_text(value, encoding="utf-8")
    with pytest.raises(WrongSetting, match=f"^{name} has fewer than 16 characters"):
        from_environment(SECRETS | {f"{name}_FILE": str(tmp_path / "secret")})


def test_a_secret_can_come_from_a_file(tmp_path):
    (tmp_path / "key").write_text("secret from the file\n", encoding="utf-8")
    settings = from_environment(SECRETS | {"SECRET_KEY_FILE": str(tmp_path / "key")})
    assert settings.secret_key == "secret from the file"


def test_a_secret_does_not_show():
    settings = from_environment(SECRETS | {"MAIL_URL": "smtp://user:password@relay"})
    assert not [secret for secret in (*SECRETS.values(), "password@") if secret in repr(settings)]


def test_what_is_not_said_is_local():
    settings = from_environment(SECRETS)
    assert (settings.host, settings.https, settings.mail_url) == ("127.0.0.1", False, None)
    assert settings.database_url.startswith("sqlite:")


def test_the_public_address_says_host_and_scheme():
    settings = from_environment(SECRETS | {"PUBLIC_URL": "https://delphi.example.org/"})
    assert (settings.host, settings.https, settings.public_url) == (
        "delphi.example.org",
        True,
        "https://delphi.example.org",
    )


@pytest.mark.parametrize(
    ("name", "value", "remedy"),
    [
        ("DATABASE_URL", "", "write sqlite:"),
        ("DATABASE_URL", "delphi.sqlite3", "write sqlite:"),
        ("DATABASE_URL", "postgresql://host:port/name", "write sqlite:"),
        ("DATABASE_URL", "mysql://host/name", "write sqlite:"),
        ("DATABASE_URL", "postgres://host/name", "or postgresql:"),
        ("DATABASE_URL", "postgresql+asyncpg://host/name", "or postgresql:"),
        ("DATABASE_URL", "sqlite+aiosqlite:///x", "write sqlite:"),
        ("MAIL_URL", "foo://x", "write smtp://"),
        ("MAIL_URL", "smtp://user:secret@host:port", "write smtp://"),
        ("MAIL_URL", "smtp:host", "write smtp://"),
        ("MAIL_FROM", "delphi", "write delphi@"),
        ("MAIL_PER_DOMAIN", "0", "write 30"),
        ("MAIL_PER_DOMAIN", "many", "write 30"),
        ("PUBLIC_URL", "delphi.example.org", "write https://"),
        ("PUBLIC_URL", "https://", "write https://"),
        ("PUBLIC_URL", "https://[::1", "write https://"),
        ("TRUSTED_PROXIES", "yes", "write 1"),
        ("TRUSTED_PROXIES", "-1", "write 1"),
    ],
)
def test_a_wrong_setting_is_named_with_its_remedy(name, value, remedy):
    with pytest.raises(WrongSetting, match=f"^{name} .*{remedy}[^\n]*$") as caught:
        from_environment(SECRETS | {name: value})
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MAIL_URL", "smtp+tls://user:secret@relay.example.org:587"),
        ("MAIL_FROM", "Delphi <delphi@example.org>"),
        ("PUBLIC_URL", "http://localhost:8000"),
        ("DATABASE_URL", "sqlite://"),
        ("DATABASE_URL", "sqlite:////folder/delphi.sqlite3"),
    ],
)
def test_a_right_setting_is_taken_as_it_is(name, value):
    assert value in vars_of(from_environment(SECRETS | {name: value}))


def test_a_number_of_letters_a_minute_is_no_limit_by_default():
    assert [from_environment(SECRETS | {"MAIL_PER_DOMAIN": n}).mail_per_domain for n in ("", "30")] == [None, 30]


def vars_of(settings):
    return [getattr(settings, name) for name in settings.__slots__]


def test_postgresql_is_reached_by_the_driver_we_use():
    address = "postgresql://user:p%40ss@host/name"
    assert from_environment(SECRETS | {"DATABASE_URL": address}).database_url == address.replace("://", "+psycopg://")


def test_a_missing_driver_is_said_with_its_package(monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(
        WrongSetting, match=r"psycopg, which is not installed: pip install 'delphi-platform\[postgres\]'"
    ):
        from_environment(SECRETS | {"DATABASE_URL": "postgresql://host/name"})


@pytest.mark.parametrize(
    ("content", "reason"), [(None, "No such file"), (b"", "is empty"), (b"\xff\xfe\xff", "it is not text")]
)
def test_an_unreadable_secret_file_is_named(tmp_path, content, reason):
    path = tmp_path / "key"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(WrongSetting, match=f"^SECRET_KEY_FILE names .*{reason}"):
        from_environment(SECRETS | {"SECRET_KEY_FILE": str(path)})

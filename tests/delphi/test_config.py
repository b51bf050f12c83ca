"""Settings: secrets have no default and do not show."""

import sys

import pytest

from delphi.config import FILE_OF_ALL, SETTINGS, Settings, WrongSetting, from_environment, report

SECRETS = {"SECRET_KEY": "k" * 32, "SECURITY_PASSWORD_SALT": "s" * 32}
GOOD = SECRETS | {
    "DATABASE_URL": "sqlite:////folder/other.sqlite3",
    "PUBLIC_URL": "https://delphi.example.org",
    "TRUSTED_PROXIES": "1",
    "MAIL_URL": "smtps://user:pass@relay.example.org",
    "MAIL_FROM": "Delphi <delphi@example.org>",
    "MAIL_RETURN_PATH": "bounces@example.org",
    "BOUNCES_URL": "imaps://box:pass@mail.example.org/INBOX",
    "MAIL_PER_DOMAIN": "30",
    "PSEUDO_LANGUAGE": "yes",
    "LOG_FORMAT": "json",
    "METRICS_TOKEN": "m" * 32,
    "OIDC_ISSUER": "https://id.example.org/realm",
    "OIDC_CLIENT_ID": "delphi",
    "OIDC_CLIENT_SECRET": "o" * 32,
    "OIDC_NAME": "Example Hospital",
}


@pytest.mark.parametrize("name", SECRETS)
def test_without_a_secret_nothing_starts(name):
    with pytest.raises(WrongSetting, match=f"{name} is not set"):
        from_environment(without(name))


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
        from_environment(without(name) | {f"{name}_FILE": str(tmp_path / "secret")})


def test_a_secret_can_come_from_a_file(tmp_path):
    (tmp_path / "key").write_text("secret from the file\n", encoding="utf-8")
    settings = from_environment(without("SECRET_KEY") | {"SECRET_KEY_FILE": str(tmp_path / "key")})
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


def test_the_public_address_may_have_a_path():
    settings = from_environment(SECRETS | {"PUBLIC_URL": "https://host.example.org:8443/tools/delphi/"})
    assert (settings.origin, settings.prefix) == ("https://host.example.org:8443", "/tools/delphi")
    assert from_environment(SECRETS).prefix == ""


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
        ("PUBLIC_URL", "https://host/a//b", "or https://host/delphi"),
        ("PUBLIC_URL", "https://host/../x", "or https://host/delphi"),
        ("PUBLIC_URL", "https://host/delphi?x=1", "or https://host/delphi"),
        ("MAIL_URL", "smtp+ssl://relay", "smtps://"),
        ("PSEUDO_LANGUAGE", "perhaps", "write yes"),
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
        ("MAIL_URL", "smtps://relay.example.org"),
        ("MAIL_URL", "smtp+starttls://relay.example.org"),
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
        from_environment(without("SECRET_KEY") | {"SECRET_KEY_FILE": str(path)})


@pytest.mark.parametrize(("text", "wanted"), [("", False), ("0", False), ("no", False), ("1", True), ("YES", True)])
def test_yes_or_no_is_read_and_not_only_seen(text, wanted):
    assert from_environment(SECRETS | {"PSEUDO_LANGUAGE": text}).pseudo_language is wanted


def test_any_setting_can_come_from_a_file_of_its_own(tmp_path):
    for setting in SETTINGS:
        path = tmp_path / setting.name
        path.write_text(f"{GOOD[setting.name]}\n", encoding="utf-8")
    files = {f"{setting.name}_FILE": str(tmp_path / setting.name) for setting in SETTINGS}
    assert from_environment(files) == from_environment(GOOD)


def test_all_settings_can_stand_in_one_file(tmp_path):
    assert from_environment(
        toml(tmp_path, **{name.lower(): value for name, value in GOOD.items()})
    ) == from_environment(GOOD)


def test_numbers_and_truth_in_the_file_are_read(tmp_path):
    (tmp_path / "delphi.toml").write_text("trusted_proxies = 2\npseudo_language = true\n", encoding="utf-8")
    settings = from_environment(SECRETS | {FILE_OF_ALL: str(tmp_path / "delphi.toml")})
    assert (settings.trusted_proxies, settings.pseudo_language) == (2, True)


def test_the_environment_goes_before_the_file(tmp_path):
    environ = SECRETS | toml(tmp_path, mail_from="file@example.org", trusted_proxies="1")
    settings = from_environment(environ | {"MAIL_FROM": "here@example.org"})
    assert (settings.mail_from, settings.trusted_proxies) == ("here@example.org", 1)
    assert {row.setting.name: row.source for row in report(environ)}["MAIL_FROM"] == str(tmp_path / "delphi.toml")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"mail_form = 'x'", "mail_form.*no setting: mail_from is"),
        (b"colour = 'x'", "colour.*no setting"),
        (b"[mail_from]\nx = 1", "table or a list as .mail_from"),
        (b"mail_from = [1]", "table or a list"),
        (b"mail_from: x", "no TOML"),
        (b"\xff\xfe", "it is not text"),
    ],
)
def test_a_wrong_file_of_settings_stops_in_one_sentence(tmp_path, content, said):
    path = tmp_path / "delphi.toml"
    path.write_bytes(content)
    with pytest.raises(WrongSetting, match=f"{said}[^\n]*$"):
        from_environment(SECRETS | {FILE_OF_ALL: str(path)})


@pytest.mark.parametrize(
    ("name", "meant"),
    [("DATABASE_URI", "DATABASE_URL"), ("TRUSTED_PROXY", "TRUSTED_PROXIES"), ("MAIL_URLS", "MAIL_URL")],
)
def test_a_name_that_is_nearly_ours_stops(name, meant):
    with pytest.raises(WrongSetting, match=f"{name} is set, but is no setting: {meant} is"):
        from_environment(SECRETS | {name: "x"})


def test_a_strange_name_is_left_alone_where_ours_is_set():
    environ = SECRETS | {"DATABASE_URI": "x", "DATABASE_URL": "sqlite://", "PATH": "/bin"}
    assert from_environment(environ).database_url == "sqlite://"


def test_a_setting_written_twice_in_one_place_stops(tmp_path):
    (tmp_path / "key").write_text("f" * 32, encoding="utf-8")
    with pytest.raises(WrongSetting, match="SECRET_KEY and SECRET_KEY_FILE are both set"):
        from_environment(SECRETS | {"SECRET_KEY_FILE": str(tmp_path / "key")})


def test_the_report_names_what_is_wrong_and_shows_no_secret():
    rows = {row.setting.name: row for row in report({"SECRET_KEY": "k" * 32, "MAIL_FROM": "x"})}
    assert (rows["SECRET_KEY"].shown, rows["SECRET_KEY"].source) == ("(set)", "environment")
    assert (rows["TRUSTED_PROXIES"].shown, rows["TRUSTED_PROXIES"].source) == ("0", "default")
    assert [name for name, row in rows.items() if row.wrong] == ["SECURITY_PASSWORD_SALT", "MAIL_FROM"]
    assert "k" * 32 not in repr(rows)


def test_every_setting_has_its_field_and_a_meaning():
    assert sorted(setting.field for setting in SETTINGS) == sorted(Settings.__slots__)
    assert all(setting.meaning.endswith(".") for setting in SETTINGS)


def without(name):
    return {key: value for key, value in SECRETS.items() if key != name}


def toml(folder, **values):
    path = folder / "delphi.toml"
    path.write_text("".join(f'{name} = "{value}"\n' for name, value in values.items()), encoding="utf-8")
    return {FILE_OF_ALL: str(path)}

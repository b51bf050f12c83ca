"""Settings: secrets have no default and do not show."""

import pytest

from delphi.config import MissingSetting, from_environment

SECRETS = {"SECRET_KEY": "k" * 32, "SECURITY_PASSWORD_SALT": "s" * 32}


@pytest.mark.parametrize("name", SECRETS)
def test_without_a_secret_nothing_starts(name):
    with pytest.raises(MissingSetting, match=f"{name} is not set"):
        from_environment({key: value for key, value in SECRETS.items() if key != name})


def test_an_empty_secret_is_none():
    with pytest.raises(MissingSetting):
        from_environment(SECRETS | {"SECRET_KEY": ""})


def test_a_secret_can_come_from_a_file(tmp_path):
    (tmp_path / "key").write_text("from the file\n", encoding="utf-8")
    settings = from_environment(SECRETS | {"SECRET_KEY_FILE": str(tmp_path / "key")})
    assert settings.secret_key == "from the file"


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

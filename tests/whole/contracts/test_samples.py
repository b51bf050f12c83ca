"""What deploy/ shows is true of the code: its settings, commands and extras exist, and each file is one of its kind."""

import configparser
import re
import tomllib
from pathlib import Path

import pytest
import readers
import yaml
from command_lines import delphi_calls, unknown_in

import delphi
from delphi.config import FILE_OF_ALL, NAMES, from_environment

ROOT = Path(delphi.__file__).parent.parent
DEPLOY = ROOT / "deploy"
SAMPLES = sorted(path for path in DEPLOY.rglob("*") if path.is_file())
UNITS = sorted((DEPLOY / "systemd").glob("*"))
NAME = re.compile(r"\b[A-Z][A-Z0-9]+(?:_[A-Z0-9]+)+\b")
FOREIGN = {
    "POSTGRES_USER",
    "POSTGRES_PASSWORD_FILE",
    "AF_INET",
    "AF_INET6",
    "AF_UNIX",
    "REMOTE_ADDR",
    "RUNTIME_DEFAULT",
}
OURS = {*NAMES, *(f"{name}_FILE" for name in NAMES), FILE_OF_ALL}
SECRETS = {
    "SECRET_KEY": "k" * 32,
    "SECURITY_PASSWORD_SALT": "s" * 32,
    "DATABASE_URL": "sqlite://",
    "MAIL_URL": "smtps://relay",
}


def read(name):
    return (DEPLOY / name).read_text(encoding="utf-8")


def started(settings):
    """Read settings of a sample as the program does, with secrets where the sample has files for them."""
    given = {name: value for name, value in settings.items() if not name.endswith("_FILE")}
    return from_environment(SECRETS | given)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_a_sample_names_no_setting_that_does_not_exist(path):
    assert set(NAME.findall(path.read_text(encoding="utf-8"))) - FOREIGN <= OURS


@pytest.mark.parametrize("name", ["DATABASE_URI", "SECRET_KEYS_FILE"])
def test_a_made_up_setting_is_found(name):
    assert set(NAME.findall(f"Environment={name}=x")) - FOREIGN - OURS == {name}


def test_the_toml_file_is_read_as_the_program_reads_it(tmp_path):
    values = tomllib.loads(read("delphi.toml"))
    files = {"secret_key_file": "k" * 32, "security_password_salt_file": "s" * 32, "mail_url_file": "smtps://relay"}
    text = read("delphi.toml")
    for name, secret in files.items():
        (tmp_path / name).write_text(secret, encoding="utf-8")
        text = text.replace(values[name], str(tmp_path / name))
    (tmp_path / "delphi.toml").write_text(text, encoding="utf-8")
    settings = from_environment({"DELPHI_CONFIG": str(tmp_path / "delphi.toml")})
    assert (settings.public_url, settings.secret_key) == (values["public_url"], "k" * 32)


def test_compose_starts_with_its_settings_and_commands():
    compose = yaml.safe_load(read("compose.yaml"))
    services = compose["services"]
    assert set(services) == {"tables", "web", "work", "database", "proxy"}
    for name in ("tables", "web", "work"):
        service = services[name]
        assert started(service["environment"]).https
        assert unknown_in(service["command"]) == []
        assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
        assert set(service["secrets"]) <= set(compose["secrets"])
        used = {Path(value).name for key, value in service["environment"].items() if key.endswith("_FILE")}
        assert used == set(service["secrets"])
    assert {volume.partition(":")[0] for one in services.values() for volume in one.get("volumes", [])} == set(
        compose["volumes"]
    )


def test_kubernetes_runs_the_same_without_rights():
    documents = list(yaml.safe_load_all(read("kubernetes.yaml")))
    assert started(documents[0]["data"]).https
    pods = [one["spec"]["template"]["spec"] for one in documents if one["kind"] in ("Job", "Deployment")]
    assert len(pods) == 3
    for pod in pods:
        assert pod["securityContext"]["runAsNonRoot"]
        (container,) = pod["containers"]
        assert unknown_in(container["command"]) == []
        assert container["securityContext"]["readOnlyRootFilesystem"]
        assert {mount["name"] for mount in container["volumeMounts"]} == {volume["name"] for volume in pod["volumes"]}


def test_the_image_has_the_extras_and_starts_without_rights():
    lines = [line for line in read("Dockerfile").replace("\\\n", " ").splitlines() if line and not line.startswith("#")]
    instructions = [line.split(maxsplit=1)[0] for line in lines]
    known = {"FROM", "WORKDIR", "COPY", "RUN", "ENV", "USER", "VOLUME", "EXPOSE", "HEALTHCHECK", "STOPSIGNAL", "CMD"}
    assert set(instructions) <= known
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg", encoding="utf-8")
    (extras,) = re.findall(r"\.\[([\w,-]+)\]", " ".join(lines))
    assert set(extras.split(",")) <= set(setup["options.extras_require"])
    assert instructions.index("USER") < instructions.index("CMD")
    assert unknown_in(yaml.safe_load(lines[-1].removeprefix("CMD "))) == []


@pytest.mark.parametrize("path", [path for path in UNITS if path.suffix == ".service"], ids=lambda path: path.name)
def test_a_unit_calls_what_there_is(path):
    starts = re.findall(r"^ExecStart=(.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    calls = [call for line in starts for call in delphi_calls(line.replace("'", " "))]
    assert calls
    assert [unknown_in(call) for call in calls] == [[]] * len(calls)


def test_systemd_takes_the_units_and_finds_little_exposed(tmp_path):
    for path in UNITS:
        text = path.read_text(encoding="utf-8").replace("/opt/delphi/bin/delphi", "/bin/true")
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    services = sorted(str(path) for path in tmp_path.glob("*.service"))
    readers.run("systemd-analyze", "verify", "--man=no", *services, str(tmp_path / "delphi-backup.timer"))
    for service in services:
        told = readers.run("systemd-analyze", "security", "--no-pager", "--offline=true", "--threshold=30", service)
        assert "Overall exposure level" in told

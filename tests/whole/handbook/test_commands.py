"""Every command of the handbook runs as it is written, page by page in an empty folder; or it says why it is not run."""

import os
import subprocess

import pytest
from click.testing import CliRunner
from command_lines import delphi_calls, unknown_in
from handbook import blocks, pages

import wsgi
from delphi.config import FILE_OF_ALL, NAMES

PAGES = [page for page in pages() if blocks(page)]
OF_A_SHELL = {"|", ">", "&&"}


@pytest.fixture
def empty(tmp_path, monkeypatch):
    """A folder with nothing in it, and no setting."""
    monkeypatch.chdir(tmp_path)
    for name in (*NAMES, FILE_OF_ALL):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def run(command, monkeypatch):
    """Run a line: an export for all that follow, a call of delphi in this process, anything else by a shell."""
    if command.startswith("export "):
        return export(command, monkeypatch)
    calls = delphi_calls(command)
    if command.startswith("delphi ") and not OF_A_SHELL & set(command.split()):
        done = CliRunner().invoke(wsgi.main, calls[0][1:])
        return done.exit_code, done.output
    shell = subprocess.run(["bash", "-c", command], env=dict(os.environ), capture_output=True, text=True, check=False)
    return shell.returncode, shell.stderr


def export(command, monkeypatch):
    names = [
        word.partition("=")[0] for word in command.removeprefix("export ").split() if "=" in word.partition("'")[0]
    ]
    names = [name for name in names if name.isupper()]
    script = f"{command}; for name in {' '.join(names)}; do printenv $name; done"
    shown = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)
    for name, value in zip(names, shown.stdout.splitlines(), strict=True):
        monkeypatch.setenv(name, value)
    return 0, ""


def named(page):
    return "-".join(page.parts[-2:])


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_the_commands_of_a_page_run(page, empty):
    for block in blocks(page):
        for place, command in enumerate(block.commands, 1):
            if block.runs:
                status, said = run(command, empty)
                assert status == (block.status if place == len(block.commands) else 0), (command, said)


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_a_command_that_is_not_run_exists_and_says_why(page):
    for block in blocks(page):
        lines = [line for line in block.commands if not line.startswith("alias")]
        assert [unknown_in(call) for line in lines for call in delphi_calls(line) if unknown_in(call)] == []
        assert block.runs or len(block.why) > 10


def test_most_commands_of_delphi_are_run_somewhere():
    lines = [line for page in PAGES for block in blocks(page) if block.runs for line in block.commands]
    ran = {call[1] for line in lines for call in delphi_calls(line)}
    assert {"config", "db", "account", "doctor", "backup", "restore", "upgrade", "analyse"} <= ran

"""The reference is written from the code, and nothing of the code is missing in it."""

import configparser

import pytest
import reference
from handbook import DOCS, ROOT

from delphi.config import FILE_OF_ALL, NAMES


@pytest.mark.parametrize("name", reference.PAGES)
def test_a_page_is_what_the_code_says_now(name):
    written = (DOCS / "reference" / f"{name}.md").read_text(encoding="utf-8")
    assert reference.PAGES[name]() == written, "run make docs"


def test_every_setting_and_command_is_documented():
    settings = (DOCS / "reference" / "settings.md").read_text(encoding="utf-8")
    assert [name for name in (*NAMES, FILE_OF_ALL) if f"`{name}`" not in settings] == []
    commands = (DOCS / "reference" / "commands.md").read_text(encoding="utf-8")
    assert [path for path, _command in reference.each_command() if f"## `delphi {path}" not in commands] == []


def test_every_option_says_what_it_does():
    options = [(path, one) for path, command in reference.each_command() for one in command.params]
    shown = [(path, one) for path, one in options if one.param_type_name == "option" and not one.hidden]
    assert len(shown) > 30
    assert [(path, one.name) for path, one in shown if not one.help] == []


def test_every_extra_is_named_where_settings_are_explained():
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg", encoding="utf-8")
    said = (DOCS / "it" / "configure.md").read_text(encoding="utf-8")
    extras = set(setup["options.extras_require"]) - {"dev", "docs"}
    assert [extra for extra in sorted(extras) if f"`{extra}`" not in said] == []

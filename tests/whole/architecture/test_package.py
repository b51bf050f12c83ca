"""What is installed and what a source archive holds: all that the product and its tests need (`make dist` tries it)."""

import configparser
import fnmatch
from pathlib import Path

import pytest

import delphi

ROOT = Path(delphi.__file__).parent.parent
PACKAGES = ("delphi", "rounds", "exports", "templates")
SETUP = configparser.ConfigParser()
SETUP.read(ROOT / "setup.cfg", encoding="utf-8")


def files_of(package):
    """List the files of a package, but for what Python and tools write beside them."""
    paths = [path for path in (ROOT / package).rglob("*") if path.is_file()]
    return {path for path in paths if "__pycache__" not in path.parts and path.suffix != ".mo"}


def installed(package):
    """List the files that setup.cfg installs."""
    patterns = SETUP["options.package_data"].get(package, "").split(",")
    data = {path for pattern in patterns if pattern.strip() for path in (ROOT / package).glob(pattern.strip())}
    modules = {
        path
        for path in (ROOT / package).rglob("*.py")
        if all((folder / "__init__.py").exists() for folder in path.parents if folder.is_relative_to(ROOT / package))
    }
    return {path for path in data | modules if path.is_file()}


@pytest.mark.parametrize("package", PACKAGES)
def test_every_file_of_a_package_is_installed(package):
    assert files_of(package) - installed(package) == set()


@pytest.mark.parametrize("package", PACKAGES)
def test_every_pattern_of_package_data_finds_a_file(package):
    patterns = [pattern.strip() for pattern in SETUP["options.package_data"].get(package, "").split(",")]
    assert [pattern for pattern in patterns if pattern and not list((ROOT / package).glob(pattern))] == []


def test_every_package_is_named():
    assert SETUP["options.packages.find"]["include"].split() == [f"{package}*" for package in PACKAGES]
    assert SETUP["options"]["py_modules"].split() == [path.stem for path in ROOT.glob("*.py")]


def test_a_source_archive_holds_all_that_a_clone_has():
    lines = [line.split() for line in (ROOT / "MANIFEST.in").read_text(encoding="utf-8").splitlines()]
    named = {
        word for command, *words in lines if command in ("include", "graft", "recursive-include") for word in words
    }
    hidden = {".git", ".venv", ".bench", ".coverage"}
    ignored = [line.strip("/") for line in (ROOT / ".gitignore").read_text(encoding="utf-8").split()]
    there = {
        path.name
        for path in ROOT.iterdir()
        if not any(fnmatch.fnmatch(path.name, pattern) for pattern in [*ignored, *hidden])
    }
    assert there - named - {*PACKAGES, "MANIFEST.in", "PKG-INFO"} == set()


def test_the_version_is_the_newest_in_the_changelog():
    heads = [
        line for line in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").splitlines() if line.startswith("## ")
    ]
    assert heads[0] == "## Unreleased"
    assert heads[1].removeprefix("## ").split(",")[0] == delphi.__version__

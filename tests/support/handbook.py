"""The pages of the handbook: which there are, their blocks of commands, and the site built of them."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import yaml

import delphi

ROOT = Path(delphi.__file__).parent.parent
DOCS = ROOT / "docs"
FENCE = re.compile(
    r"(?:<!-- (?P<mark>not run|ends with \d+): (?P<why>.*?) -->\n)?```(?P<kind>\w*)\n(?P<text>.*?)```", re.DOTALL
)
PROMPTS = ("$ ", "# ", "> ")


@dataclass(frozen=True)
class Block:
    """Commands of a page: whether they run, and with what status the last one ends."""

    commands: tuple[str, ...]
    runs: bool
    status: int
    why: str


def pages() -> list[Path]:
    """Every page of the navigation, and the page that the repository shows first."""
    config = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
    return [*(DOCS / name for name in _names(config["nav"])), ROOT / "README.md"]


def _names(entries: object) -> Iterator[str]:
    if isinstance(entries, str):
        yield entries
        return
    inner = entries.values() if isinstance(entries, dict) else entries
    assert not isinstance(inner, str)
    for entry in inner:
        yield from _names(entry)


def blocks(page: Path) -> list[Block]:
    """The blocks of commands of a page, in order."""
    found = FENCE.finditer(page.read_text(encoding="utf-8"))
    return [_block(match) for match in found if match["kind"] == "console"]


def _block(match: re.Match[str]) -> Block:
    lines = [line[2:] for line in match["text"].splitlines() if line[:2] in PROMPTS]
    mark = match["mark"] or ""
    status = int(mark.removeprefix("ends with ")) if mark.startswith("ends") else 0
    return Block(tuple(lines), mark != "not run", status, match["why"] or "")


@cache
def built() -> Path:
    """The site, built once; anything that a strict build complains of is a failure."""
    folder = Path(mkdtemp(prefix="delphi-handbook-")) / "site"
    environ = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    command = [sys.executable, "-W", "ignore", "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr, done.stderr
    return folder

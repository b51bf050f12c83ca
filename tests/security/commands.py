"""What the command line writes of a study, for every profile: the same attacks are made on it as on what the pages give."""

from pathlib import Path
from unittest.mock import patch

from click.testing import CliRunner, Result
from harvest import View, members
from study import SLUG, Play

import wsgi
from exports.catalogue import CATALOGUE
from exports.record.reader_profile import BUNDLE_PROFILES


def run(play: Play, *words: str) -> Result:
    """Run a command against the database of the study."""
    settings = {
        "DATABASE_URL": play.settings.database_url,
        "SECRET_KEY": play.settings.secret_key,
        "PASSWORD_SALT": play.settings.password_salt,
        "PUBLIC_URL": play.settings.public_url,
    }
    with patch.dict("os.environ", settings):
        return CliRunner().invoke(wsgi.main, words)


def written(play: Play, folder: Path) -> tuple[View, dict[str, Result]]:
    """Everything that export, data and bundle write, by each profile; and how each command ended."""
    files: dict[str, bytes] = {}
    ended: dict[str, Result] = {}
    for words in _commands():
        name = " ".join(words)
        target = folder / f"{len(ended)}.{'csv' if words[0] == 'export' else 'zip'}"
        ended[name] = run(play, words[0], SLUG, *words[1:], "--output", str(target))
        if target.exists():
            files |= {f"{name} {inner}": data for inner, data in members(target.name, target.read_bytes())}
    return View("end 4", "command line", {}, files), ended


def _commands() -> list[tuple[str, ...]]:
    offered = [(key, one) for key, entry in CATALOGUE.items() if "csv" in entry.formats for one in entry.profiles]
    exports = [("export", "--by-group", "--report", key, "--profile", str(one)) for key, one in offered]
    return exports + [(name, "--profile", str(one)) for name in ("data", "bundle") for one in BUNDLE_PROFILES]

"""Where a setting is written: the environment, a file of its own (NAME_FILE), or one TOML file for all."""

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from delphi.config_values import WrongSetting

FILE_OF_ALL = "DELPHI_CONFIG"
ALIKE = 0.85  # of difflib: DATABASE_URI beside DATABASE_URL, TRUSTED_PROXY beside TRUSTED_PROXIES


@dataclass(frozen=True, slots=True)
class Written:
    """The text of a setting, and where it stands in words of an operator."""

    text: str
    source: str


def written(names: Collection[str], environ: Mapping[str, str]) -> dict[str, Written]:
    """Collect what is written of these settings; the environment goes before the file of all.

    Raises
    ------
    WrongSetting
        A file cannot be read, a setting is written twice in one place, or a name is none of ours.
    """
    found = _in_file_of_all(names, environ)
    for name in names:
        if (setting := _in(environ, name, "environment")) is not None:
            found[name] = setting
    _check_names(names, environ, found)
    return found


def _in_file_of_all(names: Collection[str], environ: Mapping[str, str]) -> dict[str, Written]:
    path = environ.get(FILE_OF_ALL)
    if not path:
        return {}
    try:
        values = tomllib.loads(_text_of(FILE_OF_ALL, path))
    except tomllib.TOMLDecodeError as error:
        raise WrongSetting(f'{path}, which {FILE_OF_ALL} names, is no TOML ({error}): write name = "value".') from None
    known = [name.lower() for name in names]
    for key, value in values.items():
        if key.removesuffix("_file") not in known and key not in known:
            raise WrongSetting(f"{path} has “{key}”, which is no setting{_meant(key, known)}.")
        if isinstance(value, (dict, list)):
            raise WrongSetting(f'{path} has a table or a list as “{key}”: write {key} = "value".')
    texts = {key.upper(): _as_text(value) for key, value in values.items()}
    found = {name: _in(texts, name, path) for name in names}
    return {name: setting for name, setting in found.items() if setting is not None}


def _as_text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _in(texts: Mapping[str, str], name: str, place: str) -> Written | None:
    """Find a setting in one place: itself, or the file that it names."""
    if path := texts.get(f"{name}_FILE"):
        if texts.get(name):
            raise WrongSetting(f"{name} and {name}_FILE are both set ({place}): leave out one of them.")
        text = _text_of(f"{name}_FILE", path).strip()
        if not text:
            raise WrongSetting(f"{name}_FILE names {path}, which is empty: write the setting into it.")
        return Written(text, path)
    return Written(texts[name], place) if name in texts else None


def _text_of(name: str, path: str) -> str:
    try:
        with open(path, encoding="utf-8") as file:  # noqa: PTH123 (one line, no path logic)
            return file.read()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is not text"
        raise WrongSetting(
            f"{name} names {path}, which cannot be read ({reason}): name a file that this account may read."
        ) from None


def _check_names(names: Collection[str], environ: Mapping[str, str], found: Mapping[str, Written]) -> None:
    """Stop at a name in the environment that is nearly one of ours, where ours is not set."""
    known = {*names, *(f"{name}_FILE" for name in names), FILE_OF_ALL}
    for name in environ:
        close = get_close_matches(name, names, n=1, cutoff=ALIKE) if name not in known else []
        if close and close[0] not in found:
            raise WrongSetting(f"{name} is set, but is no setting{_meant(name, names)}.")


def _meant(name: str, known: Collection[str]) -> str:
    close = get_close_matches(name, known, n=1)
    return f": {close[0]} is" if close else "; `delphi config` lists them"

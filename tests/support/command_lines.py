"""Command lines of samples and pages, held against the commands that there are."""

import shlex
from collections.abc import Sequence

import click

import wsgi

BEFORE = ("exec", "&&", "|", ";", "web")  # after which a program is named


def unknown_in(words: Sequence[str]) -> list[str]:
    """Name what of a command line `delphi …` no command knows."""
    command, rest = wsgi.main, list(words[1:])
    while isinstance(command, click.Group) and rest:
        found = command.commands.get(rest[0])
        if found is None:
            return [rest[0]] if not rest[0].startswith("-") else _options(command, rest)
        command, rest = found, rest[1:]
    return _options(command, rest)


def _options(command: click.Command, words: Sequence[str]) -> list[str]:
    known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
    known |= {"--help"}
    return [word for word in words if word.startswith("-") and word.partition("=")[0] not in known]


def delphi_calls(text: str) -> list[list[str]]:
    """Find the calls of delphi in a line of a shell or of a unit."""
    words = shlex.split(text.replace("%%", "%"), comments=True)
    starts = [
        place
        for place, word in enumerate(words)
        if word.endswith("/bin/delphi") or (word == "delphi" and (place == 0 or words[place - 1] in BEFORE))
    ]
    ends = [place for place, word in enumerate(words) if word in ("|", "&&", ">", ";")] + [len(words)]
    return [words[start : next(end for end in ends if end > start)] for start in starts]

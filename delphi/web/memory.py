"""What this process keeps of what never changes, by a name that says all it depends on; bounded, oldest use first out."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any

from flask import Flask, current_app

from delphi.web.language import language, noun

MOST = 4000  # a piece is a few kilobytes of a page


class Memory:
    """Pieces by name. Two threads may make one piece at the same time; they make the same."""

    def __init__(self, most: int = MOST) -> None:
        self._most, self._lock = most, Lock()
        self._pieces: OrderedDict[Hashable, Any] = OrderedDict()

    def remember(self, name: Hashable, make: Callable[[], Any]) -> Any:
        """What was made under a name, or what is made now."""
        with self._lock:
            if name in self._pieces:
                self._pieces.move_to_end(name)
                return self._pieces[name]
        made = make()
        with self._lock:
            self._pieces[name] = made
            while len(self._pieces) > self._most:
                self._pieces.popitem(last=False)
        return made

    def forget(self) -> None:
        """Forget everything, as when another database is laid under the application."""
        with self._lock:
            self._pieces.clear()


def current_memory() -> Memory:
    """The memory of this application."""
    memory: Memory = current_app.extensions["memory"]
    return memory


def drawn_once(name: Hashable, *parts: Hashable, caller: Callable[[], str]) -> str:
    """For templates: the part of a page between `call` and `endcall`, kept in the words of the page; None keeps nothing."""
    if name is None:
        return caller()
    drawn: str = current_memory().remember(("drawn", name, *parts, language(), noun()), caller)
    return drawn


def init_app(app: Flask) -> None:
    """Let an application remember."""
    app.extensions["memory"] = Memory()
    app.jinja_env.globals["drawn_once"] = drawn_once

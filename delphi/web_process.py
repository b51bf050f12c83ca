"""The processes that show the pages under gunicorn, and how they end."""

import logging

from gunicorn.config import Config
from gunicorn.glogging import Logger
from gunicorn.workers.gthread import ThreadWorker

from delphi.logs import JsonLines


class ServerLog(Logger):
    """The server's own lines, written as all others are where they are written as JSON."""

    def setup(self, cfg: Config) -> None:
        """Leave the lines to the handler of all, which was there before."""
        super().setup(cfg)
        if any(isinstance(handler.formatter, JsonLines) for handler in logging.getLogger().handlers):
            self.error_log.handlers.clear()
            self.error_log.propagate = True


class WebWorker(ThreadWorker):
    """Threads that answer; told to end, it answers who has come so far and lets the next server have the port."""

    def is_parent_alive(self) -> bool:
        """Whether the server lives; where not, connections that are kept alive end soon, as when we are told to stop."""
        lives = bool(super().is_parent_alive())
        if not lives:
            self.alive = False
        return lives

    def set_accept_enabled(self, enabled: bool) -> None:  # noqa: FBT001 (gunicorn's)
        """Let connections in or not; who ends takes those that wait, as a port given up with them would reset them."""
        super().set_accept_enabled(enabled)
        if not self.alive:
            for listener in self.sockets:
                self._take_all(listener)
                listener.close()

    def _take_all(self, listener: object) -> None:
        before = -1
        while self.nr_conns > before:
            before = self.nr_conns
            self.accept(listener)

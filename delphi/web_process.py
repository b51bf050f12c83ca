"""The processes that show the pages under gunicorn, and how they end."""

from gunicorn.workers.gthread import ThreadWorker


class WebWorker(ThreadWorker):
    """Threads that answer; whose server was killed finishes what it has taken and lets the next server have the port."""

    def is_parent_alive(self) -> bool:
        """Whether the server lives; where not, connections that are kept alive end soon, as when we are told to stop."""
        lives = bool(super().is_parent_alive())
        if not lives:
            self.alive = False
        return lives

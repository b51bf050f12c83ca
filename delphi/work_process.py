"""`delphi work` as a process beside the server's: started again when it ended by itself, ended with the server.

The server's process gives no time to letters and files, and one process works, however many show the pages.
"""

import logging
import subprocess
import sys
import threading

from delphi.worker import SECONDS_TO_STOP

SECONDS_TO_LOOK_AGAIN = 1.0
LONGEST_PAUSE = 60.0
COMMAND = "import sys; sys.path[:] = {path!r}; import wsgi; wsgi.main()"  # ours, whatever lies in the folder we are in
log = logging.getLogger(__name__)


class WorkProcess:
    """The process that works, and a thread that looks after it."""

    def __init__(self, *options: str) -> None:
        self.command = [sys.executable, "-c", COMMAND.format(path=sys.path), "work", *options]
        self.process: subprocess.Popen[bytes] | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look_after, name=type(self).__name__, daemon=True)

    def start(self) -> None:
        """Start the process; it reads from us, so that it ends when we are killed, and no Ctrl-C reaches it before us."""
        self._begin()
        self._thread.start()

    def _begin(self) -> None:
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, start_new_session=True)  # noqa: S603 (our own command)

    def _look_after(self) -> None:
        pause = SECONDS_TO_LOOK_AGAIN
        while not self._stop.wait(SECONDS_TO_LOOK_AGAIN):
            assert self.process is not None
            if self.process.poll() is not None:  # the server may have asked for its ending before us: then it is 0
                log.warning("delphi work ended and is started again in %d seconds", pause)
                if self._stop.wait(pause):
                    return
                pause = min(2 * pause, LONGEST_PAUSE)
                self._begin()

    def stop(self) -> None:
        """Let the process finish what it has in hand, and end it."""
        self._stop.set()
        if self.process is None:  # the server ended before it was ready
            return
        self._thread.join()
        self.process.terminate()
        try:
            self.process.wait(SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

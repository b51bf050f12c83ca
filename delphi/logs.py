"""Log lines as JSON, with the number of their request and without values that could be a name, a link or an address."""

import json
import logging
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

REQUEST: ContextVar[str] = ContextVar("request", default="")  # the number of the request that is being answered
OURS = ("delphi", "rounds", "exports", "wsgi")
ROOT = Path(__file__).parent.parent
FACTS = "facts"  # of a record: what stands beside the message


class JsonLines(logging.Formatter):
    """One JSON object a line.

    The words of other libraries are written without their values, and an error with its kind and places but without its
    message: they may quote what a person typed.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Write a record."""
        ours = record.name.partition(".")[0] in OURS
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage() if ours else str(record.msg),
        }
        if number := REQUEST.get():
            line["request"] = number
        line.update(getattr(record, FACTS, {}))
        if record.exc_info and record.exc_info[0] is not None:
            line |= {"error": record.exc_info[0].__name__, "places": places_of(record.exc_info[2])}
        return json.dumps(line, ensure_ascii=False)


def places_of(trace: TracebackType | None) -> list[str]:
    """Where an error came from, innermost last: file, line and function of each step."""
    return [f"{_short(step.filename)}:{step.lineno} {step.name}" for step in traceback.extract_tb(trace)]


def _short(name: str) -> str:
    path = Path(name)
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else "/".join(path.parts[-2:])


def write_json() -> None:
    """Write all lines of this process as JSON on standard error, those of requests and of security too."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    for name in ("delphi.requests", "delphi.security"):
        logging.getLogger(name).setLevel(logging.INFO)

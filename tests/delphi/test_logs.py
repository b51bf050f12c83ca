"""Lines of the log as JSON: who made them, for which request, and nothing that a person typed."""

import io
import json
import logging

import pytest

from delphi.logs import FACTS, REQUEST, JsonLines

SECRET = "ada@example.org"


@pytest.fixture
def written():
    """A logger by name, and what it wrote."""
    stream, handlers = io.StringIO(), []

    def logger(name):
        handler = logging.StreamHandler(stream)
        handler.setFormatter(JsonLines())
        log = logging.getLogger(name)
        log.addHandler(handler)
        handlers.append((log, handler))
        return log

    yield logger, lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    for log, handler in handlers:
        log.removeHandler(handler)


def test_a_line_says_when_who_and_what(written):
    logger, lines = written
    REQUEST.set("12ab34cd")
    logger("delphi.some").warning("%s wait", 3, extra={FACTS: {"study": 7}})
    REQUEST.set("")
    logger("delphi.other").warning("done")
    (first, second) = lines()
    assert (first["message"], first["level"], first["logger"]) == ("3 wait", "warning", "delphi.some")
    assert (first["request"], first["study"]) == ("12ab34cd", 7)
    assert first["at"].endswith("+00:00")
    assert "request" not in second


def test_words_of_other_libraries_come_without_their_values(written):
    logger, lines = written
    logger("gunicorn.other").warning("Error handling request %s", f"/p/{SECRET}")
    assert lines()[0]["message"] == "Error handling request %s"


def test_an_error_is_told_by_kind_and_place(written):
    logger, lines = written
    log = logger("delphi.failing")
    try:
        int(SECRET)
    except ValueError:
        log.exception("failed")
    (line,) = lines()
    assert line["error"] == "ValueError"
    assert line["places"][-1].startswith("tests/delphi/test_logs.py:")
    assert SECRET not in json.dumps(line)

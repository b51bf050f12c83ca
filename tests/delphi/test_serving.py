"""The server as a process: pages open while others wait to save, and SIGTERM lets it answer what it has taken."""

import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit

import pytest
from browsing import SECRET
from databases import one_engine

from rounds.demo.server import free_port

SAVERS = 12


@contextmanager
def serving(url: str):
    """Serve a database, and end the server."""
    port = free_port(0)
    address = f"http://127.0.0.1:{port}/account/sign-in"
    secrets = {"SECRET_KEY": SECRET, "SECURITY_PASSWORD_SALT": SECRET, "DATABASE_URL": url, "PUBLIC_URL": address[:-16]}
    command = [sys.executable, "-c", "import wsgi; wsgi.main()", "serve", "--port", str(port)]
    with subprocess.Popen(command, env={**os.environ, **secrets}, stderr=subprocess.DEVNULL) as server:
        end = time.monotonic() + 60
        while not answers(address):
            assert time.monotonic() < end, "the server did not start"
            time.sleep(0.05)
        yield server, address
        server.kill()


def answers(address: str) -> bool:
    try:
        return bool(urllib.request.urlopen(address).read())
    except OSError:
        return False


def stays_open(connection: HTTPConnection) -> bool:
    """Ask for a page; whether the connection may be used again."""
    try:
        connection.request("GET", "/account/sign-in")
        answer = connection.getresponse()
        return bool(answer.read()) and not answer.will_close
    except (OSError, HTTPException):
        return False


def opened(address: str):
    """A browser before the door, and the token of the form."""
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    page = browser.open(address).read().decode()
    return browser, re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1]


def sign_in(address: str, browser, token: str) -> int:
    """Try a wrong password, which is counted and so written; what came back as a whole answer."""
    form = urlencode({"csrf_token": token, "email": f"{token[:9]}@example.org", "password": "x"}).encode()
    try:
        answer = browser.open(address, form)
    except HTTPError as error:
        answer = error
    return answer.status if answer.read().rstrip().endswith(b"</html>") else 0


@one_engine
def test_savers_that_wait_hold_no_page_up_and_sigterm_answers_them(template):
    with template.copy() as url, serving(url) as (server, address), ThreadPoolExecutor(SAVERS) as pool:
        doors = [opened(address) for _ in range(SAVERS)]
        other = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        codes = [pool.submit(sign_in, address, *door) for door in doors]
        time.sleep(0.3)
        began = time.monotonic()
        assert answers(address)
        assert time.monotonic() - began < 2.5  # the lock stays, and each saver waits for 3 s
        server.send_signal(signal.SIGTERM)
        other.close()
        assert {code.result() for code in codes} <= {200, 429, 503}
        assert server.wait(10) == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_an_idle_server_ends_long_before_its_grace_is_over(template, number):
    with template.copy() as url, serving(url) as (server, _address):
        server.send_signal(number)
        assert server.wait(5) == 0  # of 30 s; it takes about half a second


@one_engine
def test_sigterm_answers_connections_that_nobody_took_yet(template):
    with template.copy() as url, serving(url) as (server, address):
        worker = workers(server.pid)[0]
        os.kill(worker, signal.SIGSTOP)
        waiting = [HTTPConnection(urlsplit(address).netloc) for _ in range(5)]
        for one in waiting:
            one.request("GET", "/account/sign-in")
        server.send_signal(signal.SIGTERM)
        os.kill(worker, signal.SIGTERM)
        os.kill(worker, signal.SIGCONT)
        assert [one.getresponse().status for one in waiting] == [200] * 5


def workers(pid: int) -> list[int]:
    """The processes of a server that show pages."""
    lists = Path(f"/proc/{pid}/task").glob("*/children")
    pids = [int(child) for one in lists for child in one.read_text().split()]
    return [one for one in pids if b"work" not in Path(f"/proc/{one}/cmdline").read_bytes().split(b"\0")]


@one_engine
def test_a_server_that_was_killed_leaves_its_port_soon(template):
    with template.copy() as url, serving(url) as (server, address):
        kept = HTTPConnection(urlsplit(address).netloc)
        assert stays_open(kept)
        server.kill()
        end = time.monotonic() + 10
        while stays_open(kept):
            assert time.monotonic() < end, "a busy connection keeps the worker, and the worker the port"

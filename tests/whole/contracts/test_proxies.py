"""The samples of deploy/ in the real programs: a host of its own, and below a path of a host that others share."""

import re
import threading
from dataclasses import replace
from urllib.parse import urlencode

import pytest
from browsing import application
from databases import one_engine
from flask import request
from proxies import COMMANDS, Connection, proxy
from werkzeug.serving import WSGIRequestHandler, make_server

PLACES = {"delphi.example.org": "", "host.example.org": "/delphi"}


class Quiet(WSGIRequestHandler):
    def log(self, *_):
        """Say nothing."""


@one_engine
@pytest.mark.parametrize("host", PLACES)
@pytest.mark.parametrize("name", COMMANDS)
def test_a_reader_signs_in_through_the_proxy(name, host, settings, tmp_path):
    place, clients = PLACES[host], set()
    app = application(replace(settings, public_url=f"https://{host}{place}", trusted_proxies=1))
    app.before_request(lambda: clients.add((request.remote_addr, request.scheme)))
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with proxy(name, tmp_path, server.server_port) as port:
        connection = Connection(host, port, tmp_path)
        page = connection.ask("GET", f"{place}/account/sign-in")
        cookie, text = page.headers["Set-Cookie"], page.read().decode()
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', text)[1]
        style = re.search(r'href="([^"]+\.css[^"]*)"', text)[1]
        form = urlencode({"csrf_token": token, "email": "nobody@example.org", "password": "x"})
        said = {"Content_Type": "application/x-www-form-urlencoded", "Cookie": cookie.partition(";")[0]}
        answer = connection.ask("POST", f"{place}/account/sign-in", form, Origin=f"https://{host}", **said)
        answer.read()
        sheet = connection.ask("GET", style, X_Forwarded_For="203.0.113.7", X_Forwarded_Host="elsewhere.example")
        sheet.read()
        connection.close()
    server.shutdown()
    server.server_close()
    app.extensions["database"].engine.dispose()
    assert (page.status, answer.status, sheet.status) == (200, 200, 200)
    assert "secure" in cookie.lower()
    assert style.startswith(f"{place}/static/")
    assert clients == {("127.0.0.1", "https")}  # nobody tells the proxy who they are

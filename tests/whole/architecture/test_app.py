"""The application as it starts: every view is guarded, every template parses, nothing costly is loaded."""

import re
import subprocess
import sys
from importlib.metadata import distributions

import pytest
from browsing import SECRET

import wsgi
from delphi.access import Capability
from delphi.config import Settings
from delphi.web.policy import ACCOUNT, LIBRARY_ENDPOINTS, OPEN, PANELIST, policy_of

COSTLY = ("scipy", "typst", "docx", "lxml", "xlsxwriter", "python_calamine", "pydantic")
CLOSED_LIBRARY = {"security.forgot_password", "security.static", "security.verify"}
START = f"""
import sys, wsgi
from delphi.config import Settings
wsgi.app(Settings(database_url="sqlite://", public_url="http://localhost", secret_key="x" * 32, password_salt="y"))
print(*[name for name in {COSTLY!r} if name in sys.modules])
"""


@pytest.fixture(scope="module")
def app():
    return wsgi.app(Settings("sqlite://", "http://delphi.example.org", SECRET, SECRET))


def test_every_view_says_who_may_come_in(app):
    unguarded = {name for name in app.view_functions if policy_of(app, name) is None}
    assert unguarded <= CLOSED_LIBRARY
    policies = {policy_of(app, name) for name in app.view_functions} - {None}
    assert policies <= {OPEN, PANELIST, ACCOUNT, *Capability}


def test_the_library_brings_no_endpoint_that_nobody_looked_at(app):
    brought = {name for name in app.view_functions if name.startswith("security.")}
    assert brought == CLOSED_LIBRARY | {name for name in LIBRARY_ENDPOINTS if name != "static"}


def test_every_template_parses_and_its_texts_can_be_found(app):
    names = app.jinja_env.list_templates(extensions=["html"])
    assert names
    for name in names:
        source = app.jinja_env.loader.get_source(app.jinja_env, name)[0]
        found = [message for _, _, message in app.jinja_env.extract_translations(source)]
        assert len(found) >= len(re.findall(r"\b_\(\"", source)), name


def test_no_costly_library_is_loaded_by_the_pages():
    done = subprocess.run([sys.executable, "-c", START], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_nothing_installed_asks_for_the_gpl():
    for package in distributions():
        said = [package.metadata.get("License-Expression") or "", *(package.metadata.get_all("Classifier") or [])]
        assert not re.search(r"(?<!L)GPL|(?<!Lesser )General Public License", " ".join(said)), package.name

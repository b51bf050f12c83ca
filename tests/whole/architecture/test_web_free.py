"""Bundles are made and read where no web page is: each command in a process of its own, without Flask."""

import os
import re
import subprocess
import sys

from browsing import SECRET
from played import play

from delphi.database import Database

ALONE = """
import sys, wsgi
try:
    wsgi.main(sys.argv[1:])
finally:
    assert "flask" not in sys.modules and "scipy" not in sys.modules, "the web was loaded"
"""


def alone(url, *arguments, code=0):
    command = [sys.executable, "-c", ALONE, *map(str, arguments)]
    done = subprocess.run(
        command,
        env=os.environ | {"DATABASE_URL": url, "SECRET_KEY": SECRET},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stderr
    return done.stdout + done.stderr


def test_the_whole_way_of_a_bundle_needs_no_web(template, tmp_path):
    path = tmp_path / "care.zip"
    with template.copy() as url, template.copy() as other:
        database = Database(url)
        with database.transaction() as session:
            play(session, panelists=20, rounds=2)
        database.engine.dispose()
        alone(url, "bundle", "care", "--output", path)
        assert "whole" in alone(url, "verify", path)
        assert re.search(r"[1-9][0-9]+ compared", alone(url, "analyse", path))
        assert "imported with 2 rounds" in alone(other, "import", path)


RATINGS = """
import sys, wsgi
try:
    wsgi.main(["analyse", sys.argv[1], "--scale", "agree4_nq"])
finally:
    assert not {"flask", "sqlalchemy", "scipy", "pandas", "pyarrow"} & set(sys.modules), "more was loaded than a file needs"
"""


def test_ratings_are_analysed_without_web_and_database(tmp_path):
    path = tmp_path / "ratings.csv"
    path.write_text("panelist,statement,status,rating\nP1,S1,rated,4\n")
    done = subprocess.run([sys.executable, "-c", RATINGS, path], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr

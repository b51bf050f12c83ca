"""Freeze the newest revision of the tables, when a version is released: `make freeze`.

Writes tests/delphi/released/REVISION.sql: the hash of the revision's file, and a row of every table. From then on a test refuses any
change to the revision, and every later revision is tried over these rows. Texts in quotes are understood by both databases.
"""

import hashlib
import sqlite3
import sys
import tempfile
from pathlib import Path

from alembic.script import ScriptDirectory
from rows import METADATA, fill

from delphi.database import Database
from delphi.migrations import configuration, newest_revision, upgrade_to_head

RELEASED = Path(__file__).resolve().parent.parent / "tests" / "delphi" / "released"


def quoted(value: str | float | None) -> str:
    """Write a value as both databases read it."""
    return "NULL" if value is None else "'{}'".format(str(value).replace("'", "''"))


def dump(path: Path) -> list[str]:
    """Write a row of every table of a new database."""
    url = f"sqlite:///{path}"
    upgrade_to_head(url)
    database = Database(url)
    with database.transaction() as session:
        fill(session)
    database.engine.dispose()
    lines = []
    with sqlite3.connect(path) as connection:
        for table in METADATA.sorted_tables:
            cursor = connection.execute(f'SELECT * FROM "{table.name}"')
            names = ", ".join(f'"{column[0]}"' for column in cursor.description)
            insert = f'INSERT INTO "{table.name}" ({names}) VALUES'
            lines.extend(f"{insert} ({', '.join(map(quoted, row))});" for row in cursor)
    return lines


def main() -> None:
    """Write the file of the newest revision, once."""
    revision = newest_revision()
    target = RELEASED / f"{revision}.sql"
    if target.exists():
        sys.exit(f"Revision {revision} is frozen already: make another one for what changes now.")
    source = ScriptDirectory.from_config(configuration("")).get_revision(revision).path
    digest = hashlib.sha256(Path(source).read_bytes()).hexdigest()
    with tempfile.TemporaryDirectory() as folder:
        lines = dump(Path(folder) / "rows.sqlite3")
    RELEASED.mkdir(exist_ok=True)
    target.write_text("\n".join([f"-- {Path(source).name} {digest}", *lines, ""]), encoding="utf-8")
    print(f"{target}: {len(lines)} rows")


if __name__ == "__main__":
    main()

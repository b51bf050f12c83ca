"""What a backup writes is read back: on either database, from either, under load, and of an older version."""

import json
import stat
import threading
import zipfile
from pathlib import Path

import pytest
from builders import NOW, people
from bundles import written
from databases import ENGINES
from played import COS, ODD, play
from sqlalchemy import select, text

from delphi.backup import restoring, writing
from delphi.backup.encryption import BackupError
from delphi.backup.restoring import differences, restore
from delphi.database import Database
from delphi.migrations import newest_revision
from delphi.model.study import Study
from delphi.people import roster

pyrage = pytest.importorskip("pyrage")


@pytest.fixture(scope="module")
def filled(template):
    """A database with a study of three groups at each level, and one of hostile texts."""
    with template.copy() as url:
        database = Database(url)
        with database.transaction() as session:
            for level in ("sealed", "separated", "open_rows"):
                play(session, f"cos-{level.replace('_', '-')}", panelists=18, rounds=2, level=level, **COS)
            play(session, "odd", panelists=8, rounds=1, **ODD)
        yield database
        database.engine.dispose()


def backup_of(database, path, **how):
    url = database.engine.url.render_as_string(hide_password=False)
    return writing.write(url, path, revision=newest_revision(), at=NOW, **how)


@pytest.mark.parametrize("to", ENGINES)
def test_every_row_is_read_back_on_either_database(filled, templates, tmp_path, to):
    manifest = backup_of(filled, tmp_path / "all.zip")
    url = templates(to).empty()
    assert restore(tmp_path / "all.zip", url).rows == manifest.rows > 1000
    assert differences(url, manifest) == []
    assert bundles_of(filled, tmp_path / "before") == bundles_of(Database(url), tmp_path / "after")


def bundles_of(database, folder):
    """The bytes of every study's bundle."""
    folder.mkdir()
    with database.transaction(writing=False) as session:
        for study in session.scalars(select(Study)):
            written(session, study, folder / f"{study.slug}.zip")
    database.engine.dispose()
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_restored_database_takes_new_rows_and_guards_old_ones(filled, template, tmp_path):
    backup_of(filled, tmp_path / "all.zip")
    database = Database(url := template.empty())
    restore(tmp_path / "all.zip", url)
    with database.transaction() as session:
        play(session, "new", panelists=6, rounds=1)
    with pytest.raises(Exception, match="do not change"), database.transaction() as session:
        session.execute(text("UPDATE rating SET value = 1 WHERE round = 1"))
    database.engine.dispose()


def test_a_row_that_is_not_as_it_was_is_named(filled, template, tmp_path):
    manifest = backup_of(filled, tmp_path / "all.zip")
    restore(tmp_path / "all.zip", url := template.empty())
    database = Database(url)
    with database.transaction() as session:
        session.execute(text("UPDATE study SET title = 'Another' WHERE slug = 'odd'"))
    database.engine.dispose()
    assert differences(url, manifest) == ["study"]


def test_a_backup_sees_one_moment_while_people_join(template, tmp_path, monkeypatch):
    """Of two tables that change together, the later one is read as it was when the backup began."""
    with template.copy() as url:
        database = Database(url)
        with database.transaction() as session:
            study = play(session, panelists=6, rounds=1).id
        joined, read = threading.Event(), writing.lines

        def join():
            with database.transaction() as session:
                roster.add(session, session.get_one(Study, study), people(9)[6:])
            joined.set()

        def slowly(connection, table):
            yield from read(connection, table)
            if table.name == "account" and not joined.is_set():
                threading.Thread(target=join).start()
                assert joined.wait(20)  # nobody waits for a backup

        monkeypatch.setattr(writing, "lines", slowly)
        manifest = backup_of(database, tmp_path / "all.zip")
        assert (manifest.tables["panelist"].rows, manifest.tables["identity"].rows) == (6, 6)
        database.engine.dispose()


def test_a_backup_is_read_by_its_owner_alone(filled, tmp_path):
    backup_of(filled, tmp_path / "all.zip")
    assert stat.S_IMODE((tmp_path / "all.zip").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["all.zip"]


def test_a_backup_overwrites_nothing(filled, tmp_path):
    (tmp_path / "all.zip").write_bytes(b"kept")
    with pytest.raises(BackupError, match="there already"):
        backup_of(filled, tmp_path / "all.zip")
    assert (tmp_path / "all.zip").read_bytes() == b"kept"


def test_an_encrypted_backup_is_read_with_its_key_alone(filled, templates, tmp_path):
    ours, other = pyrage.x25519.Identity.generate(), pyrage.x25519.Identity.generate()
    for name, key in (("ours", ours), ("other", other)):
        (tmp_path / name).write_text(f"# a key\n{key}\n", encoding="utf-8")
    manifest = backup_of(filled, path := tmp_path / "all.age", recipients=[str(ours.to_public())])
    assert b"tables/study.jsonl" not in path.read_bytes()
    for key, said in ((None, "--identity"), (tmp_path / "other", "No key")):
        with pytest.raises(BackupError, match=said):
            restore(path, templates("sqlite").empty(), identity=key)
    restore(path, url := templates("sqlite").empty(), identity=tmp_path / "ours")
    assert differences(url, manifest) == []


def test_a_key_that_is_none_writes_nothing(filled, tmp_path):
    with pytest.raises(BackupError, match="age1"):
        backup_of(filled, tmp_path / "all.age", recipients=["nobody"])
    assert list(tmp_path.iterdir()) == []


def test_a_backup_goes_into_an_empty_place_only(filled, tmp_path):
    backup_of(filled, tmp_path / "all.zip")
    with pytest.raises(BackupError, match="has tables already"):
        restore(tmp_path / "all.zip", filled.engine.url.render_as_string(hide_password=False))


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x05\x06" + bytes(18)])
def test_what_is_no_backup_is_said_so(templates, tmp_path, content):
    (tmp_path / "all.zip").write_bytes(content)
    with pytest.raises(BackupError, match="is no backup of Delphi"):
        restore(tmp_path / "all.zip", templates("sqlite").empty())


@pytest.mark.parametrize("change", [{"format": 2}, {"revision": "9999"}])
def test_a_backup_of_an_unknown_version_names_it(filled, templates, tmp_path, change):
    backup_of(filled, tmp_path / "all.zip")
    changed = with_manifest(tmp_path / "all.zip", lambda manifest: manifest | {"version": "7.0"} | change)
    with pytest.raises(BackupError, match=r"of version 7\.0, which this version"):
        restore(changed, templates("sqlite").empty())


def test_a_table_left_out_of_a_backup_is_found(filled, templates, tmp_path):
    backup_of(filled, tmp_path / "all.zip")
    changed = with_manifest(tmp_path / "all.zip", without_ratings)
    with pytest.raises(BackupError, match="was changed"):
        restore(changed, templates("sqlite").empty())


def without_ratings(manifest):
    tables = {name: table for name, table in manifest["tables"].items() if name != "rating"}
    return manifest | {"tables": tables}


def with_manifest(path: Path, change):
    target = path.with_name("changed.zip")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w") as archive:
        for name in source.namelist():
            content = source.read(name)
            archive.writestr(name, json.dumps(change(json.loads(content))) if name == restoring.MANIFEST else content)
    return target

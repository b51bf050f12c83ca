"""Writing bundles, changing one file in them, and the commands that read them."""

import hashlib
import json
import zipfile

from browsing import SECRET
from click.testing import CliRunner

import wsgi
from exports.archive import MANIFEST, SIGNATURE, SUMS
from exports.bundle.signing import signer
from exports.bundle.source import source_of
from exports.bundle.writing import write_bundle
from exports.record.reader_profile import Profile


def written(session, made, path, profile="analyst"):
    manifest = write_bundle(source_of(session, made, Profile(profile)), path, Profile(profile), secret=SECRET)
    return path, manifest


def resealed(path, name, change, secret=SECRET):
    """Change a file and make manifests and signature fit again: what only the contents can tell."""
    source = zipfile.ZipFile(path)
    files = {entry: source.read(entry) for entry in source.namelist()}
    files[name] = change(files[name])
    manifest = json.loads(files[MANIFEST])
    manifest["files"][name] |= {"sha256": hashlib.sha256(files[name]).hexdigest(), "bytes": len(files[name])}
    files[MANIFEST] = json.dumps(manifest).encode()
    files[SIGNATURE] = signer(secret)(files[MANIFEST]).encode()
    files[SUMS] = "".join(
        f"{hashlib.sha256(data).hexdigest()}  {entry}\n" for entry, data in files.items() if entry != SUMS
    ).encode()
    target = path.with_name("resealed.zip")
    with zipfile.ZipFile(target, "w") as archive:
        for entry, data in files.items():
            archive.writestr(entry, data)
    return target


def rewritten(path, change):
    """Change files of an archive, with sums that fit."""
    source = zipfile.ZipFile(path)
    files = {name: source.read(name) for name in source.namelist() if name != SUMS}
    change(files)
    sums = [f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in files.items()]
    target = path.with_name("rewritten.zip")
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in (files | {SUMS: "".join(sums).encode()}).items():
            archive.writestr(name, data)
    return target


def run(*arguments, url=None, code=0):
    done = CliRunner().invoke(
        wsgi.main, [*map(str, arguments)], env={"DATABASE_URL": url, "SECRET_KEY": SECRET} if url else None
    )
    assert done.exit_code == code, done.output
    return done

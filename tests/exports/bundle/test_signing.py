"""The signature of a bundle: whose it is, and that nobody changes a byte of it unnoticed."""

import hashlib
import json
import re
import shutil
from pathlib import Path

import pytest
from browsing import SECRET
from bundles import resealed, rewritten, run, written
from databases import one_engine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from played import play

from delphi import signing
from delphi.database import Database
from exports.archive import MANIFEST, SIGNATURE, BadBundle, reading
from exports.bundle.importing import import_bundle
from exports.bundle.signing import NOT_SIGNED
from exports.bundle.verifying import Status, verify

pytestmark = one_engine
OTHER = "another-server-s-secret"
KEY, OTHER_KEY = signing.public_key_of(SECRET), signing.public_key_of(OTHER)
BROKEN = f"{SIGNATURE} is not the signature of {MANIFEST}: one of them was changed"


@pytest.fixture(scope="module")
def original(template, tmp_path_factory):
    """A bundle that nobody changes."""
    with template.copy() as url:
        database = Database(url)
        with database.transaction() as session:
            made = play(session, leavers=0, panelists=30, level="open_rows")
            path, _ = written(session, made, tmp_path_factory.mktemp("signed") / "care.zip")
        database.engine.dispose()
    return path


@pytest.fixture
def bundle(original, tmp_path):
    return Path(shutil.copy(original, tmp_path))


def unsigned(path):
    """A bundle as version 0.1.0 wrote it."""
    return rewritten(path, lambda files: files.pop(SIGNATURE))


def test_a_bundle_tells_whose_signature_it_has(bundle):
    found = verify(bundle)
    assert (found.problems, found.signed_by) == ([], KEY)
    assert NOT_SIGNED not in found.unchecked
    assert verify(bundle, KEY) == found


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(draw=st.data())
@pytest.mark.parametrize("name", [MANIFEST, SIGNATURE])
def test_a_changed_bit_of_manifest_or_signature_is_found(bundle, name, draw):
    def flip(files):
        place = draw.draw(st.integers(0, 8 * len(files[name]) - 1))
        data = bytearray(files[name])
        data[place // 8] ^= 1 << place % 8
        files[name] = bytes(data)

    found = verify(rewritten(bundle, flip))
    assert found.status is Status.WRONG
    assert (found.signed_by, name == MANIFEST or BROKEN in found.problems) == (None, True)


def test_a_number_and_its_hashes_changed_is_found(bundle):
    """The comments follow from nothing else in a bundle: the signature alone tells."""
    name = "comments/released.csv"

    def forge(files):
        files[name] += b"x"
        manifest = json.loads(files[MANIFEST])
        manifest["files"][name] = {"bytes": len(files[name]), "sha256": hashlib.sha256(files[name]).hexdigest()}
        files[MANIFEST] = json.dumps(manifest).encode()

    assert verify(rewritten(bundle, forge)).problems == [BROKEN]


def test_another_servers_signature_is_told_and_refused_on_demand(bundle):
    forged = resealed(bundle, "comments/released.csv", lambda data: data + b"x", secret=OTHER)
    assert verify(forged).signed_by == OTHER_KEY
    assert verify(forged, KEY).problems == [f"{SIGNATURE}: signed with the key {OTHER_KEY}, and {KEY} is asked for"]


def test_a_bundle_without_signature_is_right_as_far_as_checked(bundle):
    found = verify(unsigned(bundle))
    assert (found.status, found.unchecked[0], found.signed_by) == (Status.PARTLY, NOT_SIGNED, None)
    assert verify(unsigned(bundle), KEY).status is Status.WRONG


@pytest.mark.parametrize("content", ["[]", "{}", '{"public_key": 1, "signature": []}', '{"public_key": "\\ud800"', "é"])
def test_what_is_no_signature_is_called_wrong(bundle, content):
    assert BROKEN in verify(rewritten(bundle, lambda files: files.update({SIGNATURE: content.encode()}))).problems


def test_the_same_study_is_signed_in_the_same_bytes(session, tmp_path):
    made = play(session)
    first, second = (written(session, made, tmp_path / name)[0].read_bytes() for name in ("a.zip", "b.zip"))
    assert first == second


def test_a_broken_signature_is_not_imported(bundle, session):
    broken = rewritten(bundle, lambda files: files.update({MANIFEST: files[MANIFEST] + b" "}))
    with reading(broken) as read, pytest.raises(BadBundle, match=re.escape(BROKEN)):
        import_bundle(session, read, owner=None, at=None)


def test_the_command_says_which_key_and_what_to_compare(bundle):
    code = verify(bundle).status
    assert (
        f"signed with the key {KEY}; compare it with the key in the protocol" in run("verify", bundle, code=code).output
    )
    assert f"signed with the key {KEY}\n" in run("verify", bundle, "--key", KEY, code=code).output
    assert f"{OTHER_KEY} is asked for" in run("verify", bundle, "--key", OTHER_KEY, code=1).output
    assert f"not checked: {NOT_SIGNED}" in run("verify", unsigned(bundle), code=3).output
    assert "write its 44 characters" in run("verify", bundle, "--key", KEY[:-2], code=2).output

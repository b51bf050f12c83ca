"""Backups that only the holder of a key can read, in the format of age (https://age-encryption.org/v1)."""

import os
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import IO, Any

from delphi.config import CannotStart

FIRST_LINE = b"age-encryption.org/v1"


class BackupError(CannotStart):
    """A backup cannot be written, read or restored; one sentence for the operator."""


@contextmanager
def encrypt(file: IO[bytes], recipients: Sequence[str]) -> Iterator[IO[bytes]]:
    """Open what is written to, and encrypt it into the file for these public keys (age1…); as it is where none is named.

    Raises
    ------
    BackupError
        A key is none, or what encrypts is not installed.
    """
    if not recipients:
        yield file
        return
    age = _age()
    try:
        keys = [age.x25519.Recipient.from_str(key) for key in recipients]
    except age.RecipientError:
        raise BackupError("A public key of age begins with age1: make one with age-keygen.") from None
    read_end, write_end = os.pipe()
    failures: list[Exception] = []

    def pump() -> None:
        with os.fdopen(read_end, "rb") as plain:
            try:
                age.encrypt_io(plain, file, keys)
            except Exception as error:  # noqa: BLE001 (told by the thread that waits)
                failures.append(error)

    thread = threading.Thread(target=pump)
    thread.start()
    try:
        with os.fdopen(write_end, "wb") as plain:
            yield plain
    finally:
        thread.join()
    if failures:
        raise failures[0]


@contextmanager
def decrypted(path: Path, identity: Path | None) -> Iterator[IO[bytes]]:
    """Open a backup as it was before it was encrypted; a plain one as it is.

    Raises
    ------
    BackupError
        It is encrypted, and there is no key, or another one.
    """
    with path.open("rb") as file:
        encrypted = file.read(len(FIRST_LINE)) == FIRST_LINE
        file.seek(0)
        if not encrypted:
            yield file
            return
        if identity is None:
            raise BackupError(f"{path} is encrypted: name the file of the key with --identity.")
        with tempfile.TemporaryFile() as plain:  # has no name, and is gone with this process
            _decrypt(file, plain, identity)
            plain.seek(0)
            yield plain


def _decrypt(file: IO[bytes], plain: IO[bytes], identity: Path) -> None:
    age = _age()
    keys = [line.strip() for line in identity.read_text(encoding="utf-8").splitlines() if line.startswith("AGE-SECRET")]
    try:
        age.decrypt_io(file, plain, [age.x25519.Identity.from_str(key) for key in keys])
    except (age.DecryptError, age.IdentityError):
        raise BackupError(f"No key in {identity} fits this backup.") from None


def _age() -> Any:
    try:
        return import_module("pyrage")
    except ImportError:
        raise BackupError(
            "Encryption needs pyrage, which is not installed: pip install 'delphi-platform[backup]'."
        ) from None

"""The signature of a bundle: over the bytes of its manifest, which holds the hash of every other file."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from delphi import signing
from exports.archive import MANIFEST, SIGNATURE, BadBundle, Bundle, json_text

ALGORITHM = "Ed25519"
NOT_SIGNED = f"{SIGNATURE}: there is none, so it is not known which server wrote this"


@dataclass(frozen=True)
class Signed:
    """Whose signature a bundle has; what is wrong with it, or what could not be said."""

    by: str | None = None
    problems: list[str] = field(default_factory=list)
    unchecked: list[str] = field(default_factory=list)


def signer(secret: str) -> Callable[[bytes], str]:
    """Make what writes the signature of a manifest."""
    return partial(_signature, secret=secret)


def _signature(manifest: bytes, *, secret: str) -> str:
    return _written(signing.public_key_of(secret), signing.signature_of(manifest, secret))


def _written(public_key: str, signature: str) -> str:
    return json_text({"algorithm": ALGORITHM, "signs": MANIFEST, "public_key": public_key, "signature": signature})


def signed(bundle: Bundle, wanted: str | None = None) -> Signed:
    """Check the signature of a bundle, and that it is of the key that is wanted."""
    if SIGNATURE not in bundle.archive.namelist():
        if wanted is not None:
            return Signed(problems=[f"{SIGNATURE} is missing, and a signature with the key {wanted} is asked for"])
        return Signed(unchecked=[NOT_SIGNED])
    by = _signed_by(bundle)
    if by is None:
        return Signed(problems=[f"{SIGNATURE} is not the signature of {MANIFEST}: one of them was changed"])
    if wanted not in (None, by):
        return Signed(by, problems=[f"{SIGNATURE}: signed with the key {by}, and {wanted} is asked for"])
    return Signed(by)


def _signed_by(bundle: Bundle) -> str | None:
    """Find the key with which the manifest was signed; None if it was not, or is not written as we write it."""
    try:
        told = bundle.json(SIGNATURE)
        public_key, signature = told["public_key"], told["signature"]
        as_written = _written(public_key, signature).encode()
        right = signing.has_signed(bundle.archive.read(MANIFEST), signature, public_key)
    except (BadBundle, KeyError, TypeError, AttributeError, ValueError):
        return None
    return public_key if right and bundle.archive.read(SIGNATURE) == as_written else None

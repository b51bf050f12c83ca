"""The key of this installation: it signs what leaves, and everybody may hold its public half.

It is made from SECRET_KEY (ADR 12): the same secret gives the same key on every host and in every version.
"""

import base64
import binascii

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

PURPOSE = b"delphi/signing/1"  # never changes: every public key that was ever told rests on it
KEY_BYTES = 32


def _key_of(secret: str) -> Ed25519PrivateKey:
    seed = HKDF(SHA256(), KEY_BYTES, salt=None, info=PURPOSE).derive(secret.encode())
    return Ed25519PrivateKey.from_private_bytes(seed)


def public_key_of(secret: str) -> str:
    """Write the public key as it is told: 32 bytes in base64."""
    return base64.b64encode(_key_of(secret).public_key().public_bytes_raw()).decode()


def signature_of(content: bytes, secret: str) -> str:
    """Sign a text; the same text has the same signature."""
    return base64.b64encode(_key_of(secret).sign(content)).decode()


def is_public_key(text: str) -> bool:
    """Whether a text is 32 bytes in base64, written in the one way."""
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return False
    return len(content) == KEY_BYTES and base64.b64encode(content).decode() == text


def has_signed(content: bytes, signature: str, public_key: str) -> bool:
    """Whether the owner of a public key signed a text."""
    try:
        known = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key, validate=True))
        known.verify(base64.b64decode(signature, validate=True), content)
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True

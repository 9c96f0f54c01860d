"""Standard Webhooks: signs what we send and checks what we are sent, with shared secrets (v1) or Ed25519 (v1a)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from kerong.basics.crypto import CryptoError, ed25519

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SHARED, PRIVATE, PUBLIC = "whsec_", "whsk_", "whpk_"
SECRET_BYTES = 32
SECRET_BYTES_MIN, SECRET_BYTES_MAX = 24, 64
TOLERANCE = timedelta(minutes=5)
ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
ID_LENGTH_MAX = 200


class SecretError(ValueError):
    """A text that is no secret or key of Standard Webhooks; the message never holds it."""


class SignatureRefusedError(ValueError):
    """A message whose signature, time or headers do not hold; the message says which."""


def new_secret(scheme: str = "v1") -> str:
    """Return a fresh secret: ``whsec_…`` to share for v1, ``whsk_…`` to keep for v1a."""
    if scheme == "v1a":
        return PRIVATE + base64.b64encode(ed25519.new_private_key()).decode()
    return SHARED + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def shown_key(secret: str) -> str:
    """Return what the receiver needs: the shared secret itself, or the public key of a private one."""
    if not secret.startswith(PRIVATE):
        return secret
    return PUBLIC + base64.b64encode(ed25519.public_key(_material(secret))).decode()


def signature_headers(*, identifier: str, at: datetime, body: bytes, keys: Sequence[str]) -> dict[str, str]:
    """Return the three headers; each key adds a signature, so that both sides may change keys in their own time."""
    stamp = str(int(at.timestamp()))
    content = _content(identifier, stamp, body)
    return {ID: identifier, TIMESTAMP: stamp, SIGNATURE: " ".join(_signed(key, content) for key in keys)}


def checked_id(*, headers: Mapping[str, str], body: bytes, keys: Sequence[str], now: datetime) -> str:
    """Return the id of a message whose signature holds: the id is the key by which a repeated one is known.

    ``keys`` are shared secrets and public keys, any of which may hold. Raises SignatureRefusedError.
    """
    given = {name.lower(): value for name, value in headers.items()}
    identifier, stamp, signatures = (given.get(name, "") for name in (ID, TIMESTAMP, SIGNATURE))
    if not identifier or not stamp or not signatures or len(identifier) > ID_LENGTH_MAX:
        raise SignatureRefusedError(f"{ID}, {TIMESTAMP} and {SIGNATURE} are needed")
    _check_time(stamp, now)
    content = _content(identifier, stamp, body)
    # Every pair is tried, so that the time tells nothing about which one held.
    held = [_holds(key, content, text) for key in keys for text in signatures.split(" ")]
    if not any(held):
        raise SignatureRefusedError("no signature holds")
    return identifier


def _check_time(stamp: str, now: datetime) -> None:
    if not (stamp.isascii() and stamp.isdigit()) or len(stamp) > 12:  # noqa: PLR2004 - beyond any date
        raise SignatureRefusedError(f"{TIMESTAMP} is not a number of seconds")
    apart = now - datetime.fromtimestamp(int(stamp), UTC)
    if abs(apart) > TOLERANCE:
        raise SignatureRefusedError(
            f"{TIMESTAMP} is more than five minutes {'old' if apart > TOLERANCE else 'ahead'}"
        )


def _content(identifier: str, stamp: str, body: bytes) -> bytes:
    return f"{identifier}.{stamp}.".encode() + body


def _signed(key: str, content: bytes) -> str:
    if key.startswith(PRIVATE):
        made = ed25519.sign(_material(key), content)
        return f"v1a,{base64.b64encode(made).decode()}"
    return f"v1,{base64.b64encode(_mac(key, content)).decode()}"


def _holds(key: str, content: bytes, text: str) -> bool:
    version, _, encoded = text.partition(",")
    try:
        given = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return False
    if key.startswith(PUBLIC):
        return version == "v1a" and ed25519.verify(_material(key), content, given)
    return version == "v1" and hmac.compare_digest(_mac(key, content), given)


def _mac(key: str, content: bytes) -> bytes:
    return hmac.new(_material(key), content, hashlib.sha256).digest()


def _material(key: str) -> bytes:
    prefix = next((known for known in (SHARED, PRIVATE, PUBLIC) if key.startswith(known)), None)
    if prefix is None:
        raise SecretError(f"a key begins with {SHARED}, {PRIVATE} or {PUBLIC}")
    try:
        material = base64.b64decode(key.removeprefix(prefix), validate=True)
    except (binascii.Error, ValueError):
        raise SecretError("the key is not base64") from None
    if prefix == SHARED and not SECRET_BYTES_MIN <= len(material) <= SECRET_BYTES_MAX:
        raise SecretError(f"a shared secret has {SECRET_BYTES_MIN} to {SECRET_BYTES_MAX} bytes")
    if prefix != SHARED and len(material) != 32:  # noqa: PLR2004 - every key of Ed25519, and the seed of whsk_
        raise SecretError("a key of Ed25519 has 32 bytes")
    return material


__all__ = [
    "CryptoError",
    "SecretError",
    "SignatureRefusedError",
    "checked_id",
    "new_secret",
    "shown_key",
    "signature_headers",
]

"""Cryptography in software: AES-256-GCM or SM4-GCM for texts, HMAC for look-ups, Ed25519 or SM2 for signatures.

Good for development, tests and interoperation. No software module is certified: where 密评 applies, a certified
machine takes this provider's place behind the same interface.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kerong.basics.crypto import sm2
from kerong.basics.crypto.keys import KeyMissingError
from kerong.basics.crypto.provider import CryptoError, DestroyedKeyError

if TYPE_CHECKING:
    from kerong.basics.crypto.keys import Key, KeyRing
    from kerong.basics.crypto.provider import KeyStore

FIELDS = "fields"
LOOK_UPS = "look_ups"
FORM = "k1"
_NONCE = 12
_TAG = 16
_OWN = "own"
_PARTS = 5


class SoftwareProvider:
    """A provider whose keys are in a ring; keys of single subjects are in a store, wrapped by the ring's."""

    def __init__(self, ring: KeyRing, *, store: KeyStore | None = None) -> None:
        self._ring = ring
        self._store = store

    def seal(self, text: str, *, purpose: str, context: str, own_key: bool = False) -> str:
        """Encrypt a text; the result names its form, key and whether the context's own key was used."""
        head, body = self._seal(text.encode(), purpose, context, own_key=own_key)
        return f"{head}:{base64.urlsafe_b64encode(body).decode()}"

    def open(self, sealed: str, *, purpose: str, context: str) -> str:
        """Return the text. Raises CryptoError or DestroyedKeyError."""
        head, _, body = sealed.rpartition(":")
        try:
            content = base64.urlsafe_b64decode(body)
        except ValueError:
            raise CryptoError("this is no sealed text") from None
        return self._open(head, content, purpose, context).decode()

    def seal_bytes(self, content: bytes, *, purpose: str, context: str, own_key: bool = False) -> bytes:
        """Encrypt bytes; the first line names form and key."""
        head, body = self._seal(content, purpose, context, own_key=own_key)
        return head.encode() + b"\n" + body

    def open_bytes(self, sealed: bytes, *, purpose: str, context: str) -> bytes:
        """Return the bytes. Raises CryptoError or DestroyedKeyError."""
        head, newline, body = sealed.partition(b"\n")
        if not newline:
            raise CryptoError("these are no sealed bytes")
        return self._open(head.decode("ascii", "replace"), body, purpose, context)

    def blind(self, text: str, *, purpose: str) -> str:
        """Return the HMAC-SHA-256 under a key of its own for look-ups."""
        key = _derived(self._ring.active(LOOK_UPS).material, purpose, 32)
        return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()

    def sign(self, message: bytes, *, purpose: str) -> str:
        """Return ``algorithm:key id:base64``."""
        key = self._ring.active(f"sign.{purpose}")
        if key.algorithm == "sm2":
            made = sm2.sign(key.material, message)
        else:
            made = Ed25519PrivateKey.from_private_bytes(key.material).sign(message)
        return f"{_signing_algorithm(key)}:{key.id}:{base64.b64encode(made).decode()}"

    def verify(self, message: bytes, signature: str, *, purpose: str) -> bool:
        """Tell whether a key of this purpose, active or retired, signed exactly this message."""
        try:
            algorithm, key_id, encoded = signature.split(":")
            key = self._ring.by_id(key_id)
            made = base64.b64decode(encoded, validate=True)
        except (ValueError, KeyMissingError):
            return False
        if key.purpose != f"sign.{purpose}" or algorithm != _signing_algorithm(key):
            return False
        if key.algorithm == "sm2":
            return sm2.verify(sm2.public_key(key.material), message, made)
        try:
            Ed25519PrivateKey.from_private_bytes(key.material).public_key().verify(made, message)
        except InvalidSignature:
            return False
        return True

    def public_key(self, *, purpose: str) -> str:
        """Return ``algorithm:key id:base64`` of the active public key."""
        key = self._ring.active(f"sign.{purpose}")
        return f"{_signing_algorithm(key)}:{key.id}:{base64.b64encode(_public(key)).decode()}"

    def public_keys(self, *, purpose: str) -> list[bytes]:
        """Return the public keys of a purpose, retired ones too, the oldest first."""
        self._ring.active(f"sign.{purpose}")
        return [_public(key) for key in list(self._ring.keys()) if key.purpose == f"sign.{purpose}"]

    def destroy_key(self, context: str) -> None:
        """Destroy a subject's own key. Raises CryptoError without a store."""
        self._needed_store().destroy(context)

    # ── inside ────────────────────────────────────────────────────────────────

    def _seal(self, content: bytes, purpose: str, context: str, *, own_key: bool) -> tuple[str, bytes]:
        ring_key = self._ring.active(FIELDS)
        secret = self._own_key(context, make=True) if own_key else ring_key.material
        head = ":".join((FORM, ring_key.algorithm, ring_key.id, _OWN if own_key else "ring"))
        return head, _encrypt(ring_key.algorithm, secret, content, purpose, context)

    def _open(self, head: str, body: bytes, purpose: str, context: str) -> bytes:
        parts = head.split(":")
        if len(parts) != _PARTS - 1 or parts[0] != FORM:
            raise CryptoError("this was not sealed by Kerong")
        _form, algorithm, key_id, whose = parts
        try:
            secret = (
                self._own_key(context, make=False) if whose == _OWN else self._ring.by_id(key_id).material
            )
        except KeyMissingError as error:
            raise CryptoError(str(error)) from None
        return _decrypt(algorithm, secret, body, purpose, context)

    def _own_key(self, context: str, *, make: bool) -> bytes:
        store = self._needed_store()
        wrapped = store.get(context)
        if wrapped is None:
            if not make:
                raise DestroyedKeyError("the key of this subject is gone")
            wrapped = store.put(
                context, self.seal(secrets.token_hex(32), purpose="subject_key", context=context)
            )
        return bytes.fromhex(self.open(wrapped, purpose="subject_key", context=context))

    def _needed_store(self) -> KeyStore:
        if self._store is None:
            raise CryptoError("this provider has no store for keys of single subjects")
        return self._store


def _derived(material: bytes, purpose: str, size: int) -> bytes:
    """Derive a key for one purpose (HKDF-Expand of RFC 5869, one block: the ring's keys are uniform already)."""
    return hmac.new(material, f"kerong {purpose}".encode() + b"\x01", hashlib.sha256).digest()[:size]


def _encrypt(algorithm: str, secret: bytes, content: bytes, purpose: str, context: str) -> bytes:
    nonce, bound = secrets.token_bytes(_NONCE), f"{purpose}|{context}".encode()
    if algorithm == "sm4-gcm":
        cipher = Cipher(algorithms.SM4(_derived(secret, purpose, 16)), modes.GCM(nonce)).encryptor()
        cipher.authenticate_additional_data(bound)
        return nonce + cipher.update(content) + cipher.finalize() + cipher.tag
    return nonce + AESGCM(_derived(secret, purpose, 32)).encrypt(nonce, content, bound)


def _decrypt(algorithm: str, secret: bytes, body: bytes, purpose: str, context: str) -> bytes:
    nonce, sealed, bound = body[:_NONCE], body[_NONCE:], f"{purpose}|{context}".encode()
    try:
        if algorithm == "sm4-gcm":
            tag = sealed[-_TAG:]
            cipher = Cipher(algorithms.SM4(_derived(secret, purpose, 16)), modes.GCM(nonce, tag)).decryptor()
            cipher.authenticate_additional_data(bound)
            return cipher.update(sealed[:-_TAG]) + cipher.finalize()
        return AESGCM(_derived(secret, purpose, 32)).decrypt(nonce, sealed, bound)
    except (InvalidTag, ValueError):
        raise CryptoError("the text was changed, or it belongs to another purpose or subject") from None


def _public(key: Key) -> bytes:
    if key.algorithm == "sm2":
        return sm2.public_key(key.material)
    return (
        Ed25519PrivateKey.from_private_bytes(key.material)
        .public_key()
        .public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    )


def _signing_algorithm(key: Key) -> str:
    return "sm2-sm3" if key.algorithm == "sm2" else "ed25519"

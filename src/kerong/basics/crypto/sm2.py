"""SM2 signatures through the optional extra `gm` (gmssl-pyx), in the two forms we need."""

from __future__ import annotations

import importlib
import importlib.util
from typing import Any

from kerong.basics.crypto.provider import CryptoError

# The order n and the base point of the curve of GB/T 32918.5, for public keys of given private ones.
_P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
_A = _P - 3
_N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
_G = (
    0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
    0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0,
)
_Point = tuple[int, int] | None


def is_available() -> bool:
    """Tell whether the extra is installed."""
    return importlib.util.find_spec("gmssl_pyx") is not None


def public_key(private: bytes) -> bytes:
    """Return the 64 bytes x ‖ y of the public key of a private one."""
    x, y = _times(int.from_bytes(private) % (_N - 1) or 1)
    return x.to_bytes(32) + y.to_bytes(32)


def sign(private: bytes, message: bytes) -> bytes:
    """Return the signature (DER) over the SM3 of the message with the standard signer id. Raises CryptoError."""
    scalar = int.from_bytes(private) % (_N - 1) or 1
    return bytes(_library().sm2_sign(scalar.to_bytes(32), public_key(private), message))


def verify(public: bytes, message: bytes, signature: bytes) -> bool:
    """Tell whether a signature covers the message. Raises CryptoError without the extra."""
    library = _library()
    try:
        return bool(library.sm2_verify(public, message, signature))
    except library.GmsslInnerError:
        return False


def _library() -> Any:
    try:
        return importlib.import_module("gmssl_pyx")
    except ImportError:
        raise CryptoError("SM2 needs the extra `gm`: install kerong[gm]") from None


def _times(scalar: int) -> tuple[int, int]:
    """Multiply the base point; slow and not constant in time, so for keys at their birth and for tests only."""
    found: _Point = None
    step: _Point = _G
    while scalar:
        if scalar & 1:
            found = _add(found, step)
        step = _add(step, step)
        scalar >>= 1
    if found is None:
        raise CryptoError("a private key of zero has no public key")
    return found


def _add(one: _Point, other: _Point) -> _Point:
    if one is None:
        return other
    if other is None:
        return one
    if one[0] == other[0] and (one[1] + other[1]) % _P == 0:
        return None
    if one == other:
        slope = (3 * one[0] * one[0] + _A) * pow(2 * one[1], -1, _P) % _P
    else:
        slope = (other[1] - one[1]) * pow(other[0] - one[0], -1, _P) % _P
    x = (slope * slope - one[0] - other[0]) % _P
    return x, (slope * (one[0] - x) - one[1]) % _P

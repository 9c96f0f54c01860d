"""Known answers of the standards, checked before the service starts: wrong cryptography must not run (LAW-35)."""

from __future__ import annotations

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from kerong.basics.crypto import sm2

# GB/T 32905 (SM3 of "abc") and GB/T 32907 (SM4, key and text the same).
SM3_ABC = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
SM4_KEY = "0123456789abcdeffedcba9876543210"
SM4_RESULT = "681edf34d206965e86b3e94f536e4246"
SHA256_ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
# The public key of the private key 11 begins with 04, which careless libraries take for a format mark.
SM2_PRIVATE = (11).to_bytes(32)
SM2_PUBLIC_BEGINS = "04b3"


class SelfTestError(RuntimeError):
    """A known answer did not come out; the service must not start."""


def self_test() -> list[str]:
    """Check every algorithm in use and return their names. Raises SelfTestError naming those that fail."""
    checks = {
        "SHA-256": _hash(hashes.SHA256()) == SHA256_ABC,
        "SM3": _hash(hashes.SM3()) == SM3_ABC,
        "SM4": _sm4(),
    }
    if sm2.is_available():
        checks["SM2"] = _sm2()
    failed = [name for name, holds in checks.items() if not holds]
    if failed:
        raise SelfTestError(
            f"known answers of {', '.join(failed)} did not come out: do not use this installation"
        )
    return list(checks)


def _hash(algorithm: hashes.HashAlgorithm) -> str:
    made = hashes.Hash(algorithm)
    made.update(b"abc")
    return made.finalize().hex()


def _sm4() -> bool:
    key = bytes.fromhex(SM4_KEY)
    made = Cipher(algorithms.SM4(key), modes.ECB()).encryptor()  # noqa: S305 - the standard's own vector is one block
    return (made.update(key) + made.finalize()).hex() == SM4_RESULT


def _sm2() -> bool:
    public = sm2.public_key(SM2_PRIVATE)
    signature = sm2.sign(SM2_PRIVATE, b"kerong")
    # Only what must hold is tried: the library writes to the terminal when a signature does not hold.
    return public.hex().startswith(SM2_PUBLIC_BEGINS) and sm2.verify(public, b"kerong", signature)

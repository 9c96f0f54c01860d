"""Files encrypted under a passphrase, for backups that leave the house: scrypt, then AES-256-GCM piece by piece.

Every piece carries its number and whether it is the last one in what is authenticated, so that pieces can neither be
swapped nor cut off.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from kerong.basics.crypto.provider import CryptoError

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

MAGIC = b"kerong sealed file 1\n"
_SALT, _PREFIX, _PIECE, _TAG = 16, 7, 1 << 20, 16
_COST, _BLOCK = 2**15, 8


def encrypt_file(source: Path, target: Path, passphrase: str) -> None:
    """Write an encrypted copy of a file."""
    salt, prefix = secrets.token_bytes(_SALT), secrets.token_bytes(_PREFIX)
    cipher = AESGCM(_key(passphrase, salt))
    with source.open("rb") as clear, target.open("wb") as sealed:
        sealed.write(MAGIC + salt + prefix)
        number, piece = 0, clear.read(_PIECE)
        while True:
            following = clear.read(_PIECE)
            sealed.write(cipher.encrypt(_nonce(prefix, number, is_last=not following), piece, MAGIC))
            if not following:
                return
            number, piece = number + 1, following


def decrypt_file(source: Path, target: Path, passphrase: str) -> None:
    """Write the clear copy of an encrypted file. Raises CryptoError for another passphrase or a changed file."""
    with source.open("rb") as sealed, target.open("wb") as clear:
        head = sealed.read(len(MAGIC) + _SALT + _PREFIX)
        if not head.startswith(MAGIC) or len(head) != len(MAGIC) + _SALT + _PREFIX:
            raise CryptoError("this is no file sealed by Kerong")
        prefix = head[-_PREFIX:]
        cipher = AESGCM(_key(passphrase, head[len(MAGIC) : -_PREFIX]))
        number, piece = 0, _read(sealed)
        while True:
            following = _read(sealed)
            try:
                clear.write(cipher.decrypt(_nonce(prefix, number, is_last=not following), piece, MAGIC))
            except InvalidTag:
                raise CryptoError("the passphrase is wrong, or the file was changed") from None
            if not following:
                return
            number, piece = number + 1, following


def _read(sealed: BinaryIO) -> bytes:
    return sealed.read(_PIECE + _TAG)


def _nonce(prefix: bytes, number: int, *, is_last: bool) -> bytes:
    return prefix + number.to_bytes(4, "big") + bytes([is_last])


def _key(passphrase: str, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=32, n=_COST, r=_BLOCK, p=1).derive(passphrase.encode())

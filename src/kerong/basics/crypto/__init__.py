"""All cryptography of the project: encrypted fields, keyed look-ups, signatures, and the self-test before any of it."""

from kerong.basics.crypto.keys import FileKeyRing, Key, KeyMissingError, MemoryKeyRing
from kerong.basics.crypto.provider import (
    CryptoError,
    CryptoProvider,
    DestroyedKeyError,
    KeyStore,
    provider,
    use,
)
from kerong.basics.crypto.self_test import SelfTestError, self_test
from kerong.basics.crypto.software import SoftwareProvider

__all__ = [
    "CryptoError",
    "CryptoProvider",
    "DestroyedKeyError",
    "FileKeyRing",
    "Key",
    "KeyMissingError",
    "KeyStore",
    "MemoryKeyRing",
    "SelfTestError",
    "SoftwareProvider",
    "provider",
    "self_test",
    "use",
]

"""What every crypto provider can do: software today, a certified machine (SDF, SKF) behind the same words tomorrow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable


class CryptoError(ValueError):
    """A text cannot be opened or a key is not there; the message never holds the text or the key."""


class DestroyedKeyError(CryptoError):
    """The key was destroyed on purpose: what it sealed was lawfully removed."""


class KeyStore(Protocol):
    """Where keys of single subjects are kept, each wrapped by the provider, so that one can be destroyed."""

    def get(self, context: str) -> str | None:
        """Return the wrapped key of a context, None when it never had one. Raises DestroyedKeyError."""
        ...

    def put(self, context: str, wrapped: str) -> str:
        """Keep a wrapped key unless there is one, and return the one that is kept."""
        ...

    def destroy(self, context: str) -> None:
        """Forget a key for ever."""
        ...


class CryptoProvider(Protocol):
    """Seals texts, finds them again without opening, signs and verifies."""

    def seal(self, text: str, *, purpose: str, context: str, own_key: bool = False) -> str:
        """Encrypt a text so that it opens under the same purpose and context only.

        With ``own_key`` the context (a subject) has a key of its own, which `destroy_key` can destroy.
        """
        ...

    def open(self, sealed: str, *, purpose: str, context: str) -> str:
        """Return the text. Raises CryptoError, or DestroyedKeyError after `destroy_key`."""
        ...

    def seal_bytes(self, content: bytes, *, purpose: str, context: str, own_key: bool = False) -> bytes:
        """Encrypt bytes, such as a file; see `seal`."""
        ...

    def open_bytes(self, sealed: bytes, *, purpose: str, context: str) -> bytes:
        """Return the bytes; see `open`."""
        ...

    def blind(self, text: str, *, purpose: str) -> str:
        """Return a keyed digest, by which an encrypted text is found again; 64 hexadecimal characters."""
        ...

    def sign(self, message: bytes, *, purpose: str) -> str:
        """Return a signature that names its algorithm and key."""
        ...

    def verify(self, message: bytes, signature: str, *, purpose: str) -> bool:
        """Tell whether a signature of ours covers the message."""
        ...

    def public_key(self, *, purpose: str) -> str:
        """Return the active public key of a purpose: algorithm, key id and base64, separated by colons."""
        ...

    def destroy_key(self, context: str) -> None:
        """Destroy the own key of a context: what it sealed can never be opened again."""
        ...


_made: list[CryptoProvider] = []
_maker: list[Callable[[], CryptoProvider]] = []


def use(maker: Callable[[], CryptoProvider]) -> None:
    """Say how the provider is made; it is made when it is first needed."""
    _made.clear()
    _maker[:] = [maker]


def provider() -> CryptoProvider:
    """Return the provider of this process. Raises CryptoError when none was set."""
    if not _made:
        if not _maker:
            raise CryptoError("no crypto provider was set; the portal's settings set one")
        _made.append(_maker[0]())
    return _made[0]

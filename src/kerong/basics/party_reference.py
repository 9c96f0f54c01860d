"""How any record names a party: a short text such as ``enterprise:9142…``, the same everywhere."""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias, get_args

PartyKind: TypeAlias = Literal["enterprise", "person", "institution", "office", "platform"]
KINDS: tuple[PartyKind, ...] = get_args(PartyKind)
LENGTH_MAX = 96


class PartyReferenceError(ValueError):
    """A text that names no party."""


class PartyReference(NamedTuple):
    """A party's kind and its key: a 统一社会信用代码, a person's id, or the key of an institution or office."""

    kind: PartyKind
    key: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.key}" if self.key else self.kind


def enterprise(uscc: str) -> str:
    """Return the reference of an enterprise."""
    return f"enterprise:{uscc}"


def person(key: str) -> str:
    """Return the reference of a natural person."""
    return f"person:{key}"


def institution(key: str) -> str:
    """Return the reference of an institution."""
    return f"institution:{key}"


def office(key: str) -> str:
    """Return the reference of a public office."""
    return f"office:{key}"


def parse(text: str) -> PartyReference:
    """Take a reference apart. Raises PartyReferenceError."""
    kind, colon, key = text.partition(":")
    if (
        kind not in KINDS
        or len(text) > LENGTH_MAX
        or bool(colon) != bool(key)
        or (kind == "platform") == bool(key)
    ):
        raise PartyReferenceError(
            f"{text!r} names no party; expected platform or one of {', '.join(KINDS)}:key"
        )
    return PartyReference(kind, key)

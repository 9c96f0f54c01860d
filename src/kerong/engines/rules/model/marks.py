"""What packs and the shelf both say: where something was read, how sure we are, which door it opens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

if TYPE_CHECKING:
    from datetime import date

Verified: TypeAlias = Literal["official", "press", "digest", "derived", "assumption", "not_found"]
VERIFIED: tuple[Verified, ...] = get_args(Verified)
Door: TypeAlias = Literal["", "equity", "debt", "listing"]


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a value comes from and how sure we are of it."""

    cites: str
    checked_on: date | None
    verified: Verified
    note: str = ""

"""What a letter says, as data: both the PDF and the .docx are made from it, today and in ten years."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class LetterTable:
    """A table in a letter: heads, rows of texts, and which columns hold numbers."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[int, ...] = ()


@dataclass(frozen=True)
class LetterContent:
    """A letter: who writes to whom, under which number and title, the paragraphs, a table, the day."""

    sender: str
    recipients: tuple[str, ...]
    number: str
    title: str
    paragraphs: tuple[str, ...]
    issued_on: str
    """ISO day."""
    table: LetterTable | None = None
    is_demo: bool = False

    def as_mapping(self) -> dict[str, Any]:
        """Return the content as plain JSON values."""
        return asdict(self)

    @classmethod
    def from_mapping(cls, value: Mapping[str, Any]) -> LetterContent:
        """Read what `as_mapping` gave."""
        table = value.get("table")
        return cls(
            sender=value["sender"],
            recipients=tuple(value["recipients"]),
            number=value["number"],
            title=value["title"],
            paragraphs=tuple(value["paragraphs"]),
            issued_on=value["issued_on"],
            table=LetterTable(
                columns=tuple(table["columns"]),
                rows=tuple(tuple(row) for row in table["rows"]),
                numeric=tuple(table["numeric"]),
            )
            if table
            else None,
            is_demo=value.get("is_demo", False),
        )

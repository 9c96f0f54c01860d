"""The side file: one csv line per problem, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING, Protocol, Self

from kerong.adapters.registers.checks import GRAVITY_LABELS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path
    from types import TracebackType

    from kerong.adapters.registers.checks import Gravity

HEADER = ("行号", "列", "值", "处理", "检查", "原因")
_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NEGATIVE_NUMBER = re.compile(r"-\d+(?:,\d{3})*(?:\.\d+)?")
_LONGEST = 500


class Noticed(Protocol):
    """What a line of the side file says."""

    @property
    def row(self) -> int:
        """The number of the row in the file, the header being 1."""
        ...

    @property
    def column(self) -> str:
        """The column as the file calls it."""
        ...

    @property
    def value(self) -> str:
        """What stands there."""
        ...

    @property
    def check(self) -> str:
        """The name of the check that failed."""
        ...

    @property
    def gravity(self) -> Gravity:
        """How grave it is."""
        ...

    @property
    def reason(self) -> str:
        """What is wrong."""
        ...


class SideFile:
    """Writes problems as they come; a context manager."""

    def __init__(self, path: Path) -> None:
        # Excel takes a csv for UTF-8 only where the mark stands first.
        self._file = path.open("w", encoding="utf-8-sig", newline="")
        self._writer = csv.writer(self._file)
        self._writer.writerow(HEADER)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def write(self, problems: Iterable[Noticed]) -> None:
        """Append problems."""
        self._writer.writerows(
            (
                one.row,
                harmless(one.column),
                harmless(one.value[:_LONGEST]),
                GRAVITY_LABELS[one.gravity],
                one.check,
                harmless(one.reason),
            )
            for one in problems
        )


def harmless(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula; negative numbers stay numbers (SEC-29)."""
    cell = text.replace("\0", "")
    if cell.startswith(_STARTS_FORMULA) and _NEGATIVE_NUMBER.fullmatch(cell) is None:
        return "'" + cell
    return cell

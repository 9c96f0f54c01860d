"""The process that reads one workbook from its standard input, under limits of memory and time, and prints its rows."""

from __future__ import annotations

import json
import resource
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

TOO_MUCH = 3


class _TooMuchError(Exception):
    """A limit of rows or cells was passed."""


def main(order: Mapping[str, Any]) -> int:
    """Do one order and return the exit code."""
    _limit(order)
    # After the limits: what a library takes counts as well.
    import openpyxl

    book = openpyxl.load_workbook(sys.stdin.buffer, read_only=True, data_only=True, keep_links=False)
    try:
        if order["what"] == "rows":
            for row in _rows(book.worksheets[0], order, {}):
                sys.stdout.write(json.dumps([_plain(cell, order) for cell in row], ensure_ascii=False) + "\n")
        else:
            seen: dict[str, int] = {}
            for sheet in book.worksheets:
                for _row in _rows(sheet, order, seen):
                    pass
            sys.stdout.write(json.dumps({"sheets": len(book.worksheets), **seen}) + "\n")
    except _TooMuchError:
        return TOO_MUCH
    return 0


def _limit(order: Mapping[str, Any]) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (order["memory"], order["memory"]))
    resource.setrlimit(resource.RLIMIT_CPU, (order["seconds"], order["seconds"]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))


def _rows(sheet: Any, order: Mapping[str, Any], seen: dict[str, int]) -> Iterator[tuple[Any, ...]]:
    # What the file says of its own extent may be a lie; rows are counted as they come.
    sheet.reset_dimensions()
    for row in sheet.iter_rows(values_only=True):
        seen["rows"] = seen.get("rows", 0) + 1
        seen["cells"] = seen.get("cells", 0) + len(row)
        if seen["rows"] > order["rows"] or seen["cells"] > order["cells"] or len(row) > order["columns"]:
            raise _TooMuchError
        yield row


def _plain(cell: Any, order: Mapping[str, Any]) -> Any:
    if cell is None or isinstance(cell, bool | int | float):
        return cell
    text = cell.isoformat() if hasattr(cell, "isoformat") else str(cell)
    if len(text) > order["cell_letters"]:
        raise _TooMuchError
    return text


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))

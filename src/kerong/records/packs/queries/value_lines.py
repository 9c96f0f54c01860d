"""Writes a new dated value into the text of a pack, and leaves every other letter as it stands."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from datetime import date

_PLAIN = re.compile(r"-?\d+(\.\d+)?|true|false|null|[A-Za-z_][A-Za-z0-9_.]*")


class NoPlaceError(LookupError):
    """The text has no parameter of that name with a list of values."""


def with_value(  # noqa: PLR0913 - what a dated value says
    text: str,
    parameter: str,
    *,
    start: date | None,
    seen_since: date | None,
    value: str,
    cites: str,
    checked_on: date,
    verified: str,
    note: str = "",
) -> str:
    """Return the text of a pack with one more dated value of a parameter, put before those it has.

    ``value`` is written in the parameter's unit, as one would write it by hand. Raises NoPlaceError.
    """
    first = _first_value(text, parameter)
    parts = [f"from: {start.isoformat() if start else 'null'}"]
    if start is None and seen_since is not None:
        parts.append(f"seen_since: {seen_since.isoformat()}")
    parts += [
        f"value: {_scalar(value)}",
        f"cites: {cites}",
        f"checked_on: {checked_on.isoformat()}",
        f"verified: {verified}",
    ]
    if note:
        parts.append(f"note: {json.dumps(note, ensure_ascii=False)}")
    lines = text.splitlines(keepends=True)
    place = lines[first]
    indent = place[: len(place) - len(place.lstrip(" "))]
    ending = "\r\n" if place.endswith("\r\n") else "\n"
    lines.insert(first, f"{indent}- {{{', '.join(parts)}}}{ending}")
    return "".join(lines)


def _first_value(text: str, parameter: str) -> int:
    """Return the number of the line on which the first dated value begins."""
    try:
        node = _under(_under(_under(yaml.compose(text), "parameters"), parameter), "values")
    except yaml.YAMLError as error:
        raise NoPlaceError(str(error)) from None
    if not isinstance(node, yaml.SequenceNode) or node.flow_style or not node.value:
        raise NoPlaceError(f"{parameter} has no list of values, one a line")
    found: int = node.value[0].start_mark.line
    return found


def _under(node: yaml.Node | None, name: str) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == name:
                return value
    raise NoPlaceError(f"no {name!r} there")


def _scalar(value: str) -> str:
    return value if _PLAIN.fullmatch(value) else json.dumps(value, ensure_ascii=False)

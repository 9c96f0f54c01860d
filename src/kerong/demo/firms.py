"""The four synthetic demo firms, read from `firms.yaml` into stored units."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from kerong.engines.rules.quantities import QuantityError, read_quantity

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from kerong.engines.rules.model import Fact

FIRMS_FILE = Path(__file__).with_name("firms.yaml")
SOURCE = "演示数据（虚构）"


class DemoFirmsError(ValueError):
    """The file of demo firms does not fit the facts of the law; every problem is named."""


@dataclass(frozen=True, slots=True)
class WrittenFirm:
    """One demo firm: what stands in the file, its facts in stored units."""

    uscc: str
    name: str
    story: str
    as_of: date
    facts: Mapping[str, int | str]


def read_firms(facts: Mapping[str, Fact]) -> list[WrittenFirm]:
    """Return the demo firms by the facts of a law. Raises DemoFirmsError naming what does not fit."""
    found: list[WrittenFirm] = []
    problems: list[str] = []
    for entry in yaml.safe_load(FIRMS_FILE.read_text(encoding="utf-8"))["firms"]:
        stored: dict[str, int | str] = {}
        for name, written in entry["facts"].items():
            try:
                stored[name] = read_quantity(_text(written), facts[name])
            except KeyError:
                problems.append(f"{entry['name']}: {name} is no fact of this law")
            except QuantityError as error:
                problems.append(f"{entry['name']}: {name}: {error}")
        found.append(WrittenFirm(entry["uscc"], entry["name"], entry["story"], entry["as_of"], stored))
    if problems:
        raise DemoFirmsError("; ".join(problems))
    return found


def _text(written: object) -> str | int:
    """Return what read_quantity takes; YAML has made dates and flags of some texts."""
    return written if isinstance(written, int | str) else str(written)

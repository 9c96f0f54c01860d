"""The four synthetic demo firms, read from `firms.yaml` into stored units."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from kerong.engines.rules.quantities import QuantityError, read_quantity

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from kerong.engines.rules.model import Fact

FIRMS_FILE = Path(__file__).with_name("firms.yaml")
SOURCE = "演示数据（虚构）"
_WAN = 1_000_000


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
    years: tuple[Mapping[str, Any], ...] = ()
    events: tuple[Mapping[str, Any], ...] = ()


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
        found.append(
            WrittenFirm(
                entry["uscc"],
                entry["name"],
                entry["story"],
                entry["as_of"],
                stored,
                _years(entry["as_of"].year - 1, stored),
                tuple(_event(written) for written in entry.get("events", ())),
            )
        )
    if problems:
        raise DemoFirmsError("; ".join(problems))
    return found


def _text(written: object) -> str | int:
    """Return what read_quantity takes; YAML has made dates and flags of some texts."""
    return written if isinstance(written, int | str) else str(written)


def _years(last: int, facts: Mapping[str, int | str]) -> tuple[Mapping[str, Any], ...]:
    """Return the years that facts speak of, the earliest first, and none before the founding."""
    named = {
        "revenue_fen": ("annual_revenue_fen", "previous_revenue_fen", "revenue_two_years_ago_fen"),
        "staff_count": ("staff_count", "", ""),
        "rd_expense_fen": ("rd_expense_fen", "previous_rd_expense_fen", ""),
        "ip_class1_count": ("ip_class1_count", "", ""),
    }
    founded = int(facts.get("registered_on", 0)) // 10_000
    return tuple(
        {"year": last - back, **{name: facts.get(names[back]) for name, names in named.items()}}
        for back in (2, 1, 0)
        if last - back >= founded
    )


def _event(written: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return an event as it is stored; amounts are written in 万元."""
    event: dict[str, Any] = {"day": written["day"].isoformat(), "kind": written["kind"]}
    if "amount" in written:
        event["amount_fen"] = written["amount"] * _WAN
    return event | ({"detail": written["detail"]} if "detail" in written else {})

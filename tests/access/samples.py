"""One object of each kind that belongs to somebody: strangers must not see it, nor learn that it exists (SEC-3, SEC-8).

Add a line to SAMPLES: name → a function that makes the object of OWNER and returns the route and its arguments. It is
called in a transaction with the house acting. The test asks as the owner's role (200 expected unless ``owner_sees`` is
False) and as somebody of another party in every role, who must get 404 with the body of an unknown object.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.dateparse import parse_date

from kerong.records.parties.actions import add_licence

if TYPE_CHECKING:
    from collections.abc import Callable

OWNER = "enterprise:X9420100DEM000014E"
OWNING_INSTITUTION = "institution:demo_bank_01"
STRANGERS = {
    "enterprise": "enterprise:X9420100DEM0000229",
    "institution": "institution:demo_bank_02",
    "office": "office:dept_nobody",
    "platform": "platform",
}


@dataclass(frozen=True)
class Sample:
    """Where an object is shown, the same address with an identifier nobody has, and who may see it."""

    route: str
    arguments: dict[str, Any]
    unknown: dict[str, Any]
    method: str = "get"
    # Roles of other parties that see it by duty, such as an auditor; all others must not.
    seen_by: frozenset[str] = field(default_factory=frozenset)


def _licence() -> Sample:
    from kerong.records.parties.actions import InstitutionLine, load_demo_institutions

    lines = [InstitutionLine(f"demo_bank_0{i}", f"样例银行{i}（虚构）", "bank", "420100") for i in (1, 2)]
    load_demo_institutions(institutions=lines)
    day = parse_date("2026-01-01")
    assert day is not None
    made = add_licence(
        institution="demo_bank_01", name="金融许可证", number="B0001", issuer="演示机关", valid_from=day
    )
    return Sample(
        "parties:licence_end",
        {"key": "demo_bank_01", "licence": made.id},
        {"key": "demo_bank_01", "licence": "00000000-0000-7000-8000-000000000000"},
        method="post",
    )


SAMPLES: dict[str, Callable[[], Sample]] = {
    "licence of an institution": _licence,
}

"""A firm with facts, and whoever acts for it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from kerong.basics.acting import house_actor
from kerong.basics.party_reference import enterprise
from kerong.records.evidence.actions import acting
from kerong.records.facts.actions import state_facts

if TYPE_CHECKING:
    from collections.abc import Callable

    from kerong.basics.acting import Actor
    from kerong.records.packs.queries import CurrentLaw

USCC = "X9420100DEM000014E"
FIRM = enterprise(USCC)
VALUES = {
    "region_code": "420100",
    "industry_code": "C39",
    "is_legal_person": 1,
    "is_active": 1,
    "staff_count": 40,
    "annual_revenue_fen": 3_800_000_000,
    "has_serious_dishonesty": 1,
    "is_on_abnormal_list": 0,
}


@pytest.fixture
def agent(law: CurrentLaw, person_in: Callable[..., Actor]) -> Actor:
    del law
    with acting(house_actor("test")):
        state_facts(
            subject=FIRM,
            source="applicant",
            as_of=date(2026, 10, 31),
            values=VALUES,
            basis="statutory:demonstration",
        )
    return person_in("agent", FIRM)

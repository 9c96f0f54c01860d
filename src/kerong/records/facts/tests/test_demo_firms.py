"""Only synthetic firms are stored: the action says so, and the database insists."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError, transaction

from kerong.basics.clock import current_clock
from kerong.basics.identifiers import new_identifier
from kerong.basics.identity_codes import compose
from kerong.basics.party_reference import enterprise
from kerong.records.facts import actions, queries
from kerong.records.facts.models import Dossier, Observation

if TYPE_CHECKING:
    from pytest_django.fixtures import SettingsWrapper

pytestmark = pytest.mark.django_db
DEMO_CODE = compose("X", "9", "420100", "TEXT0001")
REAL_LOOKING_CODE = compose("9", "1", "420100", "MA4K0001")


@pytest.fixture(autouse=True)
def law(settings: SettingsWrapper) -> None:
    settings.KERONG_FOLLOW_FILES = True


def store(**said: Any) -> queries.DemoFirm:
    given = {
        "uscc": DEMO_CODE,
        "name": "演示企业·测试（虚构）",
        "facts": {"staff_count": 40, "is_hnte": 1, "size_industry": "industry"},
        "as_of": date(2026, 10, 31),
        "source": "演示数据（虚构）",
        **said,
    }
    return actions.store_demo_firm(**given)


def test_a_stored_firm_is_found_again() -> None:
    stored = store()

    assert queries.demo_firm(DEMO_CODE) == stored
    assert queries.demo_firms() == [stored]
    assert stored.facts == {"staff_count": 40, "is_hnte": 1, "size_industry": "industry"}


def test_storing_again_replaces_what_is_known() -> None:
    store()
    again = store(facts={"staff_count": 41})

    assert queries.demo_firms() == [again]
    assert again.facts == {"staff_count": 41}


def test_an_unknown_firm_is_none() -> None:
    assert queries.demo_firm(DEMO_CODE) is None


def test_everything_wrong_is_reported_at_once() -> None:
    facts = {"staff_count": -1, "age_months": 3, "is_sme": 1, "nothing": 1, "size_industry": "mining"}

    with pytest.raises(actions.FirmRefusedError) as refused:
        store(uscc=REAL_LOOKING_CODE, name="某某有限公司", facts=facts)

    assert set(refused.value.problems) == {"uscc", "name", *facts}
    assert Dossier.objects.count() == 0


@pytest.mark.usefixtures("house")
@pytest.mark.parametrize(("uscc", "is_demo"), [(REAL_LOOKING_CODE, True), (DEMO_CODE, False)])
def test_the_database_tells_demo_firms_from_firms_that_could_be_real(
    uscc: str,
    is_demo: bool,  # noqa: FBT001 - a case
) -> None:
    now = current_clock().now()
    told = {"owner": enterprise(uscc), "values": {}, "is_demo": is_demo}

    with pytest.raises(IntegrityError), transaction.atomic():
        Dossier.objects.create(**told, origins={}, changed_at=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Observation.objects.create(
            **told, id=new_identifier(now), source="demo", as_of=now.date(), stated_at=now, basis="x"
        )

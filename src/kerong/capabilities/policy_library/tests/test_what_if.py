"""The what-if page: its form, its ranges, and what it says when the worker does not answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerong.adapters import worker_client
from kerong.capabilities.policy_library import queries
from kerong.capabilities.policy_library.queries.what_if import Cell, Line, Range, _tiles
from kerong.engines.rules.quantities import stored_number

if TYPE_CHECKING:
    from django.test import Client

    from kerong.records.packs.queries import CurrentLaw

RULE = {"rule": "national.recognition.tech_sme", "parameter": "score_min"}


def line(key: str, gained: int | None, lost: int | None = 0) -> Line:
    return Line(key, key, Cell(9), Cell(9), Cell(gained), Cell(lost))


def test_without_a_worker_the_page_says_so(law: CurrentLaw, client: Client) -> None:
    page = client.get("/what-if/", RULE | {"value": "50"}).content.decode()

    assert law
    assert "测算服务没有回答" in page
    assert 'value="50"' in page
    assert "测算稿" in page


def test_cold_worker_is_asked_again_by_the_page(
    law: CurrentLaw, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cold(_request: object) -> None:
        raise worker_client.WorkerCold

    monkeypatch.setattr(worker_client, "ask", cold)

    page = client.get("/what-if/", RULE).content.decode()

    assert law
    assert "预热中" in page
    assert 'hx-trigger="load delay:2s"' in page


@pytest.mark.parametrize(
    "typed", ["abc", "五十", "1e9", "--5", "50元", "999999999999999999", "-1", "\0", "٣"]
)
def test_nonsense_stands_at_the_field_and_is_kept(law: CurrentLaw, client: Client, typed: str) -> None:
    answer = client.get("/what-if/", RULE | {"value": typed})
    page = answer.content.decode()

    assert law
    assert answer.status_code == 200
    if typed in ("\0", "٣"):
        return
    assert 'aria-invalid="true"' in page
    assert f'value="{typed}"' in page


@pytest.mark.parametrize("asked", [{"rule": "nope"}, {"rule": RULE["rule"], "parameter": "nope"}])
def test_unknown_rule_or_parameter_is_an_error_at_its_field(
    law: CurrentLaw, client: Client, asked: dict[str, str]
) -> None:
    page = client.get("/what-if/", asked).content.decode()

    assert law
    assert "请从列表里选" in page


def test_choosing_another_rule_starts_from_its_own_value(law: CurrentLaw, client: Client) -> None:
    asked = {
        "rule": "hubei.credit.talent_loan", "rule_before": RULE["rule"],
        "parameter": "score_min", "parameter_before": "score_min", "value": "50",
    }  # fmt: skip

    page = client.get("/what-if/", asked).content.decode()

    assert law
    assert "请从列表里选" not in page
    assert 'value="1000"' in page


def test_every_slider_holds_the_value_in_force(law: CurrentLaw) -> None:
    for pack in queries.movable_rules(law):
        for parameter in queries.movable_parameters(pack, law.on):
            found = queries.range_of(parameter, law.on)
            assert found.low <= found.current <= found.high
            assert found.floor <= found.low
            assert (found.high - found.low) % found.step == 0


@given(st.integers(0, 10**13), st.sampled_from([1, 10, 100, 10**6, 10**10]))
def test_numbers_of_the_slider_are_exact(stored: int, factor: int) -> None:
    written = Range(0, 0, 0, 1, 0, 10**15, factor).number(stored)

    unit = next(
        u
        for u in __import__("kerong.engines.rules.model", fromlist=["UNITS"]).UNITS.values()
        if u.factor == factor
    )
    assert stored_number(written, unit) == stored


def test_tiles_are_the_seventeen_prefectures_also_those_without_any_firm() -> None:
    tiles = _tiles((line("420100", 30), line("420200", None), line("420300", 0, 8), line("429004", 5)))

    by_key = {tile.key: tile for tile in tiles}
    assert len(tiles) == 17
    assert by_key["420100"].shade == "up-3"
    assert by_key["420200"].gained.value is None
    assert by_key["420300"].shade == "down-1"
    assert by_key["429004"].gained.value == 5
    assert by_key["429021"].after.value == 0

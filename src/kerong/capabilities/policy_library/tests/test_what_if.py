"""The what-if page: its form, its ranges, and what it says when the worker does not answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerong.adapters import worker_client
from kerong.capabilities.policy_library import queries
from kerong.capabilities.policy_library.forms import WhatIfForm
from kerong.capabilities.policy_library.queries.what_if import Line, Range, _tiles
from kerong.capabilities.policy_library.queries.what_if_sums import Cell
from kerong.engines.rules.quantities import stored_number

if TYPE_CHECKING:
    from django.test import Client

    from kerong.records.packs.queries import CurrentLaw

KNOWLEDGE = "hubei.credit.knowledge_value_loan"
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
    "typed", ["abc", "五十几", "1e9", "--5", "50元", "999999999999999999", "-1", "\0", "٣"]
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


@pytest.mark.parametrize("typed", ["999999999999999999", "99999999999999999999999999999999999", "-1"])
def test_numbers_out_of_range_say_the_range_and_are_not_called_unreadable(
    law: CurrentLaw, client: Client, typed: str
) -> None:
    page = client.get("/what-if/", RULE | {"value": typed}).content.decode()

    assert law
    assert "超出范围：应在 0分 至 1,000,000分 之间" in page
    assert "读不懂" not in page


def test_decimals_finer_than_the_unit_say_so(law: CurrentLaw, client: Client) -> None:
    page = client.get("/what-if/", RULE | {"value": "50.5"}).content.decode()
    share = {"rule": KNOWLEDGE, "parameter": "compensation_share", "value": "70.123"}

    assert law
    assert "这里只能写整数" in page
    assert "最多写到小数点后 2 位" in client.get("/what-if/", share).content.decode()


def test_unknown_rule_is_blamed_alone(law: CurrentLaw, client: Client) -> None:
    page = client.get("/what-if/", {"rule": "nope", "value": "50"}).content.decode()

    assert law
    assert "没有这个规则，请从列表里选" in page
    assert "没有这个数值" not in page
    assert "读不懂" not in page


def test_numbers_that_only_move_an_amount_can_be_tried(law: CurrentLaw) -> None:
    pack = law.library.packs[KNOWLEDGE]

    assert "compensation_share" in [p.name for p in queries.movable_parameters(pack, law.on)]
    assert pack in queries.movable_rules(law)
    assert all(p.kind != "terms" and p.subject == "enterprise" for p in queries.movable_rules(law))


def test_a_change_of_amounts_alone_says_for_how_many_firms_and_where(
    law: CurrentLaw, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cell(value: int | None) -> dict[str, Any]:
        return {"value": value, "suppressed": value is None}

    def sums(before: int | None, after: int | None) -> dict[str, Any]:
        sides = {"before": cell(before), "after": cell(after)}
        return {"name": "compensation_max", **sides, "firms_changed": cell(before and 37)}

    def line(key: str, label: str, amounts: dict[str, Any]) -> dict[str, Any]:
        counts = {"before": cell(40), "after": cell(40), "gained": cell(0), "lost": cell(0)}
        return {"key": key, "label": label, **counts, "amounts": [amounts]}

    firms = {"firms_changed": cell(40), "firms_before": cell(40), "firms_after": cell(40)}
    whole = sums(80_000_000_000, 70_000_000_000) | firms
    wuhan = line("420100", "武汉市", sums(60_000_000_000, 52_500_000_000))
    small = line("429021", "神农架林区", sums(None, None))
    answer = {
        "rows": 50, "snapshot_sha256": "0" * 64,
        "rules": [
            line("", "", whole)
            | {"rule": KNOWLEDGE, "label": "x", "label_en": "x"}
            | {"groups": {"region": [wuhan, small], "industry": [], "stage": []}}
        ],
    }  # fmt: skip
    monkeypatch.setattr(worker_client, "ask", lambda _request: answer)

    asked = {"rule": KNOWLEDGE, "parameter": "compensation_share", "value": "70"}
    page = client.get("/what-if/", asked).content.decode()

    assert law
    assert "没有企业因此变得符合或不再符合" in page
    assert "变的是金额：40 家企业" in page
    assert "80.0% → 70.0%" in page
    assert page.count('class="tile tile-') == 17
    assert "−7,500万元" in page
    assert "隐去" in page
    assert "变动户数" in page
    assert '武汉市</th><td class="number">37</td>' in page
    assert 'data-label="算进去的企业">40</td>' in page
    stamp = page.partition('id="print-stamp"')[2].partition("</div>")[0]
    assert all(
        words in stamp
        for words in ("测算稿", "本金损失补偿比例", "80.0% → 70.0%", "测试〔2026〕1号", "2026年")
    )


@pytest.mark.parametrize(
    ("parameter", "value", "warning"),
    [
        ("compensation_share", "100", ""), ("compensation_share", "100.01", "超过 100%，请确认"),
        ("single_loan_max", "1", ""), ("single_loan_max", "0", "金额或期限为 0 或负数，请确认"),
        ("single_loan_max", "1000", ""),
    ],
)  # fmt: skip
def test_values_hardly_meant_are_tried_with_a_warning(
    law: CurrentLaw, parameter: str, value: str, warning: str
) -> None:
    form = WhatIfForm(law, {"rule": KNOWLEDGE, "parameter": parameter, "value": value})

    assert form.is_valid()
    assert form.warning == warning


def test_the_slider_names_its_ends_and_puts_no_word_where_the_value_is_not(
    law: CurrentLaw, client: Client
) -> None:
    page = client.get("/what-if/", {"rule": KNOWLEDGE, "parameter": "compensation_share"}).content.decode()

    assert law
    assert '<div class="slider-ends" aria-hidden="true"><span>0.0%</span><span>100.0%</span></div>' in page


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

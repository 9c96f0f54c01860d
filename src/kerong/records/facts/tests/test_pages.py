"""The pages of the facts, as a firm's people, a bank and the operator meet them."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kerong.basics.acting import PLATFORM, house_actor
from kerong.basics.identity_codes import compose
from kerong.basics.party_reference import enterprise
from kerong.records.consents.actions import register_basis
from kerong.records.evidence.actions import acting, house
from kerong.records.evidence.queries import events
from kerong.records.facts import actions, queries
from kerong.records.facts.tests.conftest import BANK, FIRM, OTHER, USCC

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from django.test import Client

NAME = "staff_count"


@pytest.fixture(autouse=True)
def stated(db: None) -> None:
    del db
    with acting(house_actor("test")):
        actions.state_facts(
            subject=FIRM,
            source="social_security",
            as_of=date(2026, 10, 31),
            values={NAME: 4321},
            basis="statute:test",
        )
        actions.state_facts(
            subject=FIRM,
            source="market_regulation",
            as_of=date(2020, 1, 31),
            values={"legal_representative_born_on": 19760203, "is_active": 1},
            basis="published",
        )


@pytest.fixture
def agent(sign_in: Callable[..., Client]) -> Client:
    return sign_in("agent", FIRM)


def ground(purpose: str = "post_loan") -> None:
    with acting(house_actor("test")):
        register_basis(
            kind="contract", subject=FIRM, recipient=BANK, purposes=[purpose], cites="合同", words="服务合同"
        )


def filed(agent: Client) -> str:
    answer = agent.post(f"/facts/{USCC}/dispute/{NAME}/", {"reason": "少算了"})
    assert answer.status_code == 302
    return answer.url


def test_a_firm_sees_each_fact_with_its_source_and_what_is_stale(agent: Client) -> None:
    page = agent.get(f"/facts/{USCC}/").content.decode()

    assert "4,321" in page
    assert "人社部门" in page
    assert "2020年4月30日起已过时" in page


def test_sensitive_values_show_only_when_asked_for_and_leave_an_event(agent: Client) -> None:
    masked = agent.get(f"/facts/{USCC}/").content.decode()
    shown = agent.post(f"/facts/{USCC}/").content.decode()

    assert ("1976年2月3日" in masked, "1976年2月3日" in shown) == (False, True)
    assert events(stream="facts", subject=FIRM).filter(kind="facts_unmasked").count() == 1


def test_the_export_says_everything_but_what_is_sensitive(agent: Client) -> None:
    told = json.loads(agent.get(f"/facts/{USCC}/export.json").content)

    values = {fact["name"]: fact["value"] for fact in told["facts"]}
    assert values == {NAME: 4321, "legal_representative_born_on": None, "is_active": 1}


@pytest.mark.parametrize("place", ["", "lookups/", "export.json", "lookups/export.csv", f"dispute/{NAME}/"])
def test_another_firm_and_one_that_does_not_exist_look_the_same(agent: Client, place: str) -> None:
    other = OTHER.partition(":")[2]
    unknown = agent.get(f"/facts/91420100NOBODY0000/{place}")

    foreign = agent.get(f"/facts/{other}/{place}")

    assert (foreign.status_code, unknown.status_code) == (404, 404)


def test_an_objection_marks_the_file_the_export_and_the_look_of_a_bank_at_once(
    agent: Client, sign_in: Callable[..., Client]
) -> None:
    ground()
    bank = sign_in("relationship_manager", BANK)
    before = bank.get(f"/facts/of/{USCC}/?purpose=post_loan").content.decode()

    filed(agent)

    after = bank.get(f"/facts/of/{USCC}/?purpose=post_loan").content.decode()
    assert ("有异议，正在核查" in before, "有异议，正在核查" in after) == (False, True)
    assert "有异议，正在核查" in agent.get(f"/facts/{USCC}/").content.decode()
    told = json.loads(agent.get(f"/facts/{USCC}/export.json").content)
    assert [fact["name"] for fact in told["facts"] if fact["disputed"]] == [NAME]


def test_a_mark_shows_on_the_public_page_of_a_demo_firm(client: Client) -> None:
    demo = compose("X", "9", "420100", "TEXT0009")
    actions.store_demo_firm(
        uscc=demo, name="样例（虚构）", facts={NAME: 7}, as_of=date(2026, 10, 31), source="演示数据（虚构）"
    )
    with acting(house_actor("test")):
        actions.dispute(subject=enterprise(demo), name=NAME, reason="虚构的理由")

    page = client.get(f"/firms/{demo}/").content.decode()

    assert "有异议，正在核查" in page


def test_a_bank_without_a_ground_is_told_why_and_the_firm_sees_the_refusal(
    agent: Client, sign_in: Callable[..., Client]
) -> None:
    bank = sign_in("relationship_manager", BANK)

    refused = bank.get(f"/facts/of/{USCC}/?purpose=credit_approval")

    assert refused.status_code == 403
    assert "没有该主体对这一用途的有效授权" in refused.content.decode()
    assert "/consents/ask/" in refused.content.decode()
    with house("a test reads the log"):
        line = queries.lookups_of(FIRM).get()
    assert (line.kind, line.party, line.purpose) == ("refused", BANK, "credit_approval")
    assert "授信审批" in agent.get(f"/facts/{USCC}/lookups/?only=refused").content.decode()


def test_a_refusal_says_the_same_of_a_firm_that_does_not_exist(sign_in: Callable[..., Client]) -> None:
    bank = sign_in("relationship_manager", BANK)
    pages = []
    for uscc in (USCC, OTHER.partition(":")[2]):
        page = bank.get(f"/facts/of/{uscc}/?purpose=credit_approval").content.decode()
        with house("a test reads the log"):
            line = queries.lookups_of(f"enterprise:{uscc}").get()
        page = page.replace(uscc, "CODE").replace(str(line.id), "ID")
        start = page.index("<main")
        pages.append(page[start : page.index("</main>")])

    assert pages[0] == pages[1]


def test_the_operator_answers_and_the_story_stays(agent: Client, sign_in: Callable[..., Client]) -> None:
    address, operator = filed(agent), sign_in("operator", PLATFORM)
    unclear = operator.post(f"{address}answer/", {"outcome": "corrected", "answer": "已更正"})
    wrong = operator.post(f"{address}answer/", {"outcome": "corrected", "answer": "已更正", "value": "很多"})

    operator.post(f"{address}note/", {"text": "已致电社保经办机构"})
    done = operator.post(f"{address}answer/", {"outcome": "corrected", "answer": "已更正", "value": "4333"})

    page = agent.get(address).content.decode()
    assert (unclear.status_code, wrong.status_code, done.status_code) == (422, 422, 302)
    assert "已更正" in wrong.content.decode()
    assert "已致电社保经办机构" in page
    assert "4,333" in page


def test_the_list_of_objections_shows_the_clock(agent: Client, sign_in: Callable[..., Client]) -> None:
    filed(agent)
    operator = sign_in("operator", PLATFORM)

    page = operator.get("/facts/disputes/").content.decode()

    assert "light light-green" in page
    assert operator.get("/facts/disputes/?export=csv").content.decode("utf-8-sig").count("\r\n") == 2


def test_a_declaration_stands_beside_the_fact(agent: Client) -> None:
    agent.post(f"/facts/{USCC}/declare/{NAME}/", {"text": "含劳务派遣人员"})

    assert "含劳务派遣人员" in agent.get(f"/facts/{USCC}/").content.decode()


def test_imports_are_listed_with_their_counts(tmp_path: Path, sign_in: Callable[..., Client]) -> None:
    path = tmp_path / "f.parquet"
    pq.write_table(pa.table({"uscc": [USCC], "name": ["甲公司"], "is_hnte": [1]}), path)
    operator = sign_in("operator", PLATFORM)
    with acting(house_actor("test")):
        batch, _ = actions.import_facts(
            parquet=path, source="science", as_of=date(2026, 10, 31), basis="published", rows_read=2, rows_rejected=1,
            file_name="名录.csv", quality={"checks": [{"label": "代码不对", "rows": 1}]},
        )  # fmt: skip

    assert "名录.csv" in operator.get("/facts/imports/").content.decode()
    page = operator.get(f"/facts/imports/{batch.id}/").content.decode()
    assert batch.digest in page
    assert "代码不对" in page

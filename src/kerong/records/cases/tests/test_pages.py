"""Pages: each reader sees where a case stands and what to do, and nobody sees another institution's reasons."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import openpyxl
import pytest
from django.test import Client

from kerong.basics.acting import house_actor
from kerong.records.cases.actions import note, open_case
from kerong.records.cases.models import Case
from kerong.records.cases.tests.conftest import BANK, FIRM, LOAN, OTHER_BANK
from kerong.records.evidence.actions import acting
from kerong.records.packs import queries as packs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kerong.basics.clock import FixedClock


@pytest.fixture(scope="module", autouse=True)
def forget_followed_files() -> Iterator[None]:
    """The followed law is loaded once for this module and forgotten behind it."""
    yield
    packs.forget()


@pytest.fixture
def firm(clock: FixedClock, sign_in: Callable[..., Client]) -> Client:
    del clock
    return sign_in("agent", FIRM)


@pytest.fixture
def bank(clock: FixedClock, sign_in: Callable[..., Client]) -> Client:
    del clock
    return sign_in("relationship_manager", BANK)


@pytest.fixture
def case(firm: Client) -> Case:
    with acting(firm.actor):
        return open_case(
            workflow=LOAN,
            subject=FIRM,
            title="购买设备",
            owner=FIRM,
            participants={"firm": FIRM, "creditor": BANK},
        )


def state_of(case: Case) -> str:
    with acting(house_actor("test")):
        return Case.objects.get(id=case.id).state


def test_a_visitor_is_asked_to_sign_in() -> None:
    assert Client().get("/cases/").status_code == 302


def test_the_firm_sees_where_it_stands_and_the_bank_what_to_do(
    case: Case, firm: Client, bank: Client
) -> None:
    address = f"/cases/{case.number}/"
    of_firm, of_bank = firm.get(address).content.decode(), bank.get(address).content.decode()

    assert "需求已经发给银行，等银行接单。" in of_firm
    assert f'href="{address}do/withdraw/"' in of_firm
    assert f'href="{address}do/take/"' not in of_firm
    assert "轮到您" in of_bank
    assert f'href="{address}do/take/"' in of_bank
    assert "没有公布时限，这是本软件自定的提醒天数" in of_bank


def test_another_bank_gets_the_answer_of_a_case_that_does_not_exist(
    case: Case, sign_in: Callable[..., Client]
) -> None:
    stranger = sign_in("approver", OTHER_BANK)
    asked = [stranger.get(f"/cases/{number}/") for number in (case.number, "KR2026-999999")]

    assert [answer.status_code for answer in asked] == [404, 404]
    assert stranger.post(f"/cases/{case.number}/note/", {"text": "x"}).status_code == 404


def test_a_move_is_made_by_its_form(case: Case, bank: Client) -> None:
    address = f"/cases/{case.number}/do/take/"
    assert 'name="seen_events" value="1"' in bank.get(address).content.decode()

    answer = bank.post(address, {"seen_events": "1", "remark": ""})

    assert (answer.status_code, answer.headers["Location"]) == (302, f"/cases/{case.number}/")
    assert state_of(case) == "matched"


def test_a_refused_move_keeps_what_was_typed(case: Case, bank: Client) -> None:
    answer = bank.post(f"/cases/{case.number}/do/not_accept/", {"seen_events": "1", "remark": "写了很久的话"})

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "至少选一条告诉对方的原因。" in page
    assert "写了很久的话" in page
    assert state_of(case) == "posted"


def test_an_old_page_does_not_move_the_case(case: Case, bank: Client, firm: Client) -> None:
    with acting(firm.actor):
        note(case_id=case.id, text="补充一句")

    answer = bank.post(f"/cases/{case.number}/do/take/", {"seen_events": "1"})

    assert "已有新的变动" in answer.content.decode()
    assert state_of(case) == "posted"


def test_a_refusal_shows_the_firm_its_reasons_and_next_step_and_nothing_internal(
    case: Case, bank: Client, firm: Client
) -> None:
    bank.post(
        f"/cases/{case.number}/do/not_accept/",
        {
            "seen_events": "1",
            "reasons": ["outside_scope"],
            "internal_reasons": ["aml"],
            "internal_note": "命中名单甲乙丙",
        },
    )
    of_firm, of_bank = (one.get(f"/cases/{case.number}/").content.decode() for one in (firm, bank))

    assert "不在这项产品的服务范围内" in of_firm
    assert "在货架上选择适合本企业的其他产品" in of_firm
    for secret in ("命中名单甲乙丙", "反洗钱审查"):
        assert secret not in of_firm
        assert secret in of_bank
    for ending in ("csv", "xlsx"):
        exported = firm.get(f"/cases/export.{ending}?which=all").content
        assert "命中名单甲乙丙".encode() not in exported


def test_fields_that_the_form_does_not_have_set_nothing(case: Case, bank: Client) -> None:
    bank.post(
        f"/cases/{case.number}/do/take/",
        {
            "seen_events": "1",
            "state": "approved",
            "to": "approved",
            "evidence_receipt": "1",
            "reasons": ["ability"],
        },
    )

    assert state_of(case) == "matched"


def test_a_move_of_somebody_else_is_not_found(case: Case, firm: Client) -> None:
    assert firm.get(f"/cases/{case.number}/do/take/").status_code == 404
    assert (
        firm.post(f"/cases/{case.number}/do/approve/", {"seen_events": "1", "remark": "x"}).status_code == 404
    )


def test_notes_assignment_and_pause(case: Case, bank: Client) -> None:
    def post(what: str, **data: str) -> int:
        return bank.post(f"/cases/{case.number}/{what}/", data).status_code

    answers = [
        post("note", text="请补充合同"),
        post("note", text=" "),
        post("assign", user=bank.actor.user),
        post("assign", user="1"),
        post("pause", reason="materials"),
        post("pause", reason="holiday"),
        post("resume"),
        post("resume"),
        post("returned", source="核心系统", text="已建档"),
    ]
    assert answers == [302, 409, 302, 409, 302, 409, 302, 409, 302]

    page = bank.get(f"/cases/{case.number}/").content.decode()
    assert "请补充合同" in page
    assert bank.get("/cases/?which=mine").content.decode().count(case.number) >= 1


def test_the_list_is_exported_as_it_is_narrowed(case: Case, firm: Client) -> None:
    csv = firm.get("/cases/export.csv").content.decode("utf-8-sig").splitlines()
    book = openpyxl.load_workbook(io.BytesIO(firm.get("/cases/export.xlsx?which=late").content))

    assert [line.split(",")[:2] for line in csv] == [["编号", "事项"], [case.number, "购买设备"]]
    assert book.worksheets[0].max_row == 1
    assert firm.get("/cases/export.pdf").status_code == 404


@pytest.mark.parametrize("which", ["open", "mine", "due", "late", "ended", "all", "nonsense"])
def test_an_empty_list_says_what_to_do(firm: Client, which: str) -> None:
    answer = firm.get(f"/cases/?which={which}&page=99")

    assert answer.status_code == 200
    assert 'class="empty"' in answer.content.decode()


def test_english_pages_mark_chinese(case: Case, firm: Client) -> None:
    firm.cookies["django_language"] = "en"
    page = firm.get(f"/cases/{case.number}/").content.decode()

    assert "Need posted" in page
    assert '<span lang="zh-Hans">购买设备</span>' in page

"""Returned files are taken row by row, once, with bad rows named; both sides are reminded in time; pages show it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from kerong.adapters.sheets import as_csv, as_xlsx
from kerong.basics.acting import Actor
from kerong.basics.clock import SHANGHAI, FixedClock, using_clock
from kerong.records.evidence.actions import acting, house
from kerong.records.financings.actions import COLUMNS, agree, change, import_results, remind_due
from kerong.records.financings.models import Event, Financing
from kerong.records.financings.queries import cost_of, financing, schedule_of
from kerong.records.notices.models import Notice
from kerong.records.parties.models import Enterprise, Institution

USCC = "X9420100DEM000014E"
FIRM, BANK, GUARANTOR = f"enterprise:{USCC}", "institution:demo_bank_01", "institution:demo_guarantor_01"
HEAD = list(COLUMNS.values())
LOAN = {
    "rate_millionths": 34_500,
    "method": "interest_first",
    "day_count": "actual/360",
    "months_between": 3,
    "security": "guarantee",
    "purpose": "研发",
}


def _row(**cells: object) -> list[object]:
    return [cells.get(name) for name in COLUMNS]


@pytest.fixture
def clock() -> object:
    clock = FixedClock(datetime(2026, 11, 23, 9, tzinfo=SHANGHAI))
    with using_clock(clock):
        yield clock


@pytest.fixture
def loan(clock: FixedClock, person_in: Callable[..., Actor]) -> Financing:
    del clock
    Enterprise.objects.create(uscc=USCC, name="光谷样例光电（虚构）", is_demo=True)
    for key, kind in (("demo_bank_01", "bank"), ("demo_guarantor_01", "guarantor")):
        Institution.objects.create(
            key=key, name=f"{key}（虚构）", kind=kind, region_code="420100", is_demo=True
        )
    with acting(person_in("relationship_manager", BANK)):
        return agree(
            kind="loan",
            debtor=FIRM,
            creditor=BANK,
            principal=100_000_000,
            terms=LOAN,
            reference="HT-1",
            agreed_on=date(2026, 3, 1),
            matures_on=date(2027, 3, 1),
        )


def test_file_is_taken_once_and_bad_rows_are_named(loan: Financing, person_in: Callable[..., Actor]) -> None:
    table = [
        HEAD,
        _row(reference="ht－1", key="1", kind="放款", happened_on="2026-03-02", amount="1,000,000.00"),
        _row(
            reference="HT-1",
            key="2",
            kind="还款",
            happened_on="2026/6/2",
            amount=250000.0,
            interest="8816.67",
        ),
        _row(reference="HT-9", key="3", kind="放款", happened_on="2026-03-02", amount="1"),
        _row(reference="HT-1", key="4", kind="送花", happened_on="2026-03-02"),
        _row(reference="HT-1", key="5", kind="还款", happened_on="昨天", amount="1"),
        _row(reference="HT-1", key="6", kind="还款", happened_on="2026-07-02", amount="1.005"),
        _row(reference="HT-1", key="7", kind="还款", happened_on="2026-07-02", amount="9000000"),
        _row(reference="HT-1", key="", kind="还款", happened_on="2026-07-02", amount="1"),
        _row(reference="HT-1", key="8", kind="五级分类", happened_on="2026-07-02", five_class="关注"),
        _row(),
    ]
    with acting(person_in("relationship_manager", BANK)):
        first = import_results(creditor=BANK, table=table)
        second = import_results(creditor=BANK, table=table)

        assert (first.taken, first.repeated) == (3, 0)
        assert [(bad.line, bad.column) for bad in first.bad] == [
            (4, "合同编号"),
            (5, "事项"),
            (6, "发生日"),
            (7, "本金（元）"),
            (8, ""),
            (9, "流水号"),
        ]
        assert (second.taken, second.repeated, second.bad) == (0, 3, first.bad)
        standing = financing(loan.pk).standing
        assert (standing.outstanding, standing.interest_paid, standing.five_class) == (
            75_000_000,
            881_667,
            "special_mention",
        )


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
@pytest.mark.usefixtures("loan")
def test_officer_hands_in_a_file(sign_in: Callable[..., Client], ending: str) -> None:
    bank = sign_in("relationship_manager", BANK)
    rows = [
        _row(reference="HT-1", key="1", kind="放款", happened_on="2026-03-02", amount="1000000"),
        _row(reference="HT-1", key="2", kind="?", happened_on="2026-03-02"),
    ]
    content = as_xlsx("表", HEAD, rows) if ending == "xlsx" else as_csv(HEAD, rows)

    answer = bank.post("/financings/results/", {"file": SimpleUploadedFile(f"a.{ending}", content)})

    assert answer.status_code == 200
    assert "记入 1 行，以前记过 0 行，没有记入 1 行。" in answer.content.decode()
    with transaction.atomic(), house("to count"):
        assert Event.objects.get().channel == "file"


@pytest.mark.usefixtures("loan")
def test_file_that_is_no_table_is_refused_at_its_field(sign_in: Callable[..., Client]) -> None:
    answer = sign_in("relationship_manager", BANK).post(
        "/financings/results/", {"file": SimpleUploadedFile("a.xlsx", b"not a workbook")}
    )

    assert answer.status_code == 400
    assert 'class="error"' in answer.content.decode()


@pytest.mark.usefixtures("loan")
@pytest.mark.usefixtures("person_in")
def test_both_sides_are_reminded_once_for_each_step_late_rather_than_never(
    clock: FixedClock,
) -> None:
    def told() -> int:
        with transaction.atomic(), house("to count"):
            return Notice.objects.filter(kind="financing_due").count()

    with transaction.atomic(), house("the job"):
        assert (remind_due(), told()) == (0, 0)
        # 90 days before March 1, 2027 is December 1; the job missed that day and runs on the 5th.
        for day, expected in (
            (date(2026, 12, 5), 2),
            (date(2026, 12, 6), 2),
            (date(2027, 1, 2), 4),
            (date(2027, 2, 1), 6),
            (date(2027, 2, 28), 6),
        ):
            clock.at = datetime(day.year, day.month, day.day, 7, tzinfo=SHANGHAI)
            remind_due()
            assert told() == expected


def test_extension_moves_the_reminders(
    loan: Financing, clock: FixedClock, person_in: Callable[..., Actor]
) -> None:
    with acting(person_in("relationship_manager", BANK)):
        change(
            financing_id=loan.pk,
            kind="extension",
            happened_on=date(2026, 11, 20),
            key="E1",
            said={"matures_on": date(2027, 9, 1)},
        )
    clock.move(timedelta(days=60))
    with transaction.atomic(), house("the job"):
        assert remind_due() == 0


def test_schedule_and_cost_follow_the_terms_and_the_guarantee(
    loan: Financing, person_in: Callable[..., Actor]
) -> None:
    with acting(person_in("relationship_manager", GUARANTOR)):
        agree(
            kind="guarantee",
            debtor=FIRM,
            creditor=GUARANTOR,
            principal=80_000_000,
            terms={
                "fee_millionths": 10_000,
                "share_bp": 8_000,
                "beneficiary": BANK,
                "guaranteed_reference": "ＨＴ-1",
            },
            reference="DB-1",
            agreed_on=date(2026, 3, 1),
            matures_on=date(2027, 3, 1),
        )
    with acting(person_in("agent", FIRM)):
        made = schedule_of(loan)
        cost = cost_of(loan, made)

    # Quarters of 92, 92, 91 and 90 days at 3.45 % ÷ 360 on a million yuan.
    assert [each.interest for each in made] == [881_667, 881_667, 872_083, 862_500]
    assert [(line.kind, line.amount) for line in cost.lines] == [
        ("interest", 3_497_917),
        ("guarantee_fee", 800_000),
    ]
    assert 43_000 < cost.borrower_rate < 46_000


def test_firm_sees_its_list_and_the_whole_story_and_others_get_404(
    loan: Financing, sign_in: Callable[..., Client]
) -> None:
    firm, stranger = sign_in("agent", FIRM), sign_in("agent", "enterprise:X9420100DEM0000229")

    shown = firm.get("/financings/")
    assert shown.status_code == 200
    assert "HT-1" in shown.content.decode()
    assert "约定的还款计划" in firm.get(f"/financings/{loan.pk}/").content.decode()
    assert firm.get("/financings/export/csv/").content.decode("utf-8-sig").count("\r\n") == 2
    assert firm.get("/financings/results/").status_code == 403
    assert stranger.get(f"/financings/{loan.pk}/").status_code == 404
    assert "HT-1" not in stranger.get("/financings/").content.decode()


@pytest.mark.usefixtures("loan")
def test_list_narrows_by_kind_status_and_due_day(sign_in: Callable[..., Client]) -> None:
    firm = sign_in("agent", FIRM)

    def holds(query: str) -> bool:
        return "HT-1" in firm.get(f"/financings/?{query}").content.decode().replace('value="HT-1"', "")

    assert [holds("kind=loan"), holds("kind=bond")] == [True, False]
    assert [holds("status=agreed"), holds("status=overdue")] == [True, False]
    assert [holds("due=180"), holds("due=30")] == [True, False]
    assert [holds("q=ht-1"), holds("q=XX")] == [True, False]

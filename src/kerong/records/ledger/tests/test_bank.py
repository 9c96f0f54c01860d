"""A receipt settles the payment that waits for it, once; what only one side has is named and told after three days."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from kerong.adapters.bank_statements import StatementRefusedError, read_bank_statement
from kerong.basics.clock import SHANGHAI, FixedClock, using_clock
from kerong.records.ledger import actions, jobs, queries
from kerong.records.ledger.models import Entry
from kerong.records.ledger.tests.pool import DAY, account, fund, held, open_pool, pay, sound
from kerong.records.notices.queries import todos_of
from kerong.records.outbox.models import Alarm

pytestmark = pytest.mark.usefixtures("house")
HEAD = "日期,回单号,收入,支出,余额,对方户名,附言\n"


def statement(*lines: str) -> object:
    return read_bank_statement("s.csv", (HEAD + "\n".join(lines)).encode())


def test_receipt_settles_the_waiting_payment_once() -> None:
    open_pool()
    fund(1_000_00)
    waiting = pay(300_00, key="order-1", pending=True)
    file = statement("2026-01-05,R1,1000.00,,1000.00,财政,注资", "2026-01-07,R2,,300.00,700.00,银行,order-1")

    first = actions.import_bank_statement(account_id=account("1002").id, name="s.csv", file=file)
    again = actions.import_bank_statement(account_id=account("1002").id, name="s.csv", file=file)

    assert (first.new_lines, first.matched, again.new_lines) == (2, 2, 0)
    settled = Entry.objects.get(original=waiting)
    assert (settled.kind, settled.happened_on) == ("settlement", date(2026, 1, 7))
    assert held("1002").amount == 700_00
    found = queries.reconciliation(account=account("1002"))
    assert (found.book_balance, found.bank_balance, found.ties, found.only_bank, found.only_book) == (
        700_00, 700_00, True, (), ()
    )  # fmt: skip
    sound()


def test_what_only_one_side_has_is_named_and_both_sides_tie() -> None:
    open_pool()
    fund(1_000_00)
    pay(5_00, key="fee")
    wrong = pay(7_00, key="wrong")
    actions.reverse(entry_id=wrong.id, key="undone", what="误记", happened_on=DAY)
    file = statement("2026-01-05,R1,1000.00,,1000.00,财政,注资", "2026-01-06,R2,1.23,,1001.23,银行,结息")
    actions.import_bank_statement(account_id=account("1002").id, name="s.csv", file=file)

    with using_clock(FixedClock(datetime(2026, 1, 9, 9, tzinfo=SHANGHAI))):
        found = queries.reconciliation(account=account("1002"))
    assert [(item.reference, item.amount) for item in found.only_bank] == [("R2", 1_23)]
    assert [item.amount for item in found.only_book] == [-5_00]
    assert (found.ties, found.book_adjusted) == (True, 996_23)


def test_unmatched_longer_than_three_working_days_alarms_and_is_a_to_do_of_the_keeper(
    person_in: object,
) -> None:
    officer = person_in("finance_officer", "office:dept_finance")  # type: ignore[operator] - a test
    open_pool()
    file = statement("2026-03-02,R1,1.00,,1.00,不明,")
    actions.import_bank_statement(account_id=account("1002").id, name="s.csv", file=file)

    for day, alarms in ((5, 0), (6, 1), (7, 1)):
        with using_clock(FixedClock(datetime(2026, 3, day, 9, tzinfo=SHANGHAI))):
            jobs.look_at_banks()
        assert Alarm.objects.filter(kind="bank_unmatched").count() == alarms
    assert [todo.kind for todo in todos_of(officer)] == ["ledger"]


def test_two_payments_of_one_amount_wait_for_a_person() -> None:
    open_pool()
    fund(1_000_00)
    one = pay(300_00, key="a", pending=True)
    pay(300_00, key="b", pending=True)
    file = statement("2026-01-07,R2,,300.00,700.00,银行,补偿")

    assert actions.import_bank_statement(account_id=account("1002").id, name="s", file=file).matched == 0
    line = queries.open_lines(account("1002").id)[0]
    actions.match(line_id=line.id, entry_id=one.id)
    with pytest.raises(actions.BankRefusedError):
        actions.match(line_id=line.id, entry_id=one.id)
    assert held("1002").amount == 700_00
    sound()


def test_wrong_cells_are_all_named() -> None:
    with pytest.raises(StatementRefusedError) as refused:
        statement(
            "2026-13-01,R1,1.00,,1.00,,", "2026-01-02,R2,1.005,,2.00,,", "2026-01-03,R3,1.00,1.00,3.00,,"
        )

    assert [mistake.partition("：")[0] for mistake in refused.value.mistakes] == [
        "第 2 行",
        "第 3 行",
        "第 4 行",
    ]


def test_a_break_in_the_running_balance_is_refused() -> None:
    with pytest.raises(StatementRefusedError, match=r"相差 0\.50 元"):
        statement("2026-01-01,R1,1.00,,1.00,,", "2026-01-02,R2,1.00,,2.50,,")

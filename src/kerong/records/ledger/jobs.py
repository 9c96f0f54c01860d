"""What the ledger does by the clock: check the books hourly, and each morning what the bank does not confirm."""

from __future__ import annotations

from datetime import timedelta

from django.urls import reverse

from kerong.basics.clock import current_clock
from kerong.records.ledger import actions, queries
from kerong.records.notices.actions import tell
from kerong.records.outbox.actions import raise_alarm

HOURS_TO_ANSWER = 4


def check_books() -> None:
    """Run the invariants over all books; a breach is an alarm that names it."""
    made = actions.inspect()
    for breach in made.breaches:
        raise_alarm(
            kind="ledger_breach",
            what=f"账务自查不符 {breach['invariant']}：{breach['where']}，{breach['found']}",
            severity="serious",
            key=f"ledger:{breach['invariant']}:{breach['where']}",
            deadline_hours=HOURS_TO_ANSWER,
        )


def look_at_banks() -> None:
    """Name what bank and book do not both have after three working days: an alarm, and a to-do for the keeper."""
    for account in queries.bank_accounts():
        found = queries.reconciliation(account=account, on=current_clock().today() - timedelta(days=1))
        if found.stated_through is None:
            continue
        for item in found.overdue:
            words = f"{account.name}：{item.happened_on} {item.reference} 超过 3 个工作日未对上"
            key = f"ledger-bank:{account.id}:{item.reference}"
            raise_alarm(kind="bank_unmatched", what=words, severity="warning", key=key)
            tell(
                to_party=account.keeper,
                for_duty="ledger.post",
                kind="ledger",
                title=words,
                body="请核对银行存款余额调节表：补记账、勾对，或向银行查询。",
                link=reverse("ledger:reconciliation", args=[account.book_id, account.code]),
                is_todo=True,
                key=key,
            )

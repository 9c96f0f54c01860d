"""Reads of the books: accounts, balances now and at any moment, statements, trial balance, invariants."""

from kerong.records.ledger.queries.balances import Held, TrialBalance, balance, trial_balance
from kerong.records.ledger.queries.bank import (
    Reconciliation,
    bank_accounts,
    candidates,
    open_lines,
    reconciliation,
)
from kerong.records.ledger.queries.books import (
    account_of,
    accounts_of,
    book_of,
    books,
    entry_of,
    last_inspection,
    voucher_of,
    vouchers_of,
)
from kerong.records.ledger.queries.invariants import Breach, check_invariants
from kerong.records.ledger.queries.statements import Statement, statement

__all__ = [
    "Breach",
    "Held",
    "Reconciliation",
    "Statement",
    "TrialBalance",
    "account_of",
    "accounts_of",
    "balance",
    "bank_accounts",
    "book_of",
    "books",
    "candidates",
    "check_invariants",
    "entry_of",
    "last_inspection",
    "open_lines",
    "reconciliation",
    "statement",
    "trial_balance",
    "voucher_of",
    "vouchers_of",
]

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
)
from kerong.records.ledger.queries.closings import digest_to_close, open_closings
from kerong.records.ledger.queries.invariants import Breach, check_invariants
from kerong.records.ledger.queries.statements import Statement, statement
from kerong.records.ledger.queries.vouchers import open_undoings, undoings_of, voucher_of, vouchers_of

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
    "digest_to_close",
    "entry_of",
    "last_inspection",
    "open_closings",
    "open_lines",
    "open_undoings",
    "reconciliation",
    "statement",
    "trial_balance",
    "undoings_of",
    "voucher_of",
    "vouchers_of",
]

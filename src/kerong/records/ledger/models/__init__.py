"""Tables of the ledger."""

from kerong.records.ledger.models.bank import BankLine, BankMatch, BankStatement
from kerong.records.ledger.models.books import Account, Balance, Book, Closing, Inspection
from kerong.records.ledger.models.entries import DayTotal, Entry, Leg
from kerong.records.ledger.models.vouchers import Voucher

__all__ = [
    "Account",
    "Balance",
    "BankLine",
    "BankMatch",
    "BankStatement",
    "Book",
    "Closing",
    "DayTotal",
    "Entry",
    "Inspection",
    "Leg",
    "Voucher",
]

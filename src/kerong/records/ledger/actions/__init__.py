"""Changes to the books: open, post, reserve, settle, void, reverse, close; vouchers and bank statements."""

from kerong.engines.bookkeeping.entries import Leg, credit, debit
from kerong.engines.bookkeeping.refusals import (
    BookkeepingError,
    KeyReusedError,
    LimitError,
    NotWholeError,
    NotYetError,
    OriginalError,
    PeriodClosedError,
    ReferenceMissingError,
    UnbalancedError,
    UnknownAccountError,
)
from kerong.records.ledger.actions.bank import BankRefusedError, Imported, import_bank_statement, match
from kerong.records.ledger.actions.closing import AskedAlreadyError, ask_closing, close_period
from kerong.records.ledger.actions.inspecting import REPLAYED_WHOLE_MAX, inspect
from kerong.records.ledger.actions.opening import open_account, open_book
from kerong.records.ledger.actions.posting import Posting, post, post_many, post_pending, reverse, void
from kerong.records.ledger.actions.vouchers import (
    NotApprovedError,
    ask_undoing,
    ask_voucher,
    follow_approval,
    post_voucher,
)

__all__ = [
    "REPLAYED_WHOLE_MAX",
    "AskedAlreadyError",
    "BankRefusedError",
    "BookkeepingError",
    "Imported",
    "KeyReusedError",
    "Leg",
    "LimitError",
    "NotApprovedError",
    "NotWholeError",
    "NotYetError",
    "OriginalError",
    "PeriodClosedError",
    "Posting",
    "ReferenceMissingError",
    "UnbalancedError",
    "UnknownAccountError",
    "ask_closing",
    "ask_undoing",
    "ask_voucher",
    "close_period",
    "credit",
    "debit",
    "follow_approval",
    "import_bank_statement",
    "inspect",
    "match",
    "open_account",
    "open_book",
    "post",
    "post_many",
    "post_pending",
    "post_voucher",
    "reverse",
    "void",
]

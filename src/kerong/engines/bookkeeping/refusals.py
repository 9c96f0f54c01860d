"""Why an entry is refused: one class for each reason, all of them BookkeepingError, with messages for a person."""

from __future__ import annotations


class BookkeepingError(ValueError):
    """The books refuse; nothing was written."""


class UnbalancedError(BookkeepingError):
    """The legs of an entry do not add up to zero in some currency, or there are no legs."""


class NotWholeError(BookkeepingError):
    """An amount is not a whole number of minor units, is zero, or is beyond reason."""


class UnknownAccountError(BookkeepingError):
    """The book has no such account, or the account is kept in another currency."""


class LimitError(BookkeepingError):
    """An account would go below its floor or above its ceiling, reservations counted."""


class KeyReusedError(BookkeepingError):
    """The idempotency key was used before, for other content."""


class PeriodClosedError(BookkeepingError):
    """The day lies in a closed period, or a closing goes backwards."""


class OriginalError(BookkeepingError):
    """An entry cannot be settled, voided or reversed: it is of the wrong kind, or this was done before."""


class ReferenceMissingError(BookkeepingError):
    """The book demands a reference (decision, rule text, approval) that the entry does not name."""


class NotYetError(BookkeepingError):
    """The day has not come yet."""

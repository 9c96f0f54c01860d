"""Changes to the financings."""

from kerong.records.financings.actions.agreeing import (
    DUTY,
    DifferentAgreementError,
    FinancingError,
    agree,
    change,
    record_drawdown,
    record_repayment,
)
from kerong.records.financings.actions.importing import (
    COLUMNS,
    KIND_BY_WORD,
    BadRow,
    ImportReport,
    import_results,
)
from kerong.records.financings.actions.reminding import remind_due

__all__ = [
    "COLUMNS",
    "DUTY",
    "KIND_BY_WORD",
    "BadRow",
    "DifferentAgreementError",
    "FinancingError",
    "ImportReport",
    "agree",
    "change",
    "import_results",
    "record_drawdown",
    "record_repayment",
    "remind_due",
]

"""Changes to the consents: ask, prepare, give, withdraw, refuse; and register legal bases other than consent."""

from kerong.records.consents.actions.asking import TooSoonError, ask, refuse
from kerong.records.consents.actions.giving import (
    ConsentError,
    consent_signed,
    give,
    prepare,
    send_again,
    take_back,
    withdraw,
)
from kerong.records.consents.actions.registering import end_basis, register_basis
from kerong.records.consents.actions.sides import NotTheSubjectError

__all__ = [
    "ConsentError",
    "NotTheSubjectError",
    "TooSoonError",
    "ask",
    "consent_signed",
    "end_basis",
    "give",
    "prepare",
    "refuse",
    "register_basis",
    "send_again",
    "take_back",
    "withdraw",
]

"""Pages of the consents."""

from kerong.records.consents.views.firm import (
    answer_request,
    credit_report,
    give_consent,
    refuse_request,
    send_again,
    take_back,
    waiting,
    withdraw_consent,
)
from kerong.records.consents.views.lists import ask_consent, consent_page, consents_page, export, register

__all__ = [
    "answer_request",
    "ask_consent",
    "consent_page",
    "consents_page",
    "credit_report",
    "export",
    "give_consent",
    "refuse_request",
    "register",
    "send_again",
    "take_back",
    "waiting",
    "withdraw_consent",
]

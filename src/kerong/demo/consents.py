"""The demo's consents: allowed, withdrawn, asked for, waiting for a signature; and the ground of invented data."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from kerong.basics.acting import house_actor
from kerong.basics.clock import current_clock
from kerong.basics.party_reference import enterprise, institution
from kerong.demo.cast import actor
from kerong.records.consents.actions import ask, give, prepare, register_basis, withdraw
from kerong.records.consents.queries import consents, requests_by, signers_of, unsigned
from kerong.records.evidence.actions import acting

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kerong.portal.preparation import Preparation

FIRM, OTHER_FIRM = enterprise("X9420100DEM000014E"), enterprise("X9420100DEM0000229")
BANK, OTHER_BANK, GUARANTOR = (
    institution(key) for key in ("demo_bank_01", "demo_bank_02", "demo_guarantor_01")
)
USUAL = ("market_regulation", "tax", "social_security", "patent_office", "science", "own_papers", "platform")


def store_demo_consents(_preparation: Preparation | None = None) -> Iterable[str]:
    """Give, withdraw, ask and prepare, once."""
    with transaction.atomic():
        _register()
        _give()
        _wait()
        _ask()
    return ()


def _register() -> None:
    with acting(house_actor("demo consents")):
        register_basis(
            kind="synthetic",
            subject="synthetic",
            recipient="*",
            purposes=["demonstration"],
            cites="kerong-assumptions：演示企业都是虚构的",
            words="演示企业和数字都是虚构的，任何人都可以为演示查看。",
        )


def _give() -> None:
    year = current_clock().today() + timedelta(days=365)
    with acting(actor("guanggu.boss")):
        if consents(subject=FIRM, recipient=GUARANTOR).exists():
            return
        give(
            subject=FIRM,
            recipient=BANK,
            purposes=["matching", "pre_assessment", "credit_approval", "post_loan"],
            data_types=[*USUAL, "finance_credit", "invoices"],
            until=year,
            flags=["credit_query"],
        )
        give(
            subject=FIRM,
            recipient=GUARANTOR,
            purposes=["guarantee_review"],
            data_types=USUAL,
            until=year,
        )
        give(
            subject=FIRM,
            recipient="category:bank",
            purposes=["matching"],
            data_types=["market_regulation", "science", "patent_office"],
            until=current_clock().today() + timedelta(days=90),
        )
        ended = give(
            subject=FIRM, recipient=OTHER_BANK, purposes=["pre_assessment"], data_types=USUAL, until=year
        )
        withdraw(consent_id=ended.pk, because="暂不考虑这家银行")


def _wait() -> None:
    """One authorisation to query a credit report waits for the legal representative, by name."""
    with acting(actor("guanggu.agent")):
        if unsigned(FIRM):
            return
        signer = signers_of(FIRM)[0]
        prepare(
            subject=FIRM,
            recipient=BANK,
            purposes=["credit_query"],
            data_types=["credit_report"],
            until=current_clock().today() + timedelta(days=180),
            text_key="credit_report.demo_bank_01",
            signer_name=signer.name,
            signer_phone=signer.phone,
        )


def _ask() -> None:
    with acting(actor("bank02.manager")):
        if requests_by(OTHER_BANK).exists():
            return
        for firm in (FIRM, OTHER_FIRM):
            ask(
                subject=firm,
                recipient=OTHER_BANK,
                purposes=["pre_assessment", "credit_approval"],
                data_types=["tax", "invoices", "own_papers"],
                until=current_clock().today() + timedelta(days=180),
                why="测算知识价值贷款的参考额度（演示）",
            )

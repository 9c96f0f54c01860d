"""Three stories about facts: a bank that may look, one that is refused, and an objection that is being verified."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from kerong.basics.clock import current_clock
from kerong.basics.party_reference import enterprise, institution
from kerong.demo.cast import actor
from kerong.records.consents.actions import give
from kerong.records.consents.queries import basis_for
from kerong.records.evidence.actions import acting, house
from kerong.records.facts import queries
from kerong.records.facts.actions import declare, dispute

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kerong.portal.preparation import Preparation

FIRM = enterprise("X9420100DEM000014E")
BANK, PURPOSE = institution("demo_bank_01"), "credit_approval"
KINDS = ("market_regulation", "tax", "science", "patent_office", "social_security", "invoices")
DISPUTED = "rd_staff_count"
_DAYS = 180


def tell_facts_stories(_preparation: Preparation) -> Iterable[str]:
    """Let one bank look with a consent, refuse another, and file one objection; nothing happens a second time."""
    with transaction.atomic(), house("the demo looks whether its stories were told"):
        told = queries.lookups_of(FIRM).filter(party=BANK, kind="read", purpose=PURPOSE).exists()
        objected = queries.disputes(subject=FIRM).exists()
    if not told:
        _look()
    if not objected:
        _object()
    return ["演示查询：一家银行凭授权查看，一家被拒绝，一件异议在核查（虚构）"]


def _look() -> None:
    with transaction.atomic():
        if basis_for(subject=FIRM, recipient=BANK, purpose=PURPOSE, data_type="tax") is None:
            with acting(actor("guanggu.boss")):
                until = current_clock().today() + timedelta(days=_DAYS)
                give(subject=FIRM, recipient=BANK, purposes=[PURPOSE], data_types=KINDS, until=until)
        with acting(actor("bank01.manager")):
            queries.facts_of(subject=FIRM, purpose=PURPOSE)
        with acting(actor("bank02.manager")):
            try:
                queries.facts_of(subject=FIRM, purpose=PURPOSE)
            except queries.NoBasisError as refused:
                queries.keep_refusal(refused)


def _object() -> None:
    with transaction.atomic(), acting(actor("guanggu.agent")):
        held = queries.own_facts(FIRM).facts
        name = DISPUTED if DISPUTED in held else next(iter(held))
        dispute(
            subject=FIRM,
            name=name,
            reason="有 6 名 10 月入职的研发人员未计入，社保缴费记录可以证明（虚构）。",
        )
        declare(subject=FIRM, name=name, text="10 月新入职 6 名研发人员，社保已缴（虚构）。")

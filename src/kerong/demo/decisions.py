"""The demo's decisions: one pre-assessment of the photonics firm, and one draft that waits for its review."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction

from kerong.adapters.letters import statement_pdf
from kerong.basics.clock import current_clock
from kerong.basics.party_reference import enterprise, office
from kerong.demo.cast import actor
from kerong.records.decisions.actions import pre_assess
from kerong.records.decisions.queries import decisions
from kerong.records.documents.actions import upload
from kerong.records.evidence.actions import acting
from kerong.records.packs.actions import save_draft, submit_draft
from kerong.records.packs.queries import base_release, drafts, texts_of
from kerong.records.packs.queries.value_lines import with_value

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kerong.portal.preparation import Preparation

FIRM, OFFICE = enterprise("X9420100DEM000014E"), office("dept_finance")
RULE = "hubei.credit.talent_loan"
TITLE = "科技人才贷单笔上限试调（虚构，演示用）"
DOCUMENT_NUMBER = "演示文号〔2026〕0号（虚构）"
PACK, PARAMETER, VALUE = "hubei/credit/talent_loan.yaml", "single_loan_max", "1200"
FIRST_DAY = date(2027, 1, 1)
NOTE = "演示用的假想数值，没有公布依据"


def store_demo_decisions(_preparation: Preparation) -> Iterable[str]:
    """Store one pre-assessment and hand one draft in, once."""
    with transaction.atomic(), acting(actor("guanggu.agent")):
        if not decisions(subject=FIRM).exists():
            pre_assess(subject=FIRM, rule=RULE)
    with transaction.atomic(), acting(actor("finance.officer")):
        base = base_release()
        if base is not None and not drafts().filter(title=TITLE).exists():
            _hand_in(texts_of(base)[PACK])
    return []


def _hand_in(text: str) -> None:
    changed = with_value(
        text,
        PARAMETER,
        start=FIRST_DAY,
        seen_since=None,
        value=VALUE,
        cites="kerong-assumptions#demo-draft",
        checked_on=current_clock().today(),
        verified="assumption",
        note=NOTE,
    )
    version = save_draft(title=TITLE, texts={PACK: changed}, note=NOTE)
    if version.mistakes:
        return
    paper = upload(
        owner=OFFICE, name="关于试调单笔上限的通知（虚构）.pdf", content=_paper(), kind="approval_document"
    )
    submit_draft(
        draft_id=version.draft_id,
        document_number=DOCUMENT_NUMBER,
        in_force_from=FIRST_DAY,
        attachment=str(paper.id),
        note=NOTE,
    )


def _paper() -> bytes:
    return statement_pdf(
        "关于试调单笔上限的通知（演示）",
        [("发文单位", "演示（虚构）"), ("文号", DOCUMENT_NUMBER)],
        ["说明"],
        [["这是演示用的文件，没有法律效力。"]],
        is_demo=True,
    )

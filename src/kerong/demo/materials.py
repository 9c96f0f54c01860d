"""The demo's papers: an invented firm's library, one paper expired, a letter from a bank, and what is to be done."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.urls import reverse

from kerong.adapters.letters import LetterTable, statement_pdf
from kerong.basics.clock import current_clock
from kerong.basics.party_reference import enterprise, institution
from kerong.demo.cast import actor
from kerong.records.documents.actions import share, upload, write_letter
from kerong.records.documents.queries import label_of, letters_of, material_list, materials_of
from kerong.records.evidence.actions import acting
from kerong.records.notices.actions import reminder, tell

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kerong.portal.preparation import Preparation

FIRM, BANK = enterprise("X9420100DEM000014E"), institution("demo_bank_01")
WANTED = (
    "business_licence",
    "financial_statements",
    "audit_report",
    "patent_certificate",
    "shareholder_resolution",
)
LETTER_TITLE = "关于贵公司知识价值贷款材料的答复函"
# Kind, name of the file, days since its date, days until its end (None: endless).
PAPERS: tuple[tuple[str, str, int, int | None], ...] = (
    ("business_licence", "营业执照（虚构）.pdf", 900, None),
    ("articles", "公司章程（虚构）.pdf", 900, None),
    ("financial_statements", "2026年9月财务报表（虚构）.pdf", 45, 135),
    ("audit_report", "2024年度审计报告（虚构）.pdf", 560, -195),
    ("patent_certificate", "发明专利证书·波导耦合（虚构）.pdf", 700, 6600),
    ("credit_report_authorisation", "征信查询授权书·演示银行（虚构）.pdf", 70, 20),
    ("contract", "年度采购合同（虚构）.pdf", 200, 165),
    ("bank_statement", "近三个月银行流水（虚构）.pdf", 30, 60),
)


def store_demo_materials(_preparation: Preparation) -> Iterable[str]:
    """Fill the library of the photonics firm, write one letter and open some to-dos, once."""
    with transaction.atomic():
        _fill_library()
    with transaction.atomic():
        _write_letter()
    return []


def _fill_library() -> None:
    today = current_clock().today()
    with acting(actor("guanggu.agent")):
        if materials_of(FIRM).exists():
            return
        stored = {kind: _paper(kind, name, ago, left) for kind, name, ago, left in PAPERS}
        share(document_id=stored["business_licence"].id, reader=BANK, reference="演示")
        share(
            document_id=stored["financial_statements"].id,
            reader=BANK,
            reference="演示",
            until=today + timedelta(90),
        )
        wanted = material_list(FIRM, WANTED)
        missing = "、".join(label_of(kind) for kind in wanted.missing)
        expired = "、".join(label_of(kind) for kind, _document in wanted.expired)
        counts = f"已有 {len(wanted.there)} 份，缺 {len(wanted.missing)} 份，过期 {len(wanted.expired)} 份"
        tell(
            to_party=FIRM,
            for_duty="firm.act",
            kind="material",
            title=f"申请知识价值贷款：{counts}",
            body=f"缺：{missing}。过期：{expired}。",
            link=reverse("documents:materials"),
            due_on=today + timedelta(days=2),
            is_todo=True,
            key="demo:materials:lacking",
        )
        tell(
            to_party=FIRM,
            kind="material",
            title="审计报告已过期，请换成新的",
            body="多数银行要最近一个年度的审计报告。",
            link=reverse("documents:material", args=[stored["audit_report"].id]),
            due_on=today - timedelta(days=4),
            is_todo=True,
            key="demo:materials:expired",
        )
        reminder(
            key="demo:contract",
            due_on=stored["contract"].valid_until or today,
            title="年度采购合同快到期了",
            body="续签以后请换成新的。",
            link=reverse("documents:material", args=[stored["contract"].id]),
            to_party=FIRM,
        )


def _paper(kind: str, name: str, ago: int, left: int | None) -> Any:
    today = current_clock().today()
    content = statement_pdf(
        f"{label_of(kind)}（演示）",
        [("单位", "光谷样例光电（虚构）"), ("文件", name.removesuffix(".pdf"))],
        ["说明"],
        [["这是演示用的文件，没有内容。"]],
        is_demo=True,
    )
    return upload(
        owner=FIRM,
        name=name,
        content=content,
        declared_type="application/pdf",
        kind=kind,
        valid_from=today - timedelta(days=ago),
        valid_until=None if left is None else today + timedelta(days=left),
    )


def _write_letter() -> None:
    with acting(actor("bank01.manager")):
        if letters_of(BANK, text=LETTER_TITLE).exists():
            return
        letter = write_letter(
            owner=BANK,
            recipients=[FIRM],
            kind="reply",
            title=LETTER_TITLE,
            paragraphs=[
                "贵公司提交的材料已收到，经核对，答复如下。",
                "一、营业执照、财务报表齐备，财务报表在有效期内。",
                "二、审计报告已超过一年，请补交最近一个年度的审计报告；另请补交股东会决议。",
                "材料补齐后，我行将继续办理。本函为意向沟通，不构成授信承诺。",
            ],
            table=LetterTable(
                columns=("材料", "情况"),
                rows=(
                    ("营业执照", "已有"),
                    ("财务报表", "已有"),
                    ("审计报告", "已过期"),
                    ("股东会决议", "缺"),
                ),
            ),
            reference="演示",
        )
        tell(
            to_party=FIRM,
            kind="letter",
            title=f"收到一封信：{LETTER_TITLE}",
            body="可下载 PDF，也可凭验证码核验真伪。",
            link=reverse("documents:letter", args=[letter.id]),
            key=f"letter:{letter.id}",
        )
        tell(
            to_party=BANK,
            for_duty="cases.work",
            kind="case",
            title="光谷样例光电（虚构）的补充材料待收",
            body="已去函，请在期限前跟进。",
            link=reverse("documents:letter", args=[letter.id]),
            due_on=current_clock().today() + timedelta(days=10),
            is_todo=True,
            key=f"demo:letter:{letter.id}:follow",
        )

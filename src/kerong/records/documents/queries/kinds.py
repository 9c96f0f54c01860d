"""The kinds of materials that applications ask for, with how long one is usually taken for valid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import Promise


@dataclass(frozen=True)
class MaterialKind:
    """One kind of material: its name, and for how many days after its date it is usually accepted.

    The days propose a date when somebody uploads; no rule depends on them. None: it has no end, or its own text
    says one. They are our own choice and the page says so.
    """

    key: str
    label: Promise
    days: int | None = None
    says_its_end: bool = False


_TABLE = (
    MaterialKind("business_licence", _("营业执照"), says_its_end=True),
    MaterialKind("articles", _("公司章程")),
    MaterialKind("identity_card", _("法定代表人身份证件"), says_its_end=True),
    MaterialKind("financial_statements", _("财务报表"), days=180),
    MaterialKind("audit_report", _("审计报告"), days=365),
    MaterialKind("tax_return", _("纳税申报表"), days=180),
    MaterialKind("bank_statement", _("银行流水"), days=90),
    MaterialKind("patent_certificate", _("专利证书"), says_its_end=True),
    MaterialKind("high_tech_certificate", _("高新技术企业证书"), days=1095, says_its_end=True),
    MaterialKind("credit_report_authorisation", _("征信查询授权书"), days=90, says_its_end=True),
    MaterialKind("shareholder_resolution", _("股东会决议"), days=180),
    MaterialKind("contract", _("合同"), says_its_end=True),
    MaterialKind("receipt", _("银行回单")),
    MaterialKind("approval_document", _("批复文件"), says_its_end=True),
    MaterialKind("other", _("其他材料")),
)
KINDS: dict[str, MaterialKind] = {kind.key: kind for kind in _TABLE}


def label_of(key: str) -> str:
    """Return the name of a kind; the key itself where it is not known."""
    return str(KINDS[key].label) if key in KINDS else key

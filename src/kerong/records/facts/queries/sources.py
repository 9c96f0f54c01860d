"""Who states facts, in the order in which they are believed: the first that knows a fact decides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Source:
    """One kind of source: its key, its name, and its place in the order (0 is believed first)."""

    key: str
    label: Promise
    rank: int


# The order is our own choice, see docs/decisions/0013: whoever is responsible for a register before whoever works
# something out from authorised material, and both before what a firm says of itself. The keys of offices are those of
# the holders in facts.yaml.
_ORDER: tuple[tuple[str, Promise], ...] = (
    ("market_regulation", _("市场监管部门")),
    ("tax", _("税务部门")),
    ("social_security", _("人社部门")),
    ("patent_office", _("知识产权部门")),
    ("science", _("科技部门")),
    ("industry", _("经信部门")),
    ("emergency", _("应急管理部门")),
    ("ecology", _("生态环境部门")),
    ("agriculture", _("农业农村部门")),
    ("public_finance", _("财政部门")),
    ("foreign_exchange", _("外汇管理部门")),
    ("local_finance", _("地方金融管理部门")),
    ("finance_credit", _("征信机构和银行")),
    ("guarantor", _("担保机构")),
    ("capital_market", _("交易场所和证券公司")),
    ("fund_manager", _("基金管理人")),
    ("registry_publication", _("公示登记信息")),
    ("expert", _("评审专家")),
    ("invoices", _("发票计算（经授权）")),
    ("platform", _("平台计算")),
    ("own_papers", _("企业自备材料")),
    ("applicant", _("企业自报")),
    ("demo", _("演示数据")),
)
SOURCES: dict[str, Source] = {key: Source(key, label, rank) for rank, (key, label) in enumerate(_ORDER)}
DEMO = "demo"


def rank_of(source: str) -> int:
    """Return the place of a source in the order; a source that is not listed comes last."""
    found = SOURCES.get(source)
    return len(SOURCES) if found is None else found.rank


def label_of(source: str) -> Promise | str:
    """Return what a source is called; its key where it is not listed."""
    found = SOURCES.get(source)
    return source if found is None else found.label

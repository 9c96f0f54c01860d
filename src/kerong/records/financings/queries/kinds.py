"""The nine kinds of financing: what each is called, which terms it has, and which events it knows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from django.utils.translation import gettext_lazy as _

from kerong.basics import party_reference

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.utils.functional import Promise

TermType = Literal["rate", "share", "money", "text", "choice", "yes_no", "day", "months", "party"]

_RATE_MAX = 1_000_000
_SHARE_MAX = 10_000
_TEXT_MAX = 200
_MONTHS_MAX = 600
_MONEY_MAX = 10**15

METHODS = {
    "equal_instalments": _("等额本息"),
    "equal_principal": _("等额本金"),
    "interest_first": _("先息后本"),
    "bullet": _("到期一次还本付息"),
}
DAY_COUNTS = {
    "actual/360": _("实际天数／360"),
    "actual/365": _("实际天数／365"),
    "actual/actual": _("实际天数／当年天数"),
    "30/360": _("每月30天／360"),
}
SECURITIES = {
    "credit": _("信用"),
    "guarantee": _("保证"),
    "mortgage": _("抵押"),
    "pledge": _("质押"),
    "ip_pledge": _("知识产权质押"),
}
ROUNDS = {
    "seed": _("种子轮"),
    "angel": _("天使轮"),
    "a": _("A 轮"),
    "b": _("B 轮"),
    "later": _("后续轮次"),
    "merger": _("并购"),
}


class TermsError(ValueError):
    """Terms that do not fit the kind of financing; ``problems`` names each field and what is wrong with it."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {words}" for name, words in problems.items()))
        self.problems = dict(problems)


@dataclass(frozen=True, slots=True)
class Term:
    """One term: a rate is simple, per year, in millionths (1 basis point = 100), a share is in basis points."""

    name: str
    label: Promise
    type: TermType
    is_required: bool = True
    choices: Mapping[str, Promise] | None = None


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind: its words, its terms, whether money is drawn and repaid, and whether a schedule can be worked out."""

    key: str
    label: Promise
    debtor_label: Promise
    creditor_label: Promise
    principal_label: Promise
    terms: tuple[Term, ...]
    is_drawn: bool
    has_schedule: bool = False
    needs_end: bool = True

    def term(self, name: str) -> Term | None:
        """Return a term by its name, or None."""
        return next((term for term in self.terms if term.name == name), None)


_RATE = Term("rate_millionths", _("年利率（单利）"), "rate")
_METHOD = Term("method", _("还款方式"), "choice", choices=METHODS)
_DAYS = Term("day_count", _("计息天数"), "choice", choices=DAY_COUNTS)
_EVERY = Term("months_between", _("每几个月还一次"), "months", is_required=False)
_FIRST = Term("first_due_on", _("首次还款日"), "day", is_required=False)

_TABLE = (
    Kind(
        *("loan", _("贷款"), _("借款企业"), _("贷款银行"), _("贷款金额")),
        terms=(
            *(_RATE, _METHOD, _DAYS, _EVERY, _FIRST),
            Term("security", _("担保方式"), "choice", choices=SECURITIES),
            Term("purpose", _("贷款用途"), "text"),
            Term("is_revolving", _("可循环使用"), "yes_no", is_required=False),
            Term("guarantor", _("保证或担保机构"), "party", is_required=False),
        ),
        is_drawn=True,
        has_schedule=True,
    ),
    Kind(
        *("guarantee", _("担保"), _("被担保企业"), _("担保机构"), _("担保金额")),
        terms=(
            Term("fee_millionths", _("年担保费率"), "rate"),
            Term("share_bp", _("担保责任比例"), "share"),
            Term("beneficiary", _("受益人（债权银行）"), "party"),
            Term("guaranteed_reference", _("主合同编号"), "text"),
            Term("counter_security", _("反担保"), "text", is_required=False),
        ),
        is_drawn=False,
    ),
    Kind(
        *("insurance", _("保险"), _("投保企业"), _("保险机构"), _("保险金额")),
        terms=(
            Term("premium", _("保费"), "money"),
            Term("product", _("险种"), "text"),
            Term("deductible_bp", _("免赔比例"), "share", is_required=False),
        ),
        is_drawn=False,
    ),
    Kind(
        *("equity", _("股权投资"), _("被投企业"), _("投资机构"), _("投资金额")),
        terms=(
            Term("share_bp", _("持股比例"), "share"),
            Term("round", _("轮次"), "choice", choices=ROUNDS),
            Term("valuation", _("投后估值"), "money", is_required=False),
            Term("exit_terms", _("退出约定"), "text", is_required=False),
        ),
        is_drawn=True,
        needs_end=False,
    ),
    Kind(
        *("bond", _("债券"), _("发行企业"), _("主承销或持有机构"), _("发行金额")),
        terms=(
            *(_RATE, _METHOD, _DAYS, _EVERY, _FIRST),
            Term("issue_code", _("债券代码"), "text"),
            Term("rating", _("评级"), "text", is_required=False),
        ),
        is_drawn=True,
        has_schedule=True,
    ),
    Kind(
        *("lease", _("融资租赁"), _("承租企业"), _("出租机构"), _("租赁本金")),
        terms=(
            *(_RATE, _METHOD, _DAYS, _EVERY, _FIRST),
            Term("leased_thing", _("租赁物"), "text"),
            Term("residual", _("留购价款"), "money", is_required=False),
        ),
        is_drawn=True,
        has_schedule=True,
    ),
    Kind(
        *("factoring", _("保理"), _("卖方企业"), _("保理机构"), _("保理融资额")),
        terms=(
            _RATE,
            _DAYS,
            Term("buyer", _("买方"), "text"),
            Term("receivable", _("应收账款金额"), "money"),
            Term("has_recourse", _("有追索权"), "yes_no"),
        ),
        is_drawn=True,
    ),
    Kind(
        *("bill", _("票据"), _("贴现企业"), _("贴现银行"), _("票面金额")),
        terms=(
            Term("bill_number", _("票号"), "text"),
            Term("drawer", _("出票人"), "text"),
            Term("acceptor", _("承兑人"), "text"),
            Term("discount_millionths", _("年贴现率"), "rate"),
            _DAYS,
        ),
        is_drawn=True,
    ),
    Kind(
        *("trust", _("信托"), _("融资企业"), _("信托公司"), _("信托融资额")),
        terms=(*(_RATE, _METHOD, _DAYS, _EVERY, _FIRST), Term("plan", _("信托计划"), "text")),
        is_drawn=True,
        has_schedule=True,
    ),
)
KINDS: dict[str, Kind] = {kind.key: kind for kind in _TABLE}


def checked_terms(kind: Kind, terms: Mapping[str, Any]) -> dict[str, Any]:
    """Return the terms as they are stored, days as text; a term left out or None is left out. Raises TermsError."""
    problems = {name: "not a term of this kind" for name in terms if kind.term(name) is None}
    stored: dict[str, Any] = {}
    for term in kind.terms:
        value = terms.get(term.name)
        if value is None or value == "":
            if term.is_required:
                problems[term.name] = "missing"
            continue
        if not _fits(term, value):
            problems[term.name] = f"{value!r} is no {term.type}"
            continue
        stored[term.name] = value.isoformat() if isinstance(value, date) else value
    if problems:
        raise TermsError(problems)
    return stored


def _fits(term: Term, value: Any) -> bool:  # noqa: PLR0911 - one line for each type
    match term.type:
        case "rate":
            return _whole(value, 0, _RATE_MAX)
        case "share":
            return _whole(value, 0, _SHARE_MAX)
        case "money":
            return _whole(value, 0, _MONEY_MAX)
        case "months":
            return _whole(value, 1, _MONTHS_MAX)
        case "yes_no":
            return isinstance(value, bool)
        case "choice":
            return isinstance(value, str) and value in (term.choices or {})
        case "day":
            return isinstance(value, date) or _is_day(value)
        case "party":
            return isinstance(value, str) and _is_party(value)
        case "text":
            return isinstance(value, str) and 0 < len(value) <= _TEXT_MAX


def _whole(value: Any, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def _is_day(value: Any) -> bool:
    try:
        date.fromisoformat(value)
    except (TypeError, ValueError):
        return False
    return True


def _is_party(text: str) -> bool:
    try:
        party_reference.parse(text)
    except party_reference.PartyReferenceError:
        return False
    return True

"""The words consents are made of: purposes, kinds of data, flags, and the versions of the texts people sign."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import yaml
from django.utils.translation import gettext_lazy as _

from kerong.basics.canonical import digest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.utils.functional import Promise

TEXTS_FILE = Path(__file__).with_name("texts.yaml")

PURPOSES: dict[str, Promise] = {
    "matching": _("产品和政策匹配"),
    "pre_assessment": _("预评估和参考额度"),
    "credit_approval": _("授信审批"),
    "post_loan": _("贷后管理"),
    "credit_query": _("查询信用报告"),
    "guarantee_review": _("担保审查"),
    "insurance_underwriting": _("保险承保"),
    "fund_review": _("基金和股权投资审查"),
    "compensation_review": _("风险补偿审核"),
    "listing_service": _("上市和债券服务"),
    "supervision": _("监督检查"),
    "statistics": _("汇总统计（不识别单个企业）"),
    "dispute_handling": _("异议核实"),
    "own_use": _("本企业自己使用"),
    "demonstration": _("演示"),
}

# The first twenty are the holders of facts in policies/facts.yaml, so that a fact's kind of data is its holder.
DATA_TYPES: dict[str, Promise] = {
    "market_regulation": _("工商登记"),
    "tax": _("纳税"),
    "social_security": _("社保和用工"),
    "patent_office": _("知识产权"),
    "science": _("科技认定和研发"),
    "industry": _("工业和专精特新"),
    "emergency": _("安全生产"),
    "ecology": _("生态环境"),
    "agriculture": _("农业农村"),
    "public_finance": _("财政补助"),
    "foreign_exchange": _("外汇"),
    "local_finance": _("地方金融"),
    "finance_credit": _("信贷和信用"),
    "guarantor": _("担保"),
    "fund_manager": _("基金投资"),
    "capital_market": _("资本市场"),
    "expert": _("专家评审"),
    "applicant": _("企业自报"),
    "own_papers": _("企业自备材料（报表、合同）"),
    "platform": _("平台测算结果"),
    "invoices": _("发票"),
    "materials": _("材料库文件"),
    "financings": _("融资记录"),
    "decisions": _("评估和决定记录"),
    "personal": _("自然人信息（法定代表人、实际控制人）"),
    "credit_report": _("人民银行信用报告（只供查询机构使用，平台不存）"),
}

FLAG_WORDS: dict[str, Promise] = {
    "to_third_party": _("接收方可以把资料再提供给第三方（例如合作的担保、保险机构）"),
    "sensitive": _("包含敏感个人信息（例如法定代表人的证件号码、住址）"),
    "publish": _("可以公开展示"),
    "cross_border": _("可以提供到中国内地以外"),
    "credit_query": _("可以使用本企业的信贷和信用信息"),
}

# Nobody reads these kinds of data without the flag, whatever else was ticked.
FLAG_NEEDED_BY: dict[str, str] = {
    "personal": "sensitive",
    "finance_credit": "credit_query",
    "credit_report": "credit_query",
}


class WordError(ValueError):
    """A purpose, a kind of data, a flag or a text that is not registered."""


class TextsFileError(ValueError):
    """The file of texts contradicts itself: what a text covers changed and old consents would still count."""


@dataclass(frozen=True, slots=True)
class TextVersion:
    """One version of a text: what it may be used for, and the oldest version whose consents still count."""

    key: str
    version: int
    kind: str
    title: str
    title_en: str
    words: str
    words_en: str
    method: str
    purposes: tuple[str, ...]
    data_types: tuple[str, ...]
    counts_from: int
    days_max: int

    @property
    def digest(self) -> str:
        """Return the digest of the words and of what they cover."""
        return digest(
            {
                "key": self.key,
                "version": self.version,
                "title": self.title,
                "words": self.words,
                "words_en": self.words_en,
                "method": self.method,
                "purposes": self.purposes,
                "data_types": self.data_types,
            }
        )


def texts() -> Mapping[str, tuple[TextVersion, ...]]:
    """Return all versions of all texts, by key, the oldest first."""
    return _cached()


def current_text(key: str) -> TextVersion:
    """Return the text in use. Raises WordError."""
    found = texts().get(key)
    if found is None:
        raise WordError(f"no text {key!r}; there are {', '.join(texts())}")
    return found[-1]


def text_of_version(key: str, version: int) -> TextVersion | None:
    """Return a version of a text as the file has it, or None."""
    return next((text for text in texts().get(key, ()) if text.version == version), None)


def read_texts(written: str) -> dict[str, tuple[TextVersion, ...]]:
    """Read the file of texts. Raises TextsFileError where a change of coverage would leave old consents counting."""
    found: dict[str, tuple[TextVersion, ...]] = {}
    for key, versions in yaml.safe_load(written)["texts"].items():
        found[key] = tuple(
            TextVersion(
                key=key,
                version=each["version"],
                kind=each["kind"],
                title=each["title"],
                title_en=each["title_en"],
                words=each["words"].strip(),
                words_en=each["words_en"].strip(),
                method=each["method"],
                purposes=tuple(each["purposes"]),
                data_types=tuple(each["data_types"]),
                counts_from=each["counts_from"],
                days_max=each["days_max"],
            )
            for each in versions
        )
        _check(found[key])
    return found


def check_words(
    *, purposes: tuple[str, ...], data_types: tuple[str, ...], flags: tuple[str, ...] = ()
) -> None:
    """Refuse purposes, kinds of data and flags that are not registered. Raises WordError."""
    for names, known in ((purposes, PURPOSES), (data_types, DATA_TYPES), (flags, FLAG_WORDS)):
        if strange := [name for name in names if name not in known]:
            raise WordError(f"{', '.join(strange)} not registered; there are {', '.join(known)}")


def _check(versions: tuple[TextVersion, ...]) -> None:
    for number, text in enumerate(versions, 1):
        if text.version != number or not 1 <= text.counts_from <= number:
            raise TextsFileError(f"{text.key}: versions count 1, 2, 3 and counts_from is one of them")
        check_words(purposes=text.purposes, data_types=text.data_types)
    for older, newer in pairwise(versions):
        covered = (older.purposes, older.data_types, older.method)
        if covered != (newer.purposes, newer.data_types, newer.method) and newer.counts_from != newer.version:
            raise TextsFileError(
                f"{newer.key} version {newer.version} changes purpose, kind of data or method, "
                f"so counts_from must be {newer.version}: earlier consents do not cover it"
            )


@cache
def _cached() -> dict[str, tuple[TextVersion, ...]]:
    return read_texts(TEXTS_FILE.read_text(encoding="utf-8"))

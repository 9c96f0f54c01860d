"""Writes out the whole wording that is shown, signed, printed and verified, in Chinese as the law is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import translation

from kerong.records.consents.models import FLAGS
from kerong.records.consents.queries.words import DATA_TYPES, FLAG_WORDS, PURPOSES
from kerong.records.parties import queries as parties

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date

    from kerong.records.consents.models import Worded

CATEGORIES = {
    "category:bank": "全部入驻银行",
    "category:guarantor": "全部入驻担保机构",
    "category:insurer": "全部入驻保险机构",
    "category:fund": "全部入驻基金",
    "category:securities": "全部入驻证券机构",
}


def write_wording(  # noqa: PLR0913 - what a wording says
    *,
    title: str,
    words: str,
    subject_name: str,
    subject: str,
    recipient_name: str,
    recipient: str,
    purposes: Iterable[str],
    data_types: Iterable[str],
    until: date,
    flags: Collection[str],
) -> str:
    """Return the whole wording."""
    with translation.override("zh-hans"):
        lines = [
            title,
            f"授权方：{subject_name}（{subject}）",
            f"接收方：{recipient_name}（{recipient}）",
            "用途：" + "、".join(str(PURPOSES[name]) for name in purposes),
            "资料：" + "、".join(str(DATA_TYPES[name]) for name in data_types),
            f"有效期至：{until.year}年{until.month}月{until.day}日（含）",
            *(f"{'已同意' if flag in flags else '不同意'}：{FLAG_WORDS[flag]}" for flag in FLAGS),
            words,
        ]
    return "\n".join(lines)


def name_of_recipient(recipient: str) -> str:
    """Return the name of a recipient: a party's, or that of a category."""
    return CATEGORIES.get(recipient) or parties.name_of_party(recipient)


def wording_of(consent: Worded) -> str:
    """Return the wording that a row's columns give, with the names and words that stand in its own wording."""
    lines = consent.wording.split("\n")
    if len(lines) < _HEAD:
        return ""
    return write_wording(
        title=lines[0],
        words="\n".join(lines[_HEAD - 1 :]),
        subject_name=_name_in(lines[1], "授权方：", consent.owner),
        subject=consent.owner,
        recipient_name=_name_in(lines[2], "接收方：", consent.recipient),
        recipient=consent.recipient,
        purposes=consent.purposes,
        data_types=consent.data_types,
        until=consent.until,
        flags=[flag for flag in FLAGS if getattr(consent, flag)],
    )


# Title, two parties, purposes, data, period, the flags, and the first line of the words.
_HEAD = 6 + len(FLAGS) + 1


def _name_in(line: str, before: str, reference: str) -> str:
    return line.removeprefix(before).removesuffix(f"（{reference}）")

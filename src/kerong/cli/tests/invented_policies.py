"""A folder of invented policies for the tests of the commands."""

from __future__ import annotations

from pathlib import Path

FACTS = """\
schema: 1
holders:
  tax: {label: 虚构税务, label_en: invented tax office}
facts:
  revenue_fen:
    label: 营业收入
    label_en: revenue
    type: money
    unit: wan_yuan
    range: {min: 0, max: 1000000}
    holder: tax
    document: 虚构报表
    act: up
    effort: 4
  rd_fen:
    label: 研发费用
    label_en: R&D expense
    type: money
    unit: wan_yuan
    range: {min: 0, max: 1000000}
    act: up
    effort: 3
  has_lab: {label: 有研发机构, label_en: has a lab, type: flag}
  region_code: {label: 地区, label_en: region, type: code, code_system: gbt2260}
  grade: {label: 等级, label_en: grade, type: code, codes: {A: 甲级, B: 乙级}}
"""
SOURCE = """\
source: invented-measures
title: 虚构办法
number: 虚构〔2025〕1号
issuer: 虚构机关
dated: 2025-01-15
address: https://example.invalid/some
anchors:
  art1: {label: 第一条, summary: 虚构的第一条。}
"""
LOAN = """\
schema: 1
kind: product
label: 虚构贷款
label_en: Invented loan
subject: enterprise
summary: 虚构。
document: invented-measures
parameters:
  rd_min:
    label: 研发占比下限
    label_en: least R&D share
    unit: percent
    values:
      - from: 2025-01-15
        value: 5
        cites: invented-measures#art1
        checked_on: 2026-01-03
        verified: official
clauses:
  - id: rd_share
    label: 研发费用占比不低于 {rd_min}
    label_en: R&D at least {rd_min}
    measure: 研发费用占比
    holds_when: rd_fen * 10000 >= revenue_fen * rd_min
    cites: invented-measures#art1
    checked_on: 2026-01-03
    verified: official
  - id: lab
    label: 有研发机构
    label_en: has a lab
    holds_when: has_lab
    cites: invented-measures#art1
    checked_on: 2026-01-03
    verified: official
amounts:
  limit:
    label: 额度
    label_en: limit
    unit: wan_yuan
    is: rd_fen * 2
    cites: invented-measures#art1
    checked_on: 2026-01-03
    verified: official
"""
GRANT = (
    LOAN.replace("虚构贷款", "虚构补助")
    .replace("Invented loan", "Invented grant")
    .replace("value: 5\n", "value: 9\n")
)
CASES = """\
pack: invented.loan
cases:
  - name: 差一点
    on: 2026-11-23
    facts: {revenue_fen: 3800万元, rd_fen: 152万元, has_lab: true}
    expect: {verdict: not_met, nearness: near_miss, amounts: {limit: 304}}
  - name: 正好
    on: 2026-11-23
    facts: {revenue_fen: 3800万元, rd_fen: 190万元, has_lab: true}
    expect: {verdict: met}
"""
TERMS = """schema: 1
kind: terms
label: 虚构再贷款
subject: institution
document: invented-measures
parameters:
  quota:
    label: 额度
    unit: yi_yuan
    values:
      - {from: 2025-01-01, value: 3, cites: invented-measures#art1, checked_on: 2026-11-23, verified: official}
"""
BANK = """schema: 1
label: 虚构银行
kind: bank
products:
  - id: loan
    label: 虚构产品
    kind: credit
    door: debt
    region: "420100"
    summary: 虚构。
    rule: invented.loan
    cites: invented-measures#art1
    checked_on: 2026-11-23
    verified: press
"""


def write_policies(folder: Path) -> Path:
    """Write the folder and return it."""
    for name, text in {
        "facts.yaml": FACTS,
        "sources/invented-measures.yaml": SOURCE,
        "invented/loan.yaml": LOAN,
        "invented/grant.yaml": GRANT,
        "invented/loan.cases.yaml": CASES,
    }.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def change(folder: Path, name: str, old: str, new: str) -> None:
    """Change a text of one file, which must be there."""
    text = (folder / name).read_text(encoding="utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new), encoding="utf-8")

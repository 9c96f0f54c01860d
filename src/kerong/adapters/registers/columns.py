"""Which column of a file means what: a mapping file first, then names of facts, then known spellings."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from kerong.basics.money import FEN_PER

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from kerong.adapters.registers.vocabulary import DescribedFact, Vocabulary

# What a register says beside facts. Several of these together make one fact (region_code and its evidence).
ROLES: Mapping[str, tuple[str, ...]] = {
    "uscc": (
        "统一社会信用代码",
        "统一信用代码",
        "社会信用代码",
        "统一社会信用代码/注册号",
        "信用代码",
        "uscc",
        "credit_code",
        "creditcode",
        "social_credit_code",
        "unified_social_credit_code",
    ),
    "name": (
        "名称",
        "企业名称",
        "单位名称",
        "公司名称",
        "市场主体名称",
        "主体名称",
        "name",
        "company_name",
        "ent_name",
    ),
    "registered_capital": (
        "注册资本",
        "注册资金",
        "出资额",
        "出资总额",
        "注册资本金",
        "capital",
        "reg_capital",
        "reg_cap",
    ),
    "registered_on": (
        "成立日期",
        "成立时间",
        "注册日期",
        "登记日期",
        "设立日期",
        "reg_date",
        "registered_date",
        "establish_date",
        "founded_on",
        "es_date",
    ),
    "form": (
        "类型",
        "企业类型",
        "主体类型",
        "市场主体类型",
        "公司类型",
        "单位类型",
        "type",
        "ent_type",
        "company_type",
    ),
    "province": ("省", "省份", "所在省", "所属省份", "province"),
    "city": ("市", "城市", "所在市", "地市", "市州", "所属城市", "city", "prefecture"),
    "district": ("区", "县", "区县", "县区", "所在区县", "所属区县", "district", "county"),
    "address": ("地址", "住所", "注册地址", "企业地址", "经营场所", "登记住所", "address", "reg_address"),
    "region": (
        "行政区划",
        "行政区划代码",
        "区划代码",
        "注册地行政区划代码",
        "region",
        "region_code",
        "area_code",
    ),
    "scope": ("经营范围", "业务范围", "scope", "business_scope"),
}
ROLE_LABELS: Mapping[str, str] = {
    "uscc": "统一社会信用代码",
    "name": "名称",
    "registered_capital": "注册资本（文字）",
    "registered_on": "成立日期",
    "form": "类型（文字）",
    "province": "省",
    "city": "市",
    "district": "区县",
    "address": "住所",
    "region": "行政区划代码",
    "scope": "经营范围",
}
# A fact that a role supplies is taken from the role's reader, which knows its real spellings.
_ROLE_OF_FACT: Mapping[str, str] = {"registered_on": "registered_on", "region_code": "region"}
# Read to be recognised and then left aside: no rule mentions them yet.
NOT_STORED = frozenset({"scope"})
_IGNORED_WORDS = frozenset({"ignore", "忽略", "不导入"})
_UNIT = re.compile(r"^(.*?)[(（\[]([^()（）\[\]]+)[)）\]]$")
_MAX_MAPPING = 256 * 1024


class ColumnsError(Exception):
    """Columns that cannot be understood; the message says what was seen and what is accepted."""


@dataclass(frozen=True, slots=True)
class Assigned:
    """One column and what it fills: a role, or a fact with the factor of its unit."""

    column: str
    target: str
    how: str
    unit: str = ""
    factor: int = 1

    @property
    def label(self) -> str:
        """Say a role in Chinese; empty for a fact, which has its own label."""
        return ROLE_LABELS.get(self.target, "")

    @property
    def is_role(self) -> bool:
        """Tell whether it fills a role instead of a fact directly."""
        return self.target in ROLES


@dataclass(frozen=True, slots=True)
class Plan:
    """What every column of the file means, and why the rest is left out."""

    assigned: tuple[Assigned, ...]
    left_out: tuple[tuple[str, str], ...]

    @property
    def ignored(self) -> tuple[tuple[str, str], ...]:
        """Return every column whose content is not stored, with the reason."""
        aside = (
            (one.column, "认得，尚无规则用到，未导入") for one in self.assigned if one.target in NOT_STORED
        )
        return (*self.left_out, *aside)

    def role(self, name: str) -> Assigned | None:
        """Return the column that fills a role, or None."""
        return next((assigned for assigned in self.assigned if assigned.target == name), None)

    @property
    def facts(self) -> tuple[Assigned, ...]:
        """Return the columns that fill facts directly."""
        return tuple(assigned for assigned in self.assigned if not assigned.is_role)

    @property
    def wanted(self) -> list[str]:
        """Return the columns to read."""
        return [assigned.column for assigned in self.assigned if assigned.target not in NOT_STORED]


def looks_like_header(cells: Sequence[str]) -> bool:
    """Tell whether a row names the code column."""
    return any(_plain(cell) in _spellings()["uscc"] for cell in cells)


def make_plan(
    columns: Sequence[str], vocabulary: Vocabulary, mapping: Mapping[str, Any] | None = None
) -> Plan:
    """Decide what each column means. Raises ColumnsError without a code column or with a wrong mapping."""
    chosen = dict(mapping or {})
    _check_mapping(chosen, columns, vocabulary)
    assigned: list[Assigned] = []
    left_out: list[tuple[str, str]] = []
    taken: dict[str, str] = {}
    # The mapping file speaks first, so that it wins over a synonym further left.
    for column in sorted(columns, key=lambda name: name not in chosen):
        found = (
            _from_mapping(column, chosen[column], vocabulary)
            if column in chosen
            else _guess(column, vocabulary)
        )
        if isinstance(found, str):
            left_out.append((column, found))
        elif found.target in taken:
            left_out.append((column, f"与“{taken[found.target]}”含义相同，已用后者"))
        else:
            taken[found.target] = column
            assigned.append(found)
    if "uscc" not in taken:
        raise ColumnsError(
            "没有找到统一社会信用代码列。\n"
            f"文件中的列：{'、'.join(columns)}\n"
            f"可识别的列名：{'、'.join(ROLES['uscc'])}\n"
            "也可以用 --mapping 指定一个 YAML 文件，例如：\n  columns:\n    "
            + (columns[0] if columns else "列名")
            + ": uscc"
        )
    order = {column: position for position, column in enumerate(columns)}
    return Plan(
        tuple(sorted(assigned, key=lambda one: order[one.column])),
        tuple(sorted(left_out, key=lambda one: order[one[0]])),
    )


def read_mapping(path: Path) -> dict[str, Any]:
    """Read a mapping file: ``columns:`` with column names as keys. Raises ColumnsError."""
    if not path.is_file():
        raise ColumnsError(f"没有这个映射文件：{path}")
    if path.stat().st_size > _MAX_MAPPING:
        raise ColumnsError(f"{path} 太大，不像一个映射文件。")
    try:
        content: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ColumnsError(f"{path} 不是 YAML：{error}") from None
    columns: Any = content.get("columns") if isinstance(content, dict) else None
    if not isinstance(columns, dict) or not all(isinstance(key, str) for key in columns):
        raise ColumnsError(f"{path} 应为：\n  columns:\n    文件中的列名: uscc")
    return dict(columns)


def _check_mapping(mapping: Mapping[str, Any], columns: Sequence[str], vocabulary: Vocabulary) -> None:
    mistakes = [f"文件中没有“{column}”列" for column in mapping if column not in columns]
    targets: dict[str, str] = {}
    for column, wish in mapping.items():
        found = _from_mapping(column, wish, vocabulary)
        if isinstance(found, str):
            if str(wish) not in _IGNORED_WORDS:
                mistakes.append(f"“{column}”：{found}")
        elif found.target in targets:
            mistakes.append(f"“{column}”和“{targets[found.target]}”都指向 {found.target}")
        else:
            targets[found.target] = column
    if mistakes:
        raise ColumnsError(
            "映射文件有误：\n  " + "\n  ".join(mistakes) + f"\n文件中的列：{'、'.join(columns)}\n"
            f"可用的目标：{'、'.join(ROLES)}、ignore，或 policies/facts.yaml 中的事实名"
        )


def _from_mapping(column: str, wish: Any, vocabulary: Vocabulary) -> Assigned | str:
    """Return what a line of the mapping file says, or a sentence why the column is left out."""
    unit = ""
    if isinstance(wish, dict):
        unit = str(wish.get("unit") or "")
        wish = wish.get("fact") or wish.get("role")
    target = str(wish)
    if target in _IGNORED_WORDS:
        return "映射文件要求忽略"
    if target in ROLES:
        if unit and (target != "registered_capital" or unit not in FEN_PER):
            return f"{target} 不能用单位 {unit!r}"
        return Assigned(column, target, "映射文件", unit)
    fact = vocabulary.facts.get(target)
    if fact is None:
        return f"没有叫 {target!r} 的事实"
    return _to_fact(column, fact, unit, "映射文件", vocabulary)


def _guess(column: str, vocabulary: Vocabulary) -> Assigned | str:
    """Return what a column name says by itself, or a sentence why the column is left out."""
    plain, unit = _plain(column), ""
    exact = vocabulary.facts.get(column.strip())
    if exact is not None:
        return _to_fact(column, exact, "", "事实名", vocabulary)
    role = _role_of(plain)
    match = _UNIT.match(unicodedata.normalize("NFKC", column.strip()))
    if role is None and match is not None:
        plain, unit = _plain(match[1]), match[2].strip()
        role = _role_of(plain)
    if role is not None:
        if unit and role == "registered_capital" and unit in FEN_PER:
            return Assigned(column, role, "列名", unit)
        return Assigned(column, role, "列名")
    fact = _fact_by_label(plain, unit, vocabulary)
    if fact is None:
        return "不认识的列，未导入"
    if isinstance(fact, str):
        return fact
    return _to_fact(column, fact, unit, "事实名称", vocabulary)


def _to_fact(column: str, fact: DescribedFact, unit: str, how: str, vocabulary: Vocabulary) -> Assigned | str:
    if fact.derived:
        return f"{fact.name} 由系统计算，不导入"
    if fact.name in _ROLE_OF_FACT:
        return Assigned(column, _ROLE_OF_FACT[fact.name], how)
    if not unit:
        if how == "事实名称" and fact.type in {"money", "money_usd", "ratio", "months", "seconds"}:
            return f"缺少单位：请把列名写成“{column}(万元)”这样，或在映射文件中写明 unit"
        return Assigned(column, fact.name, how)
    factor = vocabulary.factor(fact, unit)
    if factor is None:
        return f"单位 {unit!r} 不能用于 {fact.name}"
    return Assigned(column, fact.name, how, unit, factor)


def _fact_by_label(plain: str, unit: str, vocabulary: Vocabulary) -> DescribedFact | str | None:
    found = [
        fact
        for fact in vocabulary.facts.values()
        if plain in {_plain(fact.label), _plain(_bare(fact.label)), _plain(fact.name)}
        # annual_revenue(万元): the stored unit at the end of the name gives way to the stated one.
        or (unit and plain == _plain(fact.name.rpartition("_")[0]))
    ]
    if len(found) > 1:
        return f"可能是 {'、'.join(fact.name for fact in found)}：请在映射文件中写明"
    return found[0] if found else None


def _bare(label: str) -> str:
    """A label without what stands in brackets: 营业收入（上一年度） is written 营业收入."""
    return re.sub(r"[(（][^()（）]*[)）]", "", label)


def _plain(text: str) -> str:
    return re.sub(r"[\s_\-*:：]+", "", unicodedata.normalize("NFKC", text)).lower()


def _role_of(plain: str) -> str | None:
    return next((role for role, spellings in _spellings().items() if plain in spellings), None)


def _spellings() -> Mapping[str, frozenset[str]]:
    return {role: frozenset(_plain(spelling) for spelling in spellings) for role, spellings in ROLES.items()}

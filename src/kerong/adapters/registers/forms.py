"""The legal form of an enterprise, and whether it is a legal person: from its type, its code, its name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Form:
    """``code`` is a key of the fact enterprise_form_code, empty when unknown; ``legal`` 1, 0 or None."""

    code: str
    legal: int | None
    source: str
    check: str = ""


# First match wins: what is no legal person says so inside longer words (有限责任公司分公司).
_BY_TYPE: Sequence[tuple[re.Pattern[str], str, int | None]] = tuple(
    (re.compile(words), code, legal)
    for words, code, legal in (
        (r"事业单位营业|社团法人营业", "other", None),
        (r"合作社.*分支", "cooperative", 0),
        (r"非法人|分支机构|分公司|营业单位|代表机构|办事机构", "other", 0),
        (r"个体", "sole_trader", 0),
        (r"个人独资", "sole_proprietorship", 0),
        (r"合伙", "partnership", 0),
        (r"合作社", "cooperative", 1),
        (r"股份合作", "other", 1),
        (r"有限责任|股份有限|有限公司|股份公司", "company", 1),
        (r"全民所有制|集体所有制|事业单位|社会团体", "other", 1),
        (r"国有|集体|联营|股份制|来料加工|私营|外商|港、?澳、?台", "other", None),
    )
)
# GB 32100: department 9 (market regulation) with its categories 2 and 3.
_BY_CODE = {"92": ("sole_trader", 0), "93": ("cooperative", 1)}
_MARKET_REGULATION = "9"
BRANCH_NAME = (
    r"(?:分公司|支公司|分行|支行|分店|分社|分院|分厂|分部|分局|支局|分理处|营业部|营业所|营业厅|"
    r"门市部?|经营部|办事处|代表处|储蓄所|服务部|供电所|邮政所)[)）]?$"
)
COMPANY_NAME = r"(?:有限(?:责任)?公司|股份公司)$"
PARTNERSHIP_NAME = r"合伙(?:企业)?[)）]?$"


def decide_form(type_text: str, code_start: str, name_kind: str) -> Form:  # noqa: PLR0911 - one per rule
    """Return the form. ``code_start`` is the first two characters of the code.

    ``name_kind`` is ``branch``, ``company``, ``partnership`` or empty, by the endings above: company law
    makes a company carry 有限公司 or 股份公司 in its name, and a branch the words of a branch.
    """
    by_type = _by_type(type_text)
    if by_type is not None:
        code, legal = by_type
        if legal == 1 and name_kind == "branch" and code == "company":
            return Form("other", 0, "name", "form_conflict")
        return Form(code, legal, "type")
    check = "form_unknown_text" if type_text else ""
    if code_start in _BY_CODE:
        code, legal = _BY_CODE[code_start]
        return Form(code, 0 if name_kind == "branch" else legal, "code", check)
    if name_kind == "branch":
        return Form("other", 0, "name", check)
    if code_start[:1] != _MARKET_REGULATION:
        return Form("other", None, "code", check)
    if name_kind == "company":
        return Form("company", 1, "name", check)
    if name_kind == "partnership":
        return Form("partnership", 0, "name", check)
    return Form("", None, "", check)


def _by_type(text: str) -> tuple[str, int | None] | None:
    if not text:
        return None
    return next(((code, legal) for pattern, code, legal in _BY_TYPE if pattern.search(text)), None)

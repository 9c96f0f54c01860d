"""The product shelf: what institutions made public and what policies give, searched, filtered and sorted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from kerong.basics import regions
from kerong.capabilities.matchmaking.queries.shelf_lines import ShelfLine, folded, shelf_lines
from kerong.engines.rules.model import WHOLE_COUNTRY

if TYPE_CHECKING:
    from collections.abc import Callable

    from kerong.records.packs.queries import CurrentLaw

Sort = Literal["rules_first", "name", "institution", "amount", "term"]

SIMILAR_MAX = 6
_NOT_A_WORD = re.compile(r"[^\w]+|_+")


@dataclass(frozen=True)
class ShelfQuestion:
    """What a visitor looks for; empty parts ask for everything."""

    text: str = ""
    kind: str = ""
    door: str = ""
    stage: str = ""
    region: str = ""
    amount_fen: int | None = None
    sort: Sort = "rules_first"


def words_of(text: str) -> list[str]:
    """Split a search at spaces and punctuation."""
    return [word for word in _NOT_A_WORD.split(folded(text)) if word]


def shelf_matching(law: CurrentLaw, question: ShelfQuestion) -> list[ShelfLine]:
    """Return the products that fit a question, sorted.

    The text is found as it stands, or by all of its words. A product fits a region that it names, that lies
    in the one it names, or that holds it. A product whose published ceiling is below the amount is left out,
    and so is one without a ceiling of its own whose rule's ceiling is below it; one for which nobody
    published a ceiling, or stages, stays.
    """
    whole, words = folded(question.text.strip()), words_of(question.text)
    fits = _region_test(question.region)
    found = [
        line
        for line in shelf_lines(law)
        if question.kind in ("", line.kind)
        and question.door in ("", line.door)
        and (not question.stage or not line.stages or question.stage in line.stages)
        and (question.amount_fen is None or (line.cap_fen or question.amount_fen) >= question.amount_fen)
        and fits(line.region)
        and (not whole or whole in line.searched or bool(words and all(w in line.searched for w in words)))
    ]
    return sorted(found, key=_SORT_KEYS[question.sort])


def similar(law: CurrentLaw, line: ShelfLine) -> list[ShelfLine]:
    """Return other products of the same kind: those of the same rule first, then those offered here."""
    same = [other for other in shelf_lines(law) if other.kind == line.kind and other.key != line.key]
    fits = _region_test(line.region)

    def distance(other: ShelfLine) -> tuple[bool, bool]:
        return (not line.rule or other.rule != line.rule, not fits(other.region))

    return sorted(same, key=distance)[:SIMILAR_MAX]


def _region_test(wanted: str) -> Callable[[str], bool]:
    if not wanted or wanted == WHOLE_COUNTRY:
        return lambda _: True
    found: dict[str, bool] = {WHOLE_COUNTRY: True}

    def fits(code: str) -> bool:
        if code not in found:
            found[code] = regions.contains(code, wanted) or regions.contains(wanted, code)
        return found[code]

    return fits


def _by_name(text: str) -> bytes:
    # Common characters stand in the order of their pronunciation in this encoding.
    return text.encode("gb18030", errors="replace")


_SORT_KEYS: dict[Sort, Callable[[ShelfLine], tuple[int | bytes, ...]]] = {
    "rules_first": lambda x: (x.pack is None, not x.rule, _by_name(x.label), _by_name(x.institution)),
    "name": lambda x: (_by_name(x.label), _by_name(x.institution)),
    "institution": lambda x: (_by_name(x.institution), _by_name(x.label)),
    "amount": lambda x: (-(x.cap_fen or 0), _by_name(x.label)),
    "term": lambda x: (-(x.term_max_months or 0), _by_name(x.label)),
}

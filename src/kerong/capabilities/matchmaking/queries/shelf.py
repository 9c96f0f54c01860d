"""The product shelf: what institutions made public and what policies give, searched, filtered and sorted."""

from __future__ import annotations

import re
import threading
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from kerong.basics import regions
from kerong.engines.rules.model import INSTITUTION_KINDS, PRODUCT_KINDS, UNITS, WHOLE_COUNTRY
from kerong.engines.rules.quantities import show_quantity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from kerong.engines.rules.model import Institution, Library, Mark, Pack, ShelfProduct
    from kerong.engines.rules.quantities import Language
    from kerong.records.packs.queries import CurrentLaw

Bound = Literal["published", "not_published", "by_rule"]
Sort = Literal["rules_first", "name", "institution", "amount", "term"]
SORTS: tuple[Sort, ...] = ("rules_first", "name", "institution", "amount", "term")
DOORS = ("equity", "debt", "listing")
STAGES = ("seed", "startup", "growth", "mature")
POLICY_KIND = "policy"
"""Stands for the kind of a product that a policy itself defines; the rule says the rest."""

SIMILAR_MAX = 6
_NOT_A_WORD = re.compile(r"[^\w]+|_+")
_ASKED_AMOUNT = re.compile(r"requested_amount_fen\s*<=\s*([a-z][a-z0-9_]*)")
_ASKED_TERM = re.compile(r"requested_term_months\s*<=\s*([a-z][a-z0-9_]*)")


@dataclass(frozen=True)
class ShelfLine:
    """One product of the shelf, from an institution (``product``) or from a policy itself (``pack``).

    ``amount_is`` and ``term_is`` say whether the bound is published, not published, or for the rule to say.
    """

    key: str
    label: str
    label_en: str
    institution: str
    institution_en: str
    institution_kind: tuple[str, str]
    kind: str
    kind_words: str
    kind_words_en: str
    door: str
    region: str
    region_words: str
    region_short: str
    amount_max_fen: int | None
    amount_is: Bound
    amount: str
    amount_en: str
    term_max_months: int | None
    term_is: Bound
    term: str
    term_en: str
    rate: str
    guarantee_mode: str
    summary: str
    conditions: tuple[str, ...]
    cases: tuple[str, ...]
    rule: str
    stages: tuple[str, ...]
    tasks: tuple[int, ...]
    mark: Mark
    product: ShelfProduct | None
    pack: Pack | None
    searched: str


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


@dataclass(frozen=True)
class RegionChoice:
    """A region that a visitor may ask for; ``depth`` is 1 for a 市州 and 2 for a county."""

    code: str
    name: str
    depth: int


def folded(text: str) -> str:
    """Make width and case one, so that ＡＢＣ, abc and ABC are found by each other."""
    return unicodedata.normalize("NFKC", text).casefold()


def words_of(text: str) -> list[str]:
    """Split a search at spaces and punctuation."""
    return [word for word in _NOT_A_WORD.split(folded(text)) if word]


def shelf_lines(law: CurrentLaw) -> tuple[ShelfLine, ...]:
    """Return every product of the shelf: those of policies first, then the institutions' in their order."""
    return _kept(law).lines


def shelf_line(law: CurrentLaw, key: str) -> ShelfLine | None:
    """Return the product of a key, ``institution.id`` or a pack's key; None where there is none."""
    return _kept(law).by_key.get(key)


def shelf_matching(law: CurrentLaw, question: ShelfQuestion) -> list[ShelfLine]:
    """Return the products that fit a question, sorted.

    The text is found as it stands, or by all of its words. A product fits a region that it names, that lies
    in the one it names, or that holds it. A product whose published ceiling is below the amount is left out;
    one without a published ceiling, or without published stages, stays.
    """
    whole, words = folded(question.text.strip()), words_of(question.text)
    fits = _region_test(question.region)
    found = [
        line
        for line in shelf_lines(law)
        if question.kind in ("", line.kind)
        and question.door in ("", line.door)
        and (not question.stage or not line.stages or question.stage in line.stages)
        and (
            question.amount_fen is None or (line.amount_max_fen or question.amount_fen) >= question.amount_fen
        )
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


def kinds_on_shelf(law: CurrentLaw) -> list[tuple[str, str, str]]:
    """Return the kinds of the products there are, with their Chinese and English names."""
    seen = {line.kind: (line.kind_words, line.kind_words_en) for line in shelf_lines(law)}
    order = (POLICY_KIND, *PRODUCT_KINDS)
    return [(kind, *seen[kind]) for kind in order if kind in seen]


def regions_on_shelf(law: CurrentLaw) -> list[RegionChoice]:
    """Return the 市州 of the province, each followed by those of its counties that products name."""
    named = {line.region for line in shelf_lines(law)}
    choices: list[RegionChoice] = []
    for prefecture in regions.prefectures():
        choices.append(RegionChoice(prefecture.code, prefecture.name, 1))
        inside = sorted(code for code in named if regions.prefecture_of(code) == prefecture.code != code)
        choices += [RegionChoice(code, region.name, 2) for code in inside if (region := regions.find(code))]
    return choices


# ── the lines, made once for a law ──


@dataclass(frozen=True)
class _Shelf:
    lines: tuple[ShelfLine, ...]
    by_key: Mapping[str, ShelfLine]


_made: dict[tuple[int, object], tuple[Library, _Shelf]] = {}
_lock = threading.Lock()
_KEPT_MAX = 4


def _kept(law: CurrentLaw) -> _Shelf:
    # The library is kept beside its lines, so its id cannot come to mean another one.
    key = (id(law.library), law.on)
    found = _made.get(key)
    if found is not None:
        return found[1]
    lines = (*_policy_lines(law), *_reference_lines(law))
    made = _Shelf(lines, {line.key: line for line in lines})
    with _lock:
        while len(_made) >= _KEPT_MAX:
            del _made[next(iter(_made))]
        _made[key] = (law.library, made)
    return made


def _reference_lines(law: CurrentLaw) -> Iterable[ShelfLine]:
    for institution in law.library.shelf.values():
        for product in institution.products:
            yield _reference_line(law.library, institution, product)


def _reference_line(library: Library, institution: Institution, product: ShelfProduct) -> ShelfLine:
    kind, kind_en = PRODUCT_KINDS[product.kind]
    region = _region_words(product.region)
    rule = library.packs.get(product.rule)
    return ShelfLine(
        key=product.key,
        label=product.label,
        label_en=product.label_en,
        institution=institution.label,
        institution_en=institution.label_en,
        institution_kind=INSTITUTION_KINDS[institution.kind],
        kind=product.kind,
        kind_words=kind,
        kind_words_en=kind_en,
        door=product.door,
        region=product.region,
        region_words=region,
        region_short=_without_province(region),
        amount_max_fen=product.amount_max_fen,
        amount_is="not_published" if product.amount_max_fen is None else "published",
        amount=_shown(product.amount_max_fen, "wan_yuan", "zh"),
        amount_en=_shown(product.amount_max_fen, "wan_yuan", "en"),
        term_max_months=product.term_max_months,
        term_is="not_published" if product.term_max_months is None else "published",
        term=_shown(product.term_max_months, "months", "zh"),
        term_en=_shown(product.term_max_months, "months", "en"),
        rate=product.rate or "",
        guarantee_mode=product.guarantee_mode or "",
        summary=product.summary,
        conditions=product.conditions,
        cases=product.cases,
        rule=product.rule,
        stages=product.stages,
        tasks=rule.tasks if rule else (),
        mark=product.mark,
        product=product,
        pack=None,
        searched=_searched(
            *(product.label, product.label_en, institution.label, institution.label_en, kind, kind_en),
            *(product.summary, *product.conditions, product.guarantee_mode or "", region),
        ),
    )


def _policy_lines(law: CurrentLaw) -> Iterable[ShelfLine]:
    for pack in law.library.packs.values():
        if pack.kind == "product" and pack.subject == "enterprise" and pack.in_force(law.on):
            yield _policy_line(law, pack)


def _policy_line(law: CurrentLaw, pack: Pack) -> ShelfLine:
    source = law.library.sources.get(pack.document)
    issuer = source.issuer if source else ""
    number = source.number or source.title if source else ""
    code = _code_of(pack.facets.get("region", ""))
    region = _region_words(code) or pack.facets.get("region", "")
    amount, amount_is, mark = _asked(law, pack, _ASKED_AMOUNT)
    term, term_is, _ = _asked(law, pack, _ASKED_TERM)
    marks = [clause.mark for clause in pack.clauses if clause.in_force(law.on)]
    return ShelfLine(
        key=pack.key,
        label=pack.label,
        label_en=pack.label_en,
        institution=issuer,
        institution_en="",
        institution_kind=("发文单位", "issuing authority"),
        kind=POLICY_KIND,
        kind_words="政策产品",
        kind_words_en="policy product",
        door=pack.door,
        region=code,
        region_words=region,
        region_short=_without_province(region),
        amount_max_fen=amount,
        amount_is=amount_is,
        amount=_shown(amount, "wan_yuan", "zh"),
        amount_en=_shown(amount, "wan_yuan", "en"),
        term_max_months=term,
        term_is=term_is,
        term=_shown(term, "months", "zh"),
        term_en=_shown(term, "months", "en"),
        rate="",
        guarantee_mode="",
        summary=pack.summary,
        conditions=(),
        cases=(),
        rule=pack.key,
        stages=pack.stages,
        tasks=pack.tasks,
        mark=mark or marks[0],
        product=None,
        pack=pack,
        searched=_searched(pack.label, pack.label_en, issuer, number, "政策产品", pack.summary, region),
    )


def _asked(law: CurrentLaw, pack: Pack, asked: re.Pattern[str]) -> tuple[int | None, Bound, Mark | None]:
    """Return the bound that a condition of the policy sets on what a firm may ask for, where it is one number."""
    for clause in pack.clauses:
        found = asked.search(clause.holds_when) if clause.in_force(law.on) else None
        parameter = pack.parameters.get(found[1]) if found else None
        dated = parameter.in_force(law.on) if parameter and not parameter.by else None
        if dated is None:
            continue
        if isinstance(dated.value, int):
            return dated.value, "published", dated.mark
        return None, "not_published", dated.mark
    return None, "by_rule", None


def _shown(value: int | None, unit: str, language: Language) -> str:
    return "" if value is None else show_quantity(value, UNITS[unit], language)


def _searched(*texts: str) -> str:
    return folded("\n".join(texts))


def _region_words(code: str) -> str:
    return "全国" if code == WHOLE_COUNTRY else regions.full_name(code)


def _without_province(words: str) -> str:
    province = regions.full_name(regions.HUBEI)
    return words.removeprefix(province) or words


def _code_of(label: str) -> str:
    if label == "全国":
        return WHOLE_COUNTRY
    found = regions.resolve(label)
    # Without a region we know of, a product is left out nowhere: an empty code holds everything.
    return found.code if found else ""


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
    "amount": lambda x: (-(x.amount_max_fen or 0), _by_name(x.label)),
    "term": lambda x: (-(x.term_max_months or 0), _by_name(x.label)),
}

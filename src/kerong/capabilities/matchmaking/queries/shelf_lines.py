"""The lines of the shelf: one for each product that an institution made public or that a policy itself defines."""

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
    from collections.abc import Iterable, Mapping

    from kerong.engines.rules.model import Institution, Library, Mark, Pack, ShelfProduct
    from kerong.engines.rules.quantities import Language
    from kerong.records.packs.queries import CurrentLaw

Bound = Literal["published", "not_published", "by_rule"]
POLICY_KIND = "policy"
"""Stands for the kind of a product that a policy itself defines; the rule says the rest."""
POLICY_WORDS = ("政策产品", "policy product")
REGIONS_EN = {
    "000000": "nationwide", "420000": "Hubei", "420100": "Wuhan", "420200": "Huangshi", "420300": "Shiyan",
    "420500": "Yichang", "420600": "Xiangyang", "420700": "Ezhou", "420800": "Jingmen", "420900": "Xiaogan",
    "421000": "Jingzhou", "421100": "Huanggang", "421200": "Xianning", "421300": "Suizhou", "422800": "Enshi",
    "429004": "Xiantao", "429005": "Qianjiang", "429006": "Tianmen", "429021": "Shennongjia",
}  # fmt: skip
"""The country, the province and its prefectures; counties stand on English pages by their Chinese names."""
GUARANTEE_MODES_EN = {
    "信用": "unsecured", "信用（纯信用）": "unsecured", "信用（没有质押和担保）": "unsecured, no pledge or guarantee",
    "信用（大数据）": "unsecured, by data", "担保": "guarantee", "农业担保": "agricultural guarantee",
    "政府担保": "government guarantee", "知识产权质押": "pledge of intellectual property",
    "再担保分险": "risk shared by re-guarantee", "再担保分险（批量）": "risk shared by re-guarantee, in batches",
    "出口信用保险": "export credit insurance",
}  # fmt: skip

# A condition that is this comparison and nothing else, so that no other part of it can lift the bound.
_ASKED_AMOUNT = re.compile(r"\s*requested_amount_fen\s*<=\s*([a-z][a-z0-9_]*)\s*")
_ASKED_TERM = re.compile(
    r"\s*requested_term_months\s*(?:<=|BETWEEN\s+[a-z][a-z0-9_]*\s+AND)\s*([a-z][a-z0-9_]*)\s*"
)


@dataclass(frozen=True)
class ShelfLine:
    """One product of the shelf, from an institution (``product``) or from a policy itself (``pack``).

    ``amount_is`` and ``term_is`` say whether the bound is published, not published, or for the rule to say.
    ``rule_cap_fen`` is what the rule behind an institution's product permits where the institution published
    no bound of its own. ``basis`` names the document that a policy's own product rests on.
    """

    key: str
    label: str
    label_en: str
    institution: str
    institution_en: str
    institution_kind: tuple[str, str]
    basis: str
    kind: str
    kind_words: str
    kind_words_en: str
    door: str
    region: str
    region_words: str
    region_short: str
    region_words_en: str
    region_short_en: str
    amount_max_fen: int | None
    amount_is: Bound
    amount: str
    amount_en: str
    rule_cap_fen: int | None
    rule_cap: str
    rule_cap_en: str
    term_max_months: int | None
    term_is: Bound
    term: str
    term_en: str
    rate: str
    guarantee_mode: str
    guarantee_mode_en: str
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

    @property
    def cap_fen(self) -> int | None:
        """The most that can be asked for as far as anybody published it: its own bound, or else its rule's."""
        return self.rule_cap_fen if self.amount_max_fen is None else self.amount_max_fen


@dataclass(frozen=True)
class RegionChoice:
    """A region that a visitor may ask for; ``depth`` is 1 for a 市州 and 2 for a county."""

    code: str
    name: str
    name_en: str
    depth: int


@dataclass(frozen=True)
class ShelfCounts:
    """How many products stand on the shelf: from institutions, and from policies themselves."""

    institution: int
    policy: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.institution + self.policy


def folded(text: str) -> str:
    """Make width and case one, so that ＡＢＣ, abc and ABC are found by each other."""
    return unicodedata.normalize("NFKC", text).casefold()


def shelf_lines(law: CurrentLaw) -> tuple[ShelfLine, ...]:
    """Return every product of the shelf: those of policies first, then the institutions' in their order."""
    return _kept(law).lines


def shelf_line(law: CurrentLaw, key: str) -> ShelfLine | None:
    """Return the product of a key, ``institution.id`` or a pack's key; None where there is none."""
    return _kept(law).by_key.get(key)


def kinds_on_shelf(law: CurrentLaw) -> tuple[tuple[str, str, str], ...]:
    """Return the kinds of the products there are, with their Chinese and English names."""
    return _kept(law).kinds


def regions_on_shelf(law: CurrentLaw) -> tuple[RegionChoice, ...]:
    """Return the 市州 of the province, each followed by those of its counties that products name."""
    return _kept(law).regions


def shelf_counts(law: CurrentLaw) -> ShelfCounts:
    """Return how many products there are of either origin; every page says the same numbers."""
    kept = _kept(law)
    return ShelfCounts(len(kept.lines) - kept.policy_count, kept.policy_count)


# ── the lines, made once for a law ──


@dataclass(frozen=True)
class _Shelf:
    lines: tuple[ShelfLine, ...]
    by_key: Mapping[str, ShelfLine]
    kinds: tuple[tuple[str, str, str], ...]
    regions: tuple[RegionChoice, ...]
    policy_count: int


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
    made = _Shelf(
        lines,
        {line.key: line for line in lines},
        tuple(_kinds(lines)),
        tuple(_regions(lines)),
        sum(line.pack is not None for line in lines),
    )
    with _lock:
        while len(_made) >= _KEPT_MAX:
            del _made[next(iter(_made))]
        _made[key] = (law.library, made)
    return made


def _kinds(lines: Iterable[ShelfLine]) -> Iterable[tuple[str, str, str]]:
    seen = {line.kind: (line.kind_words, line.kind_words_en) for line in lines}
    return [(kind, *seen[kind]) for kind in (POLICY_KIND, *PRODUCT_KINDS) if kind in seen]


def _regions(lines: Iterable[ShelfLine]) -> Iterable[RegionChoice]:
    named = {line.region for line in lines}
    for prefecture in regions.prefectures():
        yield RegionChoice(prefecture.code, prefecture.name, REGIONS_EN.get(prefecture.code, ""), 1)
        for code in sorted(named):
            region = regions.find(code) if regions.prefecture_of(code) == prefecture.code != code else None
            if region is not None:
                yield RegionChoice(code, region.name, "", 2)


def _reference_lines(law: CurrentLaw) -> Iterable[ShelfLine]:
    for institution in law.library.shelf.values():
        for product in institution.products:
            yield _reference_line(law, institution, product)


def _reference_line(law: CurrentLaw, institution: Institution, product: ShelfProduct) -> ShelfLine:
    kind, kind_en = PRODUCT_KINDS[product.kind]
    region = _region_words(product.region)
    rule = law.library.packs.get(product.rule)
    cap = None
    if rule is not None and product.amount_max_fen is None and rule.in_force(law.on):
        cap, _is, _mark = _asked(law, rule, _ASKED_AMOUNT)
    guarantee = product.guarantee_mode or ""
    return ShelfLine(
        key=product.key,
        label=product.label,
        label_en=product.label_en,
        institution=institution.label,
        institution_en=institution.label_en,
        institution_kind=INSTITUTION_KINDS[institution.kind],
        basis="",
        kind=product.kind,
        kind_words=kind,
        kind_words_en=kind_en,
        door=product.door,
        region=product.region,
        region_words=region,
        region_short=_without_province(region),
        region_words_en=REGIONS_EN.get(product.region, ""),
        region_short_en=REGIONS_EN.get(product.region, ""),
        amount_max_fen=product.amount_max_fen,
        amount_is="not_published" if product.amount_max_fen is None else "published",
        amount=_shown(product.amount_max_fen, "wan_yuan", "zh"),
        amount_en=_shown(product.amount_max_fen, "wan_yuan", "en"),
        rule_cap_fen=cap,
        rule_cap=_shown(cap, "wan_yuan", "zh"),
        rule_cap_en=_shown(cap, "wan_yuan", "en"),
        term_max_months=product.term_max_months,
        term_is="not_published" if product.term_max_months is None else "published",
        term=_shown(product.term_max_months, "months", "zh"),
        term_en=_shown(product.term_max_months, "months", "en"),
        rate=product.rate or "",
        guarantee_mode=guarantee,
        guarantee_mode_en=GUARANTEE_MODES_EN.get(guarantee, ""),
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
            *(product.summary, *product.conditions, guarantee, region),
        ),
    )


def _policy_lines(law: CurrentLaw) -> Iterable[ShelfLine]:
    for pack in law.library.packs.values():
        if pack.kind == "product" and pack.subject == "enterprise" and pack.in_force(law.on):
            yield _policy_line(law, pack)


def _policy_line(law: CurrentLaw, pack: Pack) -> ShelfLine:
    source = law.library.sources.get(pack.document)
    basis = source.number or f"《{source.title}》" if source else ""
    code = _code_of(pack.facets.get("region", ""))
    region = _region_words(code) or pack.facets.get("region", "")
    amount, amount_is, mark = _asked(law, pack, _ASKED_AMOUNT)
    term, term_is, _ = _asked(law, pack, _ASKED_TERM)
    marks = [clause.mark for clause in pack.clauses if clause.in_force(law.on)]
    return ShelfLine(
        key=pack.key,
        label=pack.label,
        label_en=pack.label_en,
        institution=POLICY_WORDS[0],
        institution_en=POLICY_WORDS[1],
        institution_kind=POLICY_WORDS,
        basis=basis,
        kind=POLICY_KIND,
        kind_words=POLICY_WORDS[0],
        kind_words_en=POLICY_WORDS[1],
        door=pack.door,
        region=code,
        region_words=region,
        region_short=_without_province(region),
        region_words_en=REGIONS_EN.get(code, ""),
        region_short_en=REGIONS_EN.get(code, ""),
        amount_max_fen=amount,
        amount_is=amount_is,
        amount=_shown(amount, "wan_yuan", "zh"),
        amount_en=_shown(amount, "wan_yuan", "en"),
        rule_cap_fen=None,
        rule_cap="",
        rule_cap_en="",
        term_max_months=term,
        term_is=term_is,
        term=_shown(term, "months", "zh"),
        term_en=_shown(term, "months", "en"),
        rate="",
        guarantee_mode="",
        guarantee_mode_en="",
        summary=pack.summary,
        conditions=(),
        cases=(),
        rule=pack.key,
        stages=pack.stages,
        tasks=pack.tasks,
        mark=mark or marks[0],
        product=None,
        pack=pack,
        searched=_searched(pack.label, pack.label_en, basis, *POLICY_WORDS, pack.summary, region),
    )


def _asked(law: CurrentLaw, pack: Pack, asked: re.Pattern[str]) -> tuple[int | None, Bound, Mark | None]:
    """Return the bound that a condition of the policy sets on what a firm may ask for, where it is one number."""
    for clause in pack.clauses:
        found = asked.fullmatch(clause.holds_when) if clause.in_force(law.on) else None
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

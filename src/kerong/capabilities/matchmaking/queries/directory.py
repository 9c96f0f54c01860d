"""The directory of firms as a page and as a file: what a search leaves, a bounded number of pages, true counts."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, cast
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kerong.adapters.sheets import as_csv, as_xlsx
from kerong.basics import industries, regions
from kerong.capabilities.matchmaking.queries.outcomes import tally
from kerong.capabilities.matchmaking.queries.paging import page_at
from kerong.records.facts.queries import demo_firms
from kerong.records.parties import queries as parties

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Mapping
    from datetime import date

    from django.core.paginator import Page
    from django.db.models import QuerySet

    from kerong.adapters.sheets import Cell
    from kerong.capabilities.matchmaking.queries.outcomes import Group
    from kerong.records.facts.queries import DemoFirm
    from kerong.records.packs.queries import CurrentLaw

LINES_ON_PAGE, PAGES_MAX = 50, 200
"""Pages behind the last one would cost more and more; nobody reads ten thousand lines."""
EXPORTED_MAX = 5_000
FOUND_BY_INDEX_MAX = 5_000
"""More than these are read in order until the page is full, instead of all being found and sorted."""
NOT_KNOWN = "-"
CLASSES = {"size": "enterprise_size", "stage": "lifecycle_stage"}
"""The published facts whose codes the directory keeps."""
_TALLIES: dict[Hashable, list[tuple[Group, int]]] = {}
_TALLIES_MAX = 100


@dataclass(frozen=True)
class DirectorySearch:
    """What is asked of the directory; empty means everything."""

    q: str = ""
    region: str = ""
    industry: str = ""
    size: str = ""
    stage: str = ""
    sort: parties.Order = "newest"

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the order was asked."""
        return self != DirectorySearch(sort=self.sort)

    @property
    def query(self) -> str:
        """The search as the end of an address, to which a page may be added."""
        plain = DirectorySearch()
        said = {
            field.name: value
            for field in fields(self)
            if (value := getattr(self, field.name)) != getattr(plain, field.name)
        }
        return f"?{urlencode(said)}"


@dataclass(frozen=True)
class FirmLine:
    """One firm of the directory in words."""

    uscc: str
    name: str
    region: str
    industry: str
    size: str
    stage: str
    registered_on: date | None


@dataclass(frozen=True)
class DirectoryPage:
    """One page of what was found; ``count`` is true, also where not every page can be opened."""

    count: int
    page: Page[int]
    lines: tuple[FirmLine, ...]

    @property
    def reachable(self) -> int:
        """How many of the firms found stand on pages that can be opened."""
        return min(self.count, LINES_ON_PAGE * PAGES_MAX)

    @property
    def numbers(self) -> Iterator[int | str]:
        """The page numbers to show."""
        return self.page.paginator.get_elided_page_range(self.page.number, on_each_side=1, on_ends=1)


def directory_search(law: CurrentLaw, asked: Mapping[str, str]) -> DirectorySearch:
    """Read a search from an address; a choice that does not exist asks for everything, see directory_unknown."""
    permitted = _permitted(law)
    said = {name: asked.get(name, "") for name in permitted}
    kept = {name: value for name, value in said.items() if value in permitted[name]}
    order = cast("parties.Order", kept.pop("sort", "newest"))
    text = asked.get("q", "").replace("\0", "").strip()[:100]
    return replace(DirectorySearch(q=text, sort=order), **kept)


def directory_unknown(law: CurrentLaw, asked: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the filters of an address that ask for what does not exist: name of the filter and value."""
    said = {name: (asked.get(name, ""), codes) for name, codes in _permitted(law).items()}
    return [(name, value[:40]) for name, (value, codes) in said.items() if value and value not in codes]


def _permitted(law: CurrentLaw) -> dict[str, set[str]]:
    return {
        "region": {code for code, _name in prefecture_choices()},
        "industry": {
            code
            for section, divisions in industry_choices()
            for code in (section[0], *(d[0] for d in divisions))
        },
        "size": {*class_choices(law, "size"), NOT_KNOWN},
        "stage": {*class_choices(law, "stage"), NOT_KNOWN},
        "sort": set(parties.ORDERS),
    }


def directory_page(law: CurrentLaw, search: DirectorySearch, number: str | None) -> DirectoryPage:
    """Return a page of the directory; a page that does not exist is the nearest one."""
    found = _found(search)
    count = found.count()
    page = page_at(Paginator(range(min(count, LINES_ON_PAGE * PAGES_MAX)), LINES_ON_PAGE), number)
    first = max(page.start_index() - 1, 0)
    in_order = found if count <= FOUND_BY_INDEX_MAX else _found(search, by_parts=False)
    return DirectoryPage(count, page, tuple(_lines(law, in_order[first : page.end_index()])))


def story_tallies(law: CurrentLaw) -> list[tuple[DemoFirm, list[tuple[Group, int]]]]:
    """Return the firms of stories with the number of rules in each group.

    To hold a firm against every rule takes a tenth of a second, and law and firms rarely change.
    """
    stories = demo_firms()
    if len(_TALLIES) > _TALLIES_MAX:
        _TALLIES.clear()
    counted: list[tuple[DemoFirm, list[tuple[Group, int]]]] = []
    for firm in stories:
        key = (law.sha256, law.on, firm.uscc, frozenset(firm.facts.items()))
        if key not in _TALLIES:
            _TALLIES[key] = tally(law, firm.facts)
        counted.append((firm, _TALLIES[key]))
    return counted


def prefecture_choices() -> list[tuple[str, str]]:
    """Return code and name of the seventeen prefectures."""
    return [(region.code, region.name) for region in regions.prefectures()]


def industry_choices() -> list[tuple[tuple[str, str], list[tuple[str, str]]]]:
    """Return every section with its divisions, as code with the section's letter and name."""
    divisions: dict[str, list[tuple[str, str]]] = {}
    for entry in industries.all_industries().values():
        if entry.level == 2:  # noqa: PLR2004 - a division
            divisions.setdefault(entry.parent, []).append((f"{entry.parent}{entry.code}", entry.label))
    return [((letter, industries.label_of(letter)), found) for letter, found in divisions.items()]


def class_choices(law: CurrentLaw, name: str) -> Mapping[str, str]:
    """Return the codes of size or stage with their names in the reader's language, as far as the law has them."""
    fact = law.library.facts.get(CLASSES[name])
    if fact is None:
        return {}
    in_english = (get_language() or "").startswith("en")
    return {**fact.codes, **fact.codes_en} if in_english else fact.codes


def directory_file(law: CurrentLaw, search: DirectorySearch, ending: str, order: str) -> bytes:
    """Return the first firms found as xlsx or csv, EXPORTED_MAX at most; ``order`` names their order in words."""
    found = _found(search)
    table = [_cells(line) for line in _lines(law, found[:EXPORTED_MAX])]
    if ending == "csv":
        return as_csv(_headings(), table)
    about = (_("说明"), _notes(law, search, found.count(), len(table), order))
    return as_xlsx(_("企业名录"), _headings(), table, about, freeze="B2")


def _notes(
    law: CurrentLaw, search: DirectorySearch, count: int, exported: int, order: str
) -> Iterator[tuple[str, str]]:
    yield _("声明"), _("演示数据，企业是虚构的")
    yield _("符合的企业"), f"{count:,}"
    yield _("导出的企业"), f"{exported:,}"
    yield _("最多导出"), f"{EXPORTED_MAX:,}"
    yield _("规则日期"), law.on.isoformat()
    codes = {
        code: f"{code} {label}" for section, parts in industry_choices() for code, label in (section, *parts)
    }
    said = (
        (_("查找"), search.q),
        (_("市州"), dict(prefecture_choices()).get(search.region, "")),
        (_("行业"), codes.get(search.industry, "")),
        (_("规模"), {**class_choices(law, "size"), NOT_KNOWN: _("不知道")}.get(search.size, "")),
        (_("阶段"), {**class_choices(law, "stage"), NOT_KNOWN: _("不知道")}.get(search.stage, "")),
        (_("排序"), order),
    )
    yield from ((name, value) for name, value in said if value)
    yield _("规模和阶段"), _("规模按划型标准、阶段按本软件的假设，由每家企业的模拟数据算出。")


def _found(search: DirectorySearch, *, by_parts: bool = True) -> QuerySet[parties.Enterprise]:
    return parties.enterprises(
        text=search.q,
        region=search.region,
        industry=search.industry,
        size=search.size,
        stage=search.stage,
        order=search.sort,
        by_parts=by_parts,
    )


def _lines(law: CurrentLaw, found: Iterable[parties.Enterprise]) -> Iterator[FirmLine]:
    sizes, stages = class_choices(law, "size"), class_choices(law, "stage")
    for firm in found:
        place = regions.find(regions.prefecture_of(firm.region_code) or firm.region_code)
        yield FirmLine(
            firm.uscc,
            firm.name,
            regions.short_name(place.name) if place else "",
            industries.label_of(firm.industry_code),
            sizes.get(firm.size_code or "", ""),
            stages.get(firm.stage_code or "", ""),
            firm.registered_on,
        )


def _headings() -> list[str]:
    return [
        *(_("企业"), _("统一社会信用代码"), _("市州"), _("行业"), _("规模"), _("生命周期阶段")),
        *(_("成立日期"), _("说明")),
    ]


def _cells(line: FirmLine) -> list[Cell]:
    day = line.registered_on.isoformat() if line.registered_on else ""
    return [
        *(line.name, line.uscc, line.region, line.industry, line.size, line.stage, day),
        _("演示数据，企业是虚构的"),
    ]

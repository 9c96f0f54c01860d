"""The directory of enterprises: loaded once, searched by parts of names through an index, invented firms only."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from kerong.basics.identity_codes import compose
from kerong.records.parties import actions, queries
from kerong.records.parties.models import Enterprise, Institution

pytestmark = pytest.mark.django_db
NAMES = (
    "武汉澜舟软件（虚构）有限公司",
    "宜昌翊衡新材料（虚构）股份有限公司",
    "襄阳AI100%智造（虚构）有限公司",
)
PLACES = (("420100", "I65"), ("420500", "C26"), ("420600", "C34"))


def line(number: int, name: str, region: str = "420100", industry: str = "I65") -> actions.DirectoryLine:
    day = date(2010 + number % 10, 1, 1)
    code = compose("X", "9", region, f"T{number:07}")
    return actions.DirectoryLine(code, name, region, industry, day, "small", None)


def load(*lines: actions.DirectoryLine, fingerprint: str = "one") -> bool:
    return actions.load_demo_directory(enterprises=lines, fingerprint=fingerprint)


def three() -> list[actions.DirectoryLine]:
    found = [line(i, name, *place) for i, (name, place) in enumerate(zip(NAMES, PLACES, strict=True))]
    load(*found)
    return found


def named(**search: str) -> list[str]:
    return [firm.name for firm in queries.enterprises(**search)]  # type: ignore[arg-type] - texts all of them


def test_loading_the_same_again_does_nothing_not_even_read() -> None:
    three()

    def unread():  # noqa: ANN202 - a generator that must not run
        raise AssertionError("the lines were read")
        yield

    assert actions.load_demo_directory(enterprises=unread(), fingerprint="one") is False
    assert Enterprise.objects.count() == 3


def test_loading_others_replaces_the_demo_firms_and_no_other() -> None:
    three()
    real = Enterprise.objects.create(uscc="91420100MA4K000018", name="某某", is_demo=False)

    assert load(line(9, "武汉昱川机电（虚构）有限公司"), fingerprint="two") is True

    assert named(order="code") == [real.name, "武汉昱川机电（虚构）有限公司"]


def test_a_refused_line_leaves_what_was_there() -> None:
    three()

    with pytest.raises(IntegrityError), transaction.atomic():
        load(line(8, "武汉昱川机电（虚构）有限公司"), line(9, "武汉昱川机电有限公司"), fingerprint="two")

    assert Enterprise.objects.count() == 3


@pytest.mark.parametrize(
    ("uscc", "name"),
    [("91420100MA4K000018", "演示（虚构）"), (compose("X", "9", "420100", "T0000001"), "武汉某某有限公司")],
)
def test_the_database_refuses_a_demo_enterprise_that_could_be_real(uscc: str, name: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Enterprise.objects.create(uscc=uscc, name=name, is_demo=True)


def test_the_database_refuses_a_demo_institution_that_could_be_real() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Institution.objects.create(key="a", name="某某银行", kind="bank", region_code="420100", is_demo=True)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("软件", [0]), ("新材料", [1]), ("（虚构）有", [0, 2]), ("(虚构)有", [0, 2]), (" 澜 舟 ", [0]), ("澜", [0]),
        ("司", [0, 1, 2]), ("ai1", [2]), ("ＡＩ", [2]), ("100%智", [2]), ("0%", [2]), ("%", [2]), ("舟澜", []),
        ("软_", []), ("\\", []), ("不存在", []), ("x" * 100, []), ("", [0, 1, 2]), ("\0", [0, 1, 2]),
    ],
)  # fmt: skip
def test_a_part_of_a_name_finds_exactly_the_names_that_hold_it(text: str, found: list[int]) -> None:
    three()

    assert sorted(named(text=text)) == sorted(NAMES[i] for i in found)


def test_a_code_is_found_whole_by_its_beginning_and_in_lower_case() -> None:
    first, second, _third = three()

    assert named(text=first.uscc) == [first.name]
    assert named(text=first.uscc.lower()) == [first.name]
    assert named(text=second.uscc[:8]) == [second.name]
    assert len(named(text="X9")) == 3
    assert named(text=first.uscc[:-1] + "0") == []


def test_filters_keep_regions_inside_industries_below_and_what_is_not_known() -> None:
    three()
    load(*three_and_one_in_a_district(), fingerprint="two")

    assert len(named(region="420100")) == 2
    assert len(named(region="420000")) == 4
    assert named(region="429021") == []
    assert named(industry="C") == named(industry="C", size="small")
    assert named(industry="C26") == [NAMES[1]]
    assert len(named(size="small", stage="-")) == 4
    assert named(size="-") == []


def three_and_one_in_a_district() -> list[actions.DirectoryLine]:
    return [*three(), line(7, "武汉江夏昱川机电（虚构）有限公司", "420115", "C34")]


def test_orders_are_whole_orders() -> None:
    lines = three()

    assert named(order="newest") == [lines[i].name for i in (2, 1, 0)]
    assert named(order="oldest") == [lines[i].name for i in (0, 1, 2)]
    assert named(order="name") == sorted(NAMES)
    assert named(order="code") == [entry.name for entry in sorted(lines)]


def test_the_search_reads_the_index_and_not_the_whole_table() -> None:
    brands = "澜翊铄樾珩霁岚栩晗翎澍霖弈烨瑾昱祺珞"
    many = (
        line(i, f"武汉{brands[i % 18]}{brands[i // 18 % 18]}{brands[i // 324 % 18]}软件（虚构）有限公司")
        for i in range(5_000)
    )
    load(*many)

    plan = queries.enterprises(text="澜翊铄", order="newest").explain()

    assert "parties_enterprise_parts" in plan
    assert "Seq Scan" not in plan


@pytest.mark.parametrize(
    ("order", "index"),
    [("newest", "newest"), ("oldest", "oldest"), ("name", "name"), ("code", "pkey")],
)
def test_a_page_in_any_order_is_read_from_an_index(order: queries.Order, index: str) -> None:
    load(*(line(i, f"武汉{i:05}软件（虚构）有限公司") for i in range(5_000)))

    plan = queries.enterprises(order=order)[:50].explain()

    assert f"parties_enterprise_{index}" in plan
    assert "Sort" not in plan


def test_the_application_may_not_change_the_functions_of_the_search() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT parties_name_parts('武汉澜舟')")
        assert cursor.fetchone() == (["武汉", "汉澜", "澜舟"],)
        with pytest.raises(Exception, match="must be owner"), transaction.atomic():
            cursor.execute("DROP FUNCTION parties_analyze_directory()")


def test_institutions_and_offices_are_stored_and_brought_up_to_date() -> None:
    bank = actions.InstitutionLine("demo_bank", "样例银行（虚构）", "bank", "420100")
    fund = actions.InstitutionLine("demo_fund", "样例基金（虚构）", "fund", "420100")
    office = actions.OfficeLine("dept_science", "省科技厅", "department", "420000")

    assert actions.load_demo_institutions(institutions=[bank, fund]) == 2
    assert actions.load_demo_institutions(institutions=[fund]) == 1
    assert actions.store_offices(offices=[office]) == 1
    assert actions.store_offices(offices=[office._replace(name="科技厅")]) == 1

    assert [entry.key for entry in queries.institutions()] == ["demo_fund"]
    assert list(queries.institutions(kind="bank")) == []
    assert [entry.name for entry in queries.offices(kind="department")] == ["科技厅"]

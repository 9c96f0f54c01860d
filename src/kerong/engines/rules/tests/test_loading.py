"""A sound folder is read as docs/pack_format.md says, whatever its layout, and nonsense never raises."""

from __future__ import annotations

import hashlib
import shutil
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kerong.basics.yaml_places import compose
from kerong.engines.rules.case_files import read_cases, read_cases_text
from kerong.engines.rules.loading import load_library, pack_files, read_library, read_pack_text
from kerong.engines.rules.loading.facts import read_facts
from kerong.engines.rules.loading.reading import Reading
from kerong.engines.rules.loading.sources import read_source
from kerong.engines.rules.model import UNITS, Mark, Mistake
from kerong.engines.rules.wording import fact_words

SOUND = Path(__file__).parent / "sound"
LIBRARY = load_library(SOUND)
PACK = LIBRARY.packs["invented.example"]
TEXT = (SOUND / "invented/example.yaml").read_text(encoding="utf-8")
CHECKED = date(2026, 11, 23)


def test_head_is_read() -> None:
    assert (PACK.key, PACK.kind, PACK.label, PACK.label_en) == (
        "invented.example",
        "product",
        "示例贷款",
        "Example loan",
    )
    assert (PACK.subject, PACK.summary, PACK.document) == ("enterprise", "一句话说明。", "some-document")
    assert (PACK.start, PACK.until) == (date(2025, 2, 1), date(2030, 12, 31))
    assert PACK.facets == {"region": "虚构省", "instrument": "credit"}
    assert PACK.text_sha256 == hashlib.sha256((SOUND / "invented/example.yaml").read_bytes()).hexdigest()


def test_values_are_stored_integers() -> None:
    values = {
        name: parameter.values[0].value for name, parameter in PACK.parameters.items() if not parameter.by
    }

    assert values == {
        "revenue_max": 12_345_600_000,
        "score_min": 60,
        "limit_share": 330,
        "closes_on": 20290228,
        "is_open": 1,
    }


def test_dated_values_keep_their_marks_and_alternatives() -> None:
    known, unknown = PACK.parameters["revenue_max"].values

    assert known.mark == Mark("some-document#art1", CHECKED, "official")
    assert (known.start, known.seen_since) == (date(2025, 2, 1), None)
    assert (unknown.start, unknown.seen_since, unknown.value) == (None, date(2026, 1, 22), None)
    assert unknown.mark == Mark("some-document#art1", CHECKED, "not_found", "查过虚构网站")
    assert [(a.value, a.mark.cites) for a in unknown.alternatives] == [(30_000_000_000, "some-document#3")]


def test_tables_are_read_by_code_by_bracket_and_by_column() -> None:
    def rows(name: str) -> list[tuple[object, ...]]:
        return [(row.key, row.low, row.high, row.values) for row in PACK.parameters[name].values[0].rows]

    wan = 1_000_000
    assert rows("limit_by_grade") == [("A", None, None, (777 * wan,)), ("B", None, None, (None,))]
    assert rows("rd_share_min") == [
        (None, None, 500 * wan, (725,)),
        (None, 500 * wan + 1, 900 * wan - 1, (500,)),
        (None, 900 * wan, None, (300,)),
    ]
    assert rows("size_bounds") == [("strategic", None, None, (None, 4321 * wan))]
    assert [column.name for column in PACK.parameters["size_bounds"].columns] == [
        "staff_upper",
        "revenue_upper",
    ]
    assert [row.mark for row in PACK.parameters["limit_by_grade"].values[0].rows] == [
        None,
        Mark("some-document#art2", CHECKED, "not_found", "没有公布"),
    ]


def test_points_are_read() -> None:
    card = PACK.points["evaluation"]
    staff, field, rd, ip = card.indicators

    assert (card.max, staff.max, staff.group, staff.unit) == (100, 20, "innovation", UNITS["percent"])
    assert staff.ratio_of == ("tech_staff_count", "staff_count")
    assert [(b.points, b.low, b.low_open, b.high, b.high_open) for b in staff.values[0].bands] == [
        (20, 3000, True, None, False),
        (4, 1050, False, 3000, True),
        (0, None, False, None, False),
    ]
    assert (field.of, field.values[0].bands[0].codes) == ("field_code", ("strategic",))
    assert [(line.name, line.max) for line in rd.best_of] == [("by_sales", 40), ("by_cost", 40)]
    assert [(b.when, b.points) for b in ip.values[0].bands] == [("ip_class1_count >= 1", 30), ("", 0)]


def test_clauses_are_read_with_the_marks_around_them() -> None:
    revenue, size, either = PACK.clauses

    assert (revenue.id, revenue.measure) == ("revenue_below", "营业收入")
    assert revenue.holds_when == "annual_revenue_fen <= revenue_max"
    assert (size.start, size.until) == (date(2026, 4, 1), date(2027, 3, 31))
    assert [(b.id, [p.id for p in b.parts]) for b in either.any_of] == [
        ("by_score", ["by_score"]),
        ("by_title", ["hnte", "lab"]),
    ]
    assert either.any_of[0].parts[0].label_en == "by score"
    assert either.any_of[1].parts[0].mark is either.mark
    assert either.any_of[1].parts[1].mark == Mark("some-document#art2", CHECKED, "official", "另一条")
    assert TEXT.splitlines()[either.any_of[1].place.line - 1].strip() == "- id: by_title"


def test_classes_amounts_and_publications_are_read() -> None:
    options = PACK.classes["tier"].options
    limit = PACK.amounts["limit"]

    assert [(o.value, o.holds_when) for o in options] == [("tier1", "is_hnte OR is_srdi"), ("none", "")]
    assert options[1].mark == options[0].mark
    assert limit.expression == "least(limit_by_grade, share(annual_revenue_fen, limit_share, 'down'))"
    assert [(p.fact, p.expression) for p in PACK.publishes] == [
        ("is_example", ""),
        ("example_points", "evaluation"),
        ("example_tier", "tier"),
    ]


def test_facts_and_sources_are_read() -> None:
    revenue, previous = LIBRARY.facts["annual_revenue_fen"], LIBRARY.facts["previous_revenue_fen"]

    assert (revenue.low, revenue.high, revenue.unit) == (0, 10**13, UNITS["wan_yuan"])
    assert (revenue.holder, revenue.freshness_months, revenue.act, revenue.effort) == ("tax", 18, "up", 4)
    assert (previous.act, previous.effort) == ("no", 5)
    assert LIBRARY.facts["grade"].codes == {"A": "甲级", "B": "乙级", "C": "丙级"}
    assert LIBRARY.facts["age_months"].inputs == ("registered_on",)
    source = LIBRARY.sources["some-document"]
    assert (source.number, source.dated) == ("虚构〔2025〕1号", "2025-01-15")
    assert [(a.key, a.address) for a in source.anchors.values()] == [
        ("art1", "https://example.invalid/some"),
        ("art2", "https://example.invalid/two"),
        ("3", "https://example.invalid/some"),
        ("art4", ""),
    ]


def test_cases_are_read() -> None:
    cases, mistakes = read_cases(SOUND / "invented/example.cases.yaml", LIBRARY, SOUND)

    assert mistakes == []
    first, second = cases
    assert first.facts["annual_revenue_fen"] == 15_000_000_000
    assert (first.facts["revenue_growth_bp"], first.facts["age_months"], first.facts["grade"]) == (
        420,
        36,
        "B",
    )
    assert first.expect.points == {
        "evaluation": (62, 78),
        "evaluation.staff": (20, 20),
        "evaluation.innovation": (20, 20),
    }
    assert (first.expect.verdict, first.expect.nearness) == ("not_met", "near_miss")
    assert first.expect.amounts == {"limit": 1_000_500_000}
    assert (second.facts, second.expect.classes, second.expect.amounts) == (
        {},
        {"tier": None},
        {"limit": None},
    )


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("# Every feature", "# Any feature"),
        lambda text: text.replace("\n", "\r\n"),
        lambda text: "\ufeff" + text,
        lambda text: text.replace("label: 示例贷款", 'label: "示例贷款"'),
        lambda text: text.replace("unit: points\n", "unit: points   # a remark\n\n"),
    ],
    ids=["comment", "windows lines", "byte order mark", "quotes", "blank lines"],
)
def test_layout_changes_the_text_hash_and_not_the_content_hash(tmp_path: Path, change: object) -> None:
    assert callable(change)
    for path in SOUND.rglob("*.yaml"):
        copy = tmp_path / path.relative_to(SOUND)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    (tmp_path / "invented/example.yaml").write_bytes(change(TEXT).encode())

    library = load_library(tmp_path)

    assert library.sha256 == LIBRARY.sha256
    assert library.packs["invented.example"].text_sha256 != PACK.text_sha256


def test_another_number_changes_the_content_hash(tmp_path: Path) -> None:
    for path in SOUND.rglob("*.yaml"):
        copy = tmp_path / path.relative_to(SOUND)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes().replace(b"value: 777}", b"value: 778}"))

    assert load_library(tmp_path).sha256 != LIBRARY.sha256


def test_released_text_is_read_like_a_file() -> None:
    pack, mistakes = read_pack_text(
        TEXT, "invented.example", LIBRARY.facts, LIBRARY.sources, file="invented/example.yaml"
    )

    assert (pack, mistakes) == (PACK, [])


def read_anything(text: str) -> None:
    pack, mistakes = read_pack_text(text, "invented.example", LIBRARY.facts, LIBRARY.sources)
    assert (pack is None) == bool(mistakes)
    read_cases_text(text, LIBRARY)


@given(st.text())
def test_any_text_is_read_without_raising(text: str) -> None:
    read_anything(text)


@given(st.text(alphabet="ab: -\n[]{}'\"#|>&*!%@`?~,0.\t", max_size=80))
def test_any_yaml_like_text_is_read_without_raising(text: str) -> None:
    read_anything(text)


@settings(max_examples=150)
@given(st.data())
def test_mangled_pack_is_read_without_raising(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(TEXT)))
    length = data.draw(st.integers(0, 60))
    inserted = data.draw(st.text(alphabet="ab: -\n[]{}'\"#&*~,0.9null", max_size=12))

    read_anything(TEXT[:start] + inserted + TEXT[start + length :])


@settings(max_examples=150)
@given(st.data())
def test_replaced_line_is_read_without_raising(data: st.DataObject) -> None:
    lines = TEXT.splitlines()
    index = data.draw(st.integers(0, len(lines) - 1))
    key = lines[index].split(":")[0]
    value = data.draw(
        st.sampled_from(["null", "[]", "{}", "[[1]]", "{a: {b: c}}", '""', "-", "1", "x", "[{}]"])
    )

    read_anything("\n".join([*lines[:index], f"{key}: {value}", *lines[index + 1 :]]))


def read_facts_text(text: str) -> list[Mistake]:
    root, mistakes = compose(text, "facts.yaml")
    reading = Reading("facts.yaml", mistakes=mistakes)
    if root is not None:
        read_facts(reading, root)
    return reading.mistakes


def read_source_text(text: str) -> list[Mistake]:
    root, mistakes = compose(text, "some-document.yaml")
    reading = Reading("some-document.yaml", mistakes=mistakes)
    if root is not None:
        read_source(reading, root, "some-document")
    return reading.mistakes


@settings(max_examples=200)
@given(st.data())
def test_replaced_line_of_facts_sources_and_cases_is_read_without_raising(data: st.DataObject) -> None:
    file, reader = data.draw(
        st.sampled_from(
            [
                ("facts.yaml", read_facts_text),
                ("sources/some-document.yaml", read_source_text),
                ("invented/example.cases.yaml", lambda text: read_cases_text(text, LIBRARY)[1]),
            ]
        )
    )
    lines = (SOUND / file).read_text(encoding="utf-8").splitlines()
    index = data.draw(st.integers(0, len(lines) - 1))
    value = data.draw(
        st.sampled_from(["null", "[]", "{}", "[[1]]", "{a: {b: c}}", '""', "-", "1", "x", "[{}]"])
    )

    mistakes = reader(
        "\n".join([*lines[:index], f"{lines[index].split(':')[0]}: {value}", *lines[index + 1 :]])
    )

    assert all(mistake.what and mistake.expected and mistake.cure for mistake in mistakes)


@given(
    st.binary(max_size=200), st.sampled_from(["facts.yaml", "sources/some-document.yaml", "invented/x.yaml"])
)
def test_any_bytes_are_read_without_raising(
    tmp_path_factory: pytest.TempPathFactory, raw: bytes, file: str
) -> None:
    folder = tmp_path_factory.mktemp("policies")
    for path in (folder / "sources", folder / "invented"):
        path.mkdir()
    (folder / "facts.yaml").write_bytes((SOUND / "facts.yaml").read_bytes())
    (folder / file).write_bytes(raw)

    _, mistakes = read_library(folder)

    assert mistakes


@pytest.mark.parametrize("text", ["[" * 100_000, "- " * 100_000, "? " * 50_000, "{a: " * 50_000])
def test_endless_nesting_is_a_mistake_and_not_a_crash(text: str) -> None:
    pack, mistakes = read_pack_text(text, "invented.deep", LIBRARY.facts, LIBRARY.sources)

    assert pack is None
    assert [mistake.what for mistake in mistakes] == ["lists or mappings are nested too deeply"]


def test_headings_are_read() -> None:
    terms = LIBRARY.packs["invented.relending"]

    assert (terms.kind, terms.subject, terms.door) == ("terms", "institution", "")
    assert (terms.tasks, terms.topic, terms.stages) == ((47, 51), "relending", ("seed", "startup"))
    assert terms.parameters["quota"].values[0].value == 12_500_000_000
    assert terms.parameters["review_max"].values[0].value == 180


def test_codes_may_have_english_names() -> None:
    stage = LIBRARY.facts["life_stage"]

    assert stage.codes == {"seed": "种子期", "startup": "初创期", "growth": "成长期"}
    assert stage.codes_en == {"seed": "seed"}
    assert [(words.zh, words.en) for words in (fact_words(stage, "seed"), fact_words(stage, "growth"))] == [
        ("种子期", "seed"),
        ("成长期", "growth"),
    ]


def test_shelf_is_read() -> None:
    bank = LIBRARY.shelf["invented_bank"]
    quick, plain = bank.products

    assert (bank.label, bank.label_en, bank.kind) == ("虚构银行", "Invented Bank", "bank")
    assert (quick.key, quick.kind, quick.door, quick.region) == (
        "invented_bank.quick_loan",
        "credit_online",
        "debt",
        "420100",
    )
    assert (quick.amount_max_fen, quick.term_max_months) == (777_000_000, 36)
    assert (quick.rate, quick.guarantee_mode, quick.rule, quick.stages) == (
        None,
        "信用",
        "invented.example",
        ("startup",),
    )
    assert (quick.conditions, quick.cases) == (("在虚构市登记", "成立满一年"), ())
    assert quick.mark == Mark("some-document#art1", CHECKED, "press")
    assert (plain.amount_max_fen, plain.term_max_months, plain.guarantee_mode) == (None, None, None)


def test_shelf_is_no_pack_and_belongs_to_the_hash(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(SOUND, tmp_path / "policies"))
    path = folder / "invented/shelf/invented_bank.yaml"
    assert not any("shelf" in key for key in pack_files(folder))

    path.write_text(path.read_text(encoding="utf-8") + "# a remark\n", encoding="utf-8")
    assert load_library(folder).sha256 == LIBRARY.sha256

    path.write_text(path.read_text(encoding="utf-8").replace("777", "778"), encoding="utf-8")
    assert load_library(folder).sha256 != LIBRARY.sha256

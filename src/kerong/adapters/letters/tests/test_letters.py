"""Letters: PDF/A with the same bytes each time, whole Chinese text, official .docx, codes that notice a slip."""

from __future__ import annotations

import hashlib
import io
import json
import time
from dataclasses import replace
from datetime import date
from pathlib import Path

import docx
import pypdf
import pytest
from docx.shared import Pt
from hypothesis import given
from hypothesis import strategies as st

import kerong
from kerong.adapters.letters import (
    LetterContent,
    LetterTable,
    letter_docx,
    letter_pdf,
    new_code,
    normal_code,
    shown_code,
    statement_pdf,
)
from kerong.adapters.letters.codes import ALPHABET

CODE, ADDRESS = "0123456789ABCDEV", "https://kerong.example/verify/0123-4567-89AB-CDEV/"
CONTENT = LetterContent(
    sender="演示银行（虚构）",
    recipients=("光谷样例光电（虚构）",),
    number="演银函〔2026〕1号",
    title="关于材料的答复函",
    paragraphs=("贵公司的材料已收悉。", '#panic("x") $x$ *b* @y \\'),
    issued_on="2026-11-23",
    table=LetterTable(("材料", "金额（万元）"), (("财务报表", "-38.00"),), (1,)),
    is_demo=True,
)


def text_of(pdf: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return "".join("".join(page.extract_text() for page in pages).split())


def test_a_letter_has_the_same_bytes_each_time_and_other_bytes_for_another_word() -> None:
    first, second = (letter_pdf(CONTENT, code=CODE, address=ADDRESS) for _ in range(2))
    other = letter_pdf(replace(CONTENT, title="关于材料的答复函。"), code=CODE, address=ADDRESS)

    assert first == second
    assert first != other


def test_a_letter_is_pdf_a_2b_with_our_font_inside_and_nothing_outside() -> None:
    pdf = letter_pdf(CONTENT, code=CODE, address=ADDRESS)

    assert b"<pdfaid:part>2</pdfaid:part>" in pdf
    assert b"<pdfaid:conformance>B</pdfaid:conformance>" in pdf
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    fonts = {
        font["/BaseFont"].partition("+")[2]
        for page in reader.pages
        for each in page["/Resources"]["/Font"].values()
        for font in [each.get_object()]
    }
    assert {name.partition("-")[0] for name in fonts} == {"NotoSansSC"}


def test_a_letter_prints_what_it_was_given_and_runs_none_of_it() -> None:
    text = text_of(letter_pdf(CONTENT, code=CODE, address=ADDRESS))

    for words in (
        "演示数据",
        "光谷样例光电（虚构）：",
        "演银函〔2026〕1号",
        '#panic("x")$x$*b*@y\\',
        "-38.00",
        ADDRESS,
    ):
        assert words in text
    assert shown_code(CODE) in text
    assert "2026年11月23日" in text


def test_content_survives_being_kept_as_plain_values() -> None:
    kept = json.loads(json.dumps(CONTENT.as_mapping()))

    assert LetterContent.from_mapping(kept) == CONTENT


def test_a_statement_of_300_rows_is_quick_small_and_the_same_each_time() -> None:
    rows = [[i, "2026-11-23", f"第{i}笔", "1,234.50", "-33.00"] for i in range(300)]

    def made() -> bytes:
        return statement_pdf(
            "对账单",
            {"户名": "虚构"},
            ["序号", "日期", "摘要", "借方", "贷方"],
            rows,
            ["", "", "合计", "1.00", ""],
        )

    first = made()
    began = time.perf_counter()
    second = made()
    took = time.perf_counter() - began

    assert first == second
    # Half a second is promised; the factor is for a machine that does other things at the same time.
    assert took < 0.5 * 4
    assert len(first) < 200_000
    text = text_of(first)
    assert "第299笔" in text
    assert "合计" in text


def test_a_statement_without_rows_says_so() -> None:
    assert "没有记录" in text_of(statement_pdf("对账单", {}, ["甲", "乙"], [], on=date(2026, 1, 1)))


def test_docx_has_the_page_and_type_of_an_official_paper() -> None:
    made = docx.Document(io.BytesIO(letter_docx(CONTENT)))

    section = made.sections[0]
    margins = [
        round(side.mm)
        for side in (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    ]
    assert margins == [37, 35, 28, 26]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    body = made.styles["Normal"]
    assert body.font.size == Pt(16)
    assert Pt(28) <= body.paragraph_format.line_spacing <= Pt(30)
    texts = [paragraph.text for paragraph in made.paragraphs]
    assert texts[1] == "关于材料的答复函"
    assert "光谷样例光电（虚构）：" in texts
    assert [cell.text for cell in made.tables[0].rows[1].cells] == ["财务报表", "-38.00"]


def test_codes_are_long_and_never_the_same() -> None:
    codes = {new_code() for _ in range(200)}

    assert len(codes) == 200
    assert {len(code) for code in codes} == {16}
    assert all(normal_code(shown_code(code).lower()) == code for code in codes)


@given(st.integers(0, 15), st.sampled_from(ALPHABET))
def test_a_code_notices_any_one_wrong_letter(place: int, letter: str) -> None:
    code = new_code()
    wrong = code[:place] + letter + code[place + 1 :]

    assert normal_code(wrong) == (code if wrong == code else None)


@pytest.mark.parametrize("typed", ["", "0", "0123456789ABCDE", "0123456789ABCDE!", "零" * 16, "0" * 17])
def test_what_cannot_be_a_code_is_none(typed: str) -> None:
    assert normal_code(typed) is None


def test_the_font_is_the_one_its_manifest_names() -> None:
    folder = Path(kerong.__file__).parent / "fonts"
    [entry] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["files"]

    content = (folder / entry["file"]).read_bytes()
    assert hashlib.sha256(content).hexdigest() == entry["sha256"]
    assert len(content) < 3 * 1024 * 1024
    assert "SIL Open Font License" in (folder / "OFL.txt").read_text(encoding="utf-8").replace(
        "SIL OPEN FONT LICENSE", "SIL Open Font License"
    )

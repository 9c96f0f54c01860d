"""T36: no export runs as a formula in the official's spreadsheet; what was written is read back, numbers as numbers."""

from __future__ import annotations

import csv
import io
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from django.urls import get_resolver, reverse

from kerong.adapters.registers.side_file import harmless as as_written_by_an_import
from kerong.adapters.sheets import CSV_TYPE, XLSX_TYPE, as_csv, as_xlsx, harmless
from kerong.portal.storeys import STOREYS
from kerong.records.documents.actions import upload, write_letter
from kerong.records.evidence.actions import acting
from kerong.records.notices.actions import tell
from kerong.records.parties.queries import ROLES

sys.path.insert(0, str(Path(__file__).parents[1] / "access"))
from routes import ROUTES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.test import Client
    from pytest_django.fixtures import SettingsWrapper

    from kerong.records.packs.queries import CurrentLaw

SOURCE = Path(__file__).parents[2] / "src" / "kerong"
FIRM = "enterprise:X9420100DEM000014E"
HOSTILE = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://x","y")',
    "＝1",
)
RUNS = re.compile(r"^ *[=+\-@\t\r＝＋－＠]")
NUMBER = re.compile(r"^-?[0-9]+(\.[0-9]+)?$")
PARTIES = {
    "enterprise": FIRM,
    "institution": "institution:demo_bank_01",
    "office": "office:dept_finance",
    "platform": "platform",
}


def export_routes() -> list[str]:
    """Return the names of all routes whose address says which kind of file is wanted."""
    return sorted(_with_ending(get_resolver().url_patterns, ""))


def _with_ending(patterns: list[Any], prefix: str) -> Iterator[str]:
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            inside = f"{pattern.namespace}:" if pattern.namespace else ""
            yield from _with_ending(pattern.url_patterns, f"{prefix}{inside}")
        elif pattern.name and "ending" in pattern.pattern.converters:
            yield f"{prefix}{pattern.name}"


@pytest.fixture
def clients(sign_in: Callable[..., Client]) -> Callable[[object], Client]:
    """Return a finder of a client that may ask for a route."""
    made: dict[str, Client] = {}

    def find(audience: object) -> Client:
        fitting = [
            role.key
            for role in ROLES.values()
            if isinstance(audience, str) or any(duty in role.duties for duty in audience)
        ]
        wanted = "agent" if "agent" in fitting else fitting[0]
        if wanted not in made:
            made[wanted] = sign_in(wanted, PARTIES[ROLES[wanted].party_kind])
        return made[wanted]

    return find


def write_hostile_rows(actor: object) -> None:
    with acting(actor):
        for i, text in enumerate(HOSTILE):
            tell(to_party=FIRM, kind="case", title=text, body=text, key=f"t36:{i}")
            upload(owner=FIRM, name=f"{text}.pdf", content=b"%PDF-1.7\n" + bytes([i]), kind="other")
        write_letter(owner=FIRM, recipients=[], kind="reply", title="=1+1", number="@1", paragraphs=["正文"])


def test_abuse_T36_no_export_holds_a_formula(
    law: CurrentLaw, clients: Callable[[object], Client], settings: SettingsWrapper, tmp_path: Path
) -> None:
    del law
    settings.KERONG_HOME = tmp_path
    write_hostile_rows(clients("signed_in").actor)

    seen = {}
    for name in export_routes():
        route = ROUTES[name]
        client = clients(route.audience)
        for ending, content_type in (("csv", CSV_TYPE), ("xlsx", XLSX_TYPE)):
            answer = client.get(reverse(name, kwargs={**route.arguments, "ending": ending}))
            if answer.status_code == 404 and 404 in route.gives:
                continue
            assert (answer.status_code, answer["Content-Type"]) == (200, content_type), name
            assert answer["Content-Disposition"].startswith("attachment"), name
            content = b"".join(answer.streaming_content) if answer.streaming else answer.content
            seen[name, ending] = dangerous_cells(content, ending)

    assert {"documents:materials_export", "documents:letters_export", "notices:notices_export"} <= {
        name for name, _ending in seen
    }
    assert {key: cells for key, cells in seen.items() if cells} == {}


def dangerous_cells(content: bytes, ending: str) -> list[str]:
    """Return the cells that a spreadsheet would run."""
    if ending == "csv":
        lines = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
        return [cell for line in lines for cell in line if RUNS.match(cell) and not NUMBER.match(cell)]
    book = openpyxl.load_workbook(io.BytesIO(content))
    return [
        str(cell.value)
        for sheet in book.worksheets
        for line in sheet.iter_rows()
        for cell in line
        if cell.data_type == "f"
        or (cell.data_type == "s" and RUNS.match(str(cell.value)) and not cell.quotePrefix)
    ]


def test_abuse_T36_hostile_titles_come_back_as_the_texts_they_are(
    clients: Callable[[object], Client], settings: SettingsWrapper, tmp_path: Path
) -> None:
    settings.KERONG_HOME = tmp_path
    client = clients("signed_in")
    write_hostile_rows(client.actor)

    book = openpyxl.load_workbook(io.BytesIO(client.get("/notices/export.xlsx").content))
    in_book = [row[0] for row in book.worksheets[0].iter_rows(min_row=2, values_only=True)]
    lines = list(
        csv.reader(io.StringIO(client.get("/notices/export.csv").content.decode("utf-8-sig"), newline=""))
    )

    assert sorted(in_book) == sorted(HOSTILE)
    assert sorted(line[0] for line in lines[1:]) == sorted(f"'{text}" for text in HOSTILE)


def test_abuse_T36_negative_numbers_stay_numbers() -> None:
    head, rows = ["数", "文"], [[-5, "-5"], [-0.25, "甲"]]

    book = openpyxl.load_workbook(io.BytesIO(as_xlsx("表", head, rows)))
    lines = list(csv.reader(io.StringIO(as_csv(head, rows).decode("utf-8-sig"), newline="")))

    assert [(cell.value, cell.data_type) for cell in book.worksheets[0]["A"]][1:] == [(-5, "n"), (-0.25, "n")]
    assert lines[1:] == [["-5", "'-5"], ["-0.25", "甲"]]


def test_abuse_T36_there_is_one_writer_of_tables() -> None:
    writes = re.compile(r"csv\.(writer|DictWriter)|\bWorkbook\(|WriteOnlyCell\(|xlsxwriter")
    folders = [SOURCE / name for name in (*STOREYS, "portal", "adapters", "cli")]

    found = {
        str(path.relative_to(SOURCE))
        for folder in folders
        for path in folder.rglob("*.py")
        if "tests" not in path.parts and writes.search(path.read_text(encoding="utf-8"))
    }

    # The second writes the rows an import refused, one by one, and makes each cell harmless by the same rule.
    assert found == {"adapters/sheets.py", "adapters/registers/side_file.py"}
    assert as_written_by_an_import("=1+1") == harmless("=1+1")

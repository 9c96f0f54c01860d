"""T35: a partner sends bombs, traps and disguises as files; each is refused in words, and the service goes on."""

from __future__ import annotations

import io
import random
import resource
import stat
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from kerong.adapters.sheets import XLSX_TYPE, as_xlsx
from kerong.adapters.uploads import SheetLimits, UploadRefusedError, accept, read_sheet, spreadsheets
from kerong.records.documents.models import Document
from kerong.records.evidence.actions import acting

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client
    from pytest_django.fixtures import SettingsWrapper

FIRM = "enterprise:X9420100DEM000014E"
MEGABYTE = 1024 * 1024
MEMORY_MAX_KIB = 512 * 1024
READ_ALL = """
import os, resource, sys
from pathlib import Path
os.environ["DJANGO_SETTINGS_MODULE"] = "kerong.portal.settings"
import django; django.setup()
from kerong.adapters.uploads import UploadRefusedError, accept
read = 0
for path in sorted(Path(sys.argv[1]).iterdir()):
    try:
        accept(name=path.name.partition("-")[2], content=path.read_bytes())
    except UploadRefusedError:
        read += 1
print(read, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    b'<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><l>&c;</l>'
)
OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/passwd">]><l>&x;</l>'
REMOTE = b'<?xml version="1.0"?><!DOCTYPE l SYSTEM "http://127.0.0.1:9/x.dtd"><l/>'
WORKBOOK = (
    b'<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    b' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    b'<sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
WORKBOOK_LINKS = (
    b'<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    b'<Relationship Id="rId1" Target="worksheets/sheet1.xml"'
    b' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"/></Relationships>'
)
# What would cost memory, time or more if it were opened; disguises are refused before that.
DANGEROUS = (
    "zip bomb",
    "zip of too much",
    "zip that lies",
    "zip in a zip",
    "path upwards",
    "symlink",
    "xlsx of 400,000 rows",
    "xlsx bomb",
    "docx with laughs",
    "xlsx with entities",
)
TYPES_PART = (
    b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    b'<Default Extension="xml" ContentType="application/xml"/>'
    b'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    b'<Override PartName="/xl/workbook.xml"'
    b' ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
)


def packed(files: dict[str, bytes], *, link: str = "") -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
        if link:
            entry = zipfile.ZipInfo("link")
            entry.external_attr = (stat.S_IFLNK | 0o777) << 16
            archive.writestr(entry, link)
    return written.getvalue()


def lying_about_size() -> bytes:
    """Return an archive whose table of contents says that ten megabytes are ten bytes."""
    content = bytearray(packed({"a.txt": b"0" * (10 * MEGABYTE)}))
    size = (10 * MEGABYTE).to_bytes(4, "little")
    assert content.count(size) == 2
    return bytes(content.replace(size, (10).to_bytes(4, "little")))


def workbook_of(rows: int, *, noise: bool) -> bytes:
    """Return a workbook of so many rows; with noise it cannot be told from an honest one by how it shrinks."""
    draw = random.Random(35)  # noqa: S311 - repeatable noise, no secret
    sheet = io.BytesIO()
    sheet.write(
        b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    )
    for _row in range(rows):
        number = draw.randrange(10**12) if noise else 1
        sheet.write(b"<row><c><v>%d</v></c><c><v>%d</v></c></row>" % (number, number * 7))
    sheet.write(b"</sheetData></worksheet>")
    parts = {
        "[Content_Types].xml": TYPES_PART,
        "xl/workbook.xml": WORKBOOK,
        "xl/_rels/workbook.xml.rels": WORKBOOK_LINKS,
        "xl/worksheets/sheet1.xml": sheet.getvalue(),
    }
    return packed(parts)


def corpus() -> dict[str, tuple[str, bytes, str, str]]:
    """Return what a partner may send: name → file name, content, declared type, the reason of refusal."""
    word = {"[Content_Types].xml": TYPES_PART, "word/document.xml": b"<d/>"}
    undeclared = ""
    return {
        "zip bomb": ("a.zip", packed({"a": b"\0" * (150 * MEGABYTE)}), undeclared, "ratio"),
        "zip of too much": (
            "a.zip",
            packed({f"{i}": b"\0" * (21 * MEGABYTE) for i in range(10)}),
            undeclared,
            "unpacked",
        ),
        "zip that lies": ("a.zip", lying_about_size(), undeclared, "content"),
        "zip of many": ("a.zip", packed({f"{i}.txt": b"1" for i in range(101)}), undeclared, "files"),
        "zip in a zip": ("a.zip", packed({"b.pdf": packed({"c.txt": b"1"})}), undeclared, "nested"),
        "tar in a zip": ("a.zip", packed({"b.tar.gz": b"1"}), undeclared, "nested"),
        "path upwards": ("a.zip", packed({"../../etc/cron.d/x": b"1"}), undeclared, "path"),
        "path from the root": ("a.zip", packed({"/etc/passwd": b"1"}), undeclared, "path"),
        "path of a drive": ("a.zip", packed({"C:\\x.txt": b"1"}), undeclared, "path"),
        "symlink": ("a.zip", packed({"a.txt": b"1"}, link="/etc/passwd"), undeclared, "link"),
        "broken zip": ("a.zip", packed({"a.txt": b"1" * 99})[:-30], undeclared, "content"),
        "xlsx of 400,000 rows": ("a.xlsx", workbook_of(400_000, noise=True), undeclared, "cells"),
        "xlsx bomb": ("a.xlsx", workbook_of(400_000, noise=False), undeclared, "ratio"),
        "docx with entities": (
            "a.docx",
            packed({**word, "word/document.xml": OUTSIDE}),
            undeclared,
            "markup",
        ),
        "docx with laughs": ("a.docx", packed({**word, "word/styles.xml": LAUGHS}), undeclared, "markup"),
        "docx with a remote DTD": (
            "a.docx",
            packed({**word, "docProps/app.xml": REMOTE}),
            undeclared,
            "markup",
        ),
        "xlsx with entities": (
            "a.xlsx",
            packed({"[Content_Types].xml": TYPES_PART, "xl/workbook.xml": OUTSIDE}),
            undeclared,
            "markup",
        ),
        "docx with macros": ("a.docx", packed({**word, "word/vbaProject.bin": b"1"}), undeclared, "macro"),
        "docx that is a plain zip": ("a.docx", packed({"a.txt": b"1"}), undeclared, "content"),
        "xml with entities": ("a.xml", OUTSIDE, "text/xml", "markup"),
        "xml with laughs": ("a.xml", LAUGHS, "text/xml", "markup"),
        "xml in UTF-16 with entities": (
            "a.xml",
            OUTSIDE.decode().replace('"1.0"', '"1.0" encoding="utf-16"').encode("utf-16"),
            "text/xml",
            "content",
        ),
        "program named pdf": ("a.pdf", b"MZ\x90\x00" + b"0" * 99, "application/pdf", "content"),
        "page named png": ("a.png", b"<script>alert(1)</script>", "image/png", "content"),
        "page named csv": ("a.csv", b"<html><script>alert(1)</script>", "text/csv", "content"),
        "pdf declared as a page": ("a.pdf", b"%PDF-1.7\n", "text/html", "declared_type"),
        "svg": ("a.svg", b"<svg/>", "image/svg+xml", "extension"),
        "page": ("a.html", b"<p>", "text/html", "extension"),
        "workbook with macros": ("a.xlsm", b"PK\x03\x04", undeclared, "extension"),
        "two endings": ("a.pdf.exe", b"%PDF-1.7\n", "application/pdf", "extension"),
        "ending written backwards": ("a\u202efdp.exe", b"%PDF-1.7\n", undeclared, "extension"),
        "nothing": ("a.pdf", b"", "application/pdf", "empty"),
        "too large": ("a.pdf", b"%PDF-" + b"0" * (20 * MEGABYTE), "application/pdf", "size"),
    }


@pytest.fixture(scope="module")
def sent() -> dict[str, tuple[str, bytes, str, str]]:
    return corpus()


def test_abuse_T35_each_trap_is_refused_for_its_reason(sent: dict[str, tuple[str, bytes, str, str]]) -> None:
    refused = {}
    for name, (file_name, content, declared, _reason) in sent.items():
        with pytest.raises(UploadRefusedError) as caught:
            accept(name=file_name, content=content, declared_type=declared)
        refused[name] = caught.value.reason

    assert refused == {name: reason for name, (_file, _content, _declared, reason) in sent.items()}


def test_abuse_T35_the_service_survives_all_of_it_within_512_megabytes(
    sent: dict[str, tuple[str, bytes, str, str]],
    sign_in: Callable[..., Client],
    settings: SettingsWrapper,
    tmp_path: Path,
) -> None:
    settings.KERONG_HOME = tmp_path / "home"
    client = sign_in("agent", FIRM)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    answers = {}
    for name in DANGEROUS:
        file_name, content, declared, _reason = sent[name]
        file = SimpleUploadedFile(file_name, content, declared or "application/octet-stream")
        answer = client.post("/materials/new/", {"kind": "other", "file": file})
        answers[name] = answer.status_code
    good = client.post(
        "/materials/new/",
        {"kind": "other", "file": SimpleUploadedFile("好.xlsx", as_xlsx("表", ["甲"], [["乙"]]), XLSX_TYPE)},
    )

    assert answers == dict.fromkeys(DANGEROUS, 422)
    assert good.status_code == 302
    with acting(client.actor):
        assert [each.name for each in Document.objects.all()] == ["好.xlsx"]
    assert memory_of_readers(tmp_path / "traps", sent) <= MEMORY_MAX_KIB
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before <= MEMORY_MAX_KIB


def memory_of_readers(folder: Path, sent: dict[str, tuple[str, bytes, str, str]]) -> int:
    """Return the most memory in KiB that a process which read one of the traps took.

    A small process of its own starts the readers: the kernel counts what this one's children ever took, browsers among
    them, and counts a parent's own memory to a child that it just started.
    """
    folder.mkdir()
    for number, name in enumerate(DANGEROUS):
        file_name, content, _declared, _reason = sent[name]
        (folder / f"{number}-{Path(file_name).name}").write_bytes(content)
    made = subprocess.run(
        [sys.executable, "-c", READ_ALL, str(folder)], capture_output=True, text=True, check=True
    )
    read, memory = made.stdout.split()
    assert int(read) == len(DANGEROUS)
    return int(memory)


def test_abuse_T35_names_are_kept_without_folders_and_tricks() -> None:
    taken = accept(name="../../etc/C:\\x\\执照\u202e\n.PDF", content=b"%PDF-1.7\n")

    assert (taken.name, taken.extension, taken.content_type) == ("执照.PDF", "pdf", "application/pdf")


def test_abuse_T35_an_honest_workbook_is_read_and_a_hungry_one_is_stopped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    book = as_xlsx("表", ["名称", "数"], [["甲", 5], ["乙", -2]])

    assert read_sheet(book) == [["名称", "数"], ["甲", 5], ["乙", -2]]
    with pytest.raises(UploadRefusedError) as caught:
        read_sheet(book, SheetLimits(rows=2))
    assert caught.value.reason == "cells"
    monkeypatch.setattr(spreadsheets, "MEMORY_MAX", 24 * MEGABYTE)
    with pytest.raises(UploadRefusedError) as caught:
        read_sheet(book)
    assert caught.value.reason == "content"


def test_abuse_T35_a_workbook_that_takes_too_long_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheets, "WALL_SECONDS_MAX", 0.01)

    with pytest.raises(UploadRefusedError) as caught:
        read_sheet(as_xlsx("表", ["甲"], []))
    assert caught.value.reason == "time"

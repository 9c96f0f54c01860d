"""Takes a file or refuses it: extension, content and declared type must agree, and nothing inside may explode."""

from __future__ import annotations

import io
import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath

from django.utils.translation import gettext as _

from kerong.adapters.uploads.archives import check_archive, check_office_archive
from kerong.adapters.uploads.markup import refuse_declarations
from kerong.adapters.uploads.refusals import UploadRefusedError
from kerong.adapters.uploads.spreadsheets import check_sheets

SIZE_MAX = 20 * 1024 * 1024
NAME_MAX = 200
_HEAD = 1024
_UNDECLARED = frozenset({"", "application/octet-stream"})
_OOXML = "application/vnd.openxmlformats-officedocument"


@dataclass(frozen=True)
class UploadType:
    """One type of file: what browsers declare for it, and how its content begins."""

    content_type: str
    begins: tuple[bytes, ...]
    also_declared: frozenset[str] = frozenset()


TYPES: dict[str, UploadType] = {
    "pdf": UploadType("application/pdf", (b"%PDF-",)),
    "jpg": UploadType("image/jpeg", (b"\xff\xd8\xff",), frozenset({"image/jpg", "image/pjpeg"})),
    "jpeg": UploadType("image/jpeg", (b"\xff\xd8\xff",), frozenset({"image/jpg", "image/pjpeg"})),
    "png": UploadType("image/png", (b"\x89PNG\r\n\x1a\n",)),
    "docx": UploadType(
        f"{_OOXML}.wordprocessingml.document", (b"PK\x03\x04",), frozenset({"application/zip"})
    ),
    "xlsx": UploadType(f"{_OOXML}.spreadsheetml.sheet", (b"PK\x03\x04",), frozenset({"application/zip"})),
    "ofd": UploadType("application/ofd", (b"PK\x03\x04",), frozenset({"application/zip"})),
    "zip": UploadType("application/zip", (b"PK\x03\x04",), frozenset({"application/x-zip-compressed"})),
    # Text has no beginning of its own; it is read instead. Excel claims csv for itself on Windows.
    "csv": UploadType("text/csv", (), frozenset({"application/vnd.ms-excel", "text/plain"})),
    "xml": UploadType("application/xml", (), frozenset({"text/xml"})),
}
"""Every type that is taken, by extension. Macros, programs, HTML and SVG are not in it."""

_OFFICE_PARTS = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "ofd": "OFD.xml"}


@dataclass(frozen=True)
class Accepted:
    """A file that was taken: its clean name, and the type we say it has when we hand it out."""

    name: str
    extension: str
    content_type: str


def accept(*, name: str, content: bytes, declared_type: str = "") -> Accepted:
    """Check a file and return its clean name and type. Raises UploadRefusedError."""
    clean = clean_name(name)
    extension = PurePosixPath(clean).suffix.removeprefix(".").lower()
    kind = TYPES.get(extension)
    if kind is None:
        allowed = "、".join(TYPES)
        raise UploadRefusedError(
            "extension", _("不收这种文件。可以上传：{allowed}。").format(allowed=allowed)
        )
    if not content:
        raise UploadRefusedError("empty", _("文件是空的。"))
    if len(content) > SIZE_MAX:
        size = SIZE_MAX // (1024 * 1024)
        raise UploadRefusedError(
            "size", _("文件太大：最多 {size} MB。拍照件请降低清晰度再传。").format(size=size)
        )
    declared = declared_type.split(";", maxsplit=1)[0].strip().lower()
    if declared not in _UNDECLARED | {kind.content_type} | kind.also_declared:
        raise UploadRefusedError("declared_type", _("文件的类型和扩展名对不上。"))
    if kind.begins and not content.startswith(kind.begins):
        raise UploadRefusedError(
            "content", _("文件的内容不是 {extension}。请另存为正确的格式再传。").format(extension=extension)
        )
    _look_inside(extension, content)
    return Accepted(clean, extension, kind.content_type)


def clean_name(name: str) -> str:
    """Return a file name without folders, control letters or reversed writing, short enough to keep."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    shown = "".join(
        letter for letter in unicodedata.normalize("NFC", last) if unicodedata.category(letter)[0] != "C"
    )
    stem, dot, ending = shown.strip().rpartition(".")
    return (
        f"{(stem or '文件')[: NAME_MAX - len(ending) - 1]}{dot}{ending}" if dot else shown.strip()[:NAME_MAX]
    )


def _look_inside(extension: str, content: bytes) -> None:
    if extension in _OFFICE_PARTS:
        check_office_archive(content, needed=_OFFICE_PARTS[extension])
        if extension == "xlsx":
            check_sheets(content)
    elif extension == "zip":
        check_archive(content)
    elif extension in {"csv", "xml"}:
        _check_text(content)
        if extension == "xml":
            refuse_declarations(io.BytesIO(content))


def _check_text(content: bytes) -> None:
    head = content[:_HEAD].lstrip().lower()
    if b"\0" in content or head.startswith((b"<!doctype html", b"<html", b"<svg")):
        raise UploadRefusedError("content", _("文件的内容和扩展名对不上。"))
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return
    raise UploadRefusedError("content", _("读不出文件里的文字：请存为 UTF-8 或 GB18030。"))

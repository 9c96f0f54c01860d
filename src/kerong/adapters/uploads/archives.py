"""Looks into archives without unpacking them to disk: how many files, how large, and nothing that escapes or nests."""

from __future__ import annotations

import io
import stat
import zipfile
import zlib
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from kerong.adapters.uploads.markup import refuse_declarations
from kerong.adapters.uploads.refusals import UploadRefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator

FILES_MAX = 100
UNPACKED_MAX = 200 * 1024 * 1024
RATIO_MAX = 100
# A small file may shrink more than a hundredfold by honest repetition; it cannot hurt anybody.
SMALL = 1024 * 1024
_CHUNK = 64 * 1024
_ENCRYPTED = 0x1
_UNIX_MODE = 16
_ARCHIVES = (
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"Rar!\x1a\x07",
    b"7z\xbc\xaf\x27\x1c",
    b"\x1f\x8b",
    b"BZh",
    b"\xfd7zXZ\x00",
)
_ARCHIVE_ENDINGS = (".zip", ".rar", ".7z", ".gz", ".tgz", ".tar", ".bz2", ".xz", ".jar")
_TAR_SIGN, _TAR_AT = b"ustar", 257


def check_archive(content: bytes) -> None:
    """Check an archive that a person packed. Raises UploadRefusedError."""
    with _opened(content) as archive:
        for entry in _entries(archive, len(content)):
            _read_through(archive, entry)


def check_office_archive(content: bytes, *, needed: str) -> None:
    """Check a document that is an archive inside (docx, xlsx, ofd), XML parts included. Raises UploadRefusedError."""
    with _opened(content) as archive:
        names: set[str] = set()
        for entry in _entries(archive, len(content)):
            names.add(entry.filename)
            if "vbaProject" in entry.filename:
                raise UploadRefusedError("macro", _("不收带宏的文件。"))
            _read_through(archive, entry)
            if entry.filename.lower().endswith((".xml", ".rels", ".vml")):
                with archive.open(entry) as part:
                    refuse_declarations(part)
        if needed not in names:
            raise UploadRefusedError("content", _("文件的内容和扩展名对不上。"))


def _opened(content: bytes) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise UploadRefusedError("content", _("文件损坏，读不出来。")) from error


def _entries(archive: zipfile.ZipFile, packed: int) -> Iterator[zipfile.ZipInfo]:
    """Yield the files of an archive after its table of contents was found harmless."""
    entries = archive.infolist()
    if len(entries) > FILES_MAX:
        raise UploadRefusedError("files", _("压缩包里的文件太多：最多 {count} 个。").format(count=FILES_MAX))
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > UNPACKED_MAX:
        size = UNPACKED_MAX // (1024 * 1024)
        raise UploadRefusedError("unpacked", _("解压后太大：最多 {size} MB。").format(size=size))
    if unpacked > SMALL and unpacked > RATIO_MAX * packed:
        raise UploadRefusedError("ratio", _("压缩得不正常，不收。"))
    for entry in entries:
        _refuse_strange(entry)
        if not entry.is_dir():
            yield entry


def _refuse_strange(entry: zipfile.ZipInfo) -> None:
    name = entry.orig_filename.replace("\\", "/")
    if name.startswith("/") or ".." in name.split("/") or ":" in name or "\0" in name:
        raise UploadRefusedError("path", _("压缩包里有指向别处的路径。"))
    mode = entry.external_attr >> _UNIX_MODE
    if mode and stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise UploadRefusedError("link", _("压缩包里有链接或特殊文件。"))
    if entry.flag_bits & _ENCRYPTED:
        raise UploadRefusedError("encrypted", _("压缩包有密码，看不到里面。请去掉密码再传。"))
    if name.lower().endswith(_ARCHIVE_ENDINGS):
        raise UploadRefusedError("nested", _("压缩包里还有压缩包。请解开再传。"))


def _read_through(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """Unpack a file into nothing, counting: what the table of contents says of its size may be a lie."""
    seen, head = 0, b""
    try:
        with archive.open(entry) as file:
            while chunk := file.read(_CHUNK):
                head = head or chunk
                seen += len(chunk)
                if seen > min(entry.file_size, UNPACKED_MAX):
                    raise UploadRefusedError("unpacked", _("压缩包里文件的大小和目录对不上。"))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise UploadRefusedError("content", _("文件损坏，读不出来。")) from error
    if seen > SMALL and seen > RATIO_MAX * max(entry.compress_size, 1):
        raise UploadRefusedError("ratio", _("压缩得不正常，不收。"))
    if head.startswith(_ARCHIVES) or head[_TAR_AT:].startswith(_TAR_SIGN):
        raise UploadRefusedError("nested", _("压缩包里还有压缩包。请解开再传。"))

"""Takes in a file of facts as a whole: directory, observations, what holds now, and one line of evidence."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq
from django.db import transaction

from kerong.basics.acting import HOUSE_ROLE, current_actor
from kerong.basics.canonical import digest
from kerong.basics.clock import current_clock
from kerong.basics.identifiers import new_identifier
from kerong.basics.party_reference import enterprise
from kerong.records.evidence.actions import house, seal
from kerong.records.facts.actions.copying import (
    coming_with_dossier,
    copy_observations,
    make_dossiers,
    replace_dossiers,
)
from kerong.records.facts.actions.parquet_rows import facts_in, rows_of
from kerong.records.facts.actions.stating import project
from kerong.records.facts.models import ImportBatch
from kerong.records.facts.queries.batches import batch_with
from kerong.records.facts.queries.sources import SOURCES
from kerong.records.packs.queries import current
from kerong.records.parties.actions import DirectoryLine, store_enterprises
from kerong.records.parties.queries import NotAllowedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

IMPORTS = "facts.import"
# 征信业管理条例第十四条: what nobody may collect about a person, whatever the consent.
FORBIDDEN = ("宗教信仰", "基因", "指纹", "血型", "疾病", "病史")
_INVENTED = "X"


class ImportRefusedError(ValueError):
    """A file of facts cannot be taken in; the message says what to do."""


@transaction.atomic
def import_facts(  # noqa: PLR0913 - what a batch says of itself
    *,
    parquet: Path,
    source: str,
    as_of: date,
    basis: str,
    origin: str = "",
    file_name: str = "",
    rows_read: int,
    rows_rejected: int,
    quality: Mapping[str, Any] | None = None,
    headings: Iterable[str] = (),
) -> tuple[ImportBatch, bool]:
    """Take in a checked file of facts whole or not at all; return its batch and whether it is new.

    The same content from the same source for the same day is taken in once. ``basis`` says why it may be kept:
    "published", or a consent or statute by reference. ``headings`` are those of the original file. The directory gains
    firms that have a name. Raises NotAllowedError, ImportRefusedError.
    """
    _check(source, as_of, basis, headings)
    law = current().library.facts
    names = facts_in(parquet, law)
    if not names:
        raise ImportRefusedError("这个文件里没有可以入库的事实。")
    mark = digest({"content": _sha256(parquet), "source": source, "as_of": as_of, "basis": basis})
    actor, now = current_actor(), current_clock().now()
    with house("a batch speaks of many subjects"):
        if known := batch_with(mark):
            return known, False
        key = new_identifier(now)
        stated = {
            "source": source, "origin": origin, "as_of": as_of, "stated_at": now, "basis": basis, "batch": str(key),
        }  # fmt: skip
        rows = ((enterprise(uscc), name, facts) for uscc, name, facts in rows_of(parquet, names, law))
        with copy_observations(rows, stated) as number:
            replace_dossiers(stated)
            again = coming_with_dossier()
            new = make_dossiers(at=now)
            project(again, at=now)
        store_enterprises(enterprises=_lines(parquet))
        batch = ImportBatch.objects.create(
            id=key,
            owner=actor.party or "platform",
            digest=mark,
            source=source,
            origin=origin,
            as_of=as_of,
            basis=basis,
            file_name=file_name,
            rows_read=rows_read,
            rows_imported=number,
            rows_rejected=rows_rejected,
            subjects_new=new,
            facts_stated=_count(parquet, names),
            quality=dict(quality or {}),
            imported_by=actor.user,
            imported_at=now,
        )
        counts = {"rows": number, "rejected": rows_rejected, "facts": batch.facts_stated, "source": source}
        seal(batch, stream="facts", kind="facts_imported", detail=counts)
    return batch, True


def _check(source: str, as_of: date, basis: str, headings: Iterable[str]) -> None:
    actor = current_actor()
    if not actor.may(IMPORTS) and actor.role != HOUSE_ROLE:
        raise NotAllowedError(f"needs {IMPORTS}")
    if source not in SOURCES:
        raise ImportRefusedError(f"来源 {source!r} 没有登记；可以是 {'、'.join(SOURCES)}。")
    if not basis:
        raise ImportRefusedError("请写明依据，例如 published（已公示的登记信息）。")
    if as_of > current_clock().today():
        raise ImportRefusedError("“截至”不能是将来的日子。")
    if bad := [heading for heading in headings if any(word in heading for word in FORBIDDEN)]:
        raise ImportRefusedError(
            f"列 {'、'.join(bad)} 属于征信业管理条例第十四条禁止采集的个人信息。请先从文件中删去这些列，再导入。"
        )


def _lines(parquet: Path) -> Iterator[DirectoryLine]:
    """Yield the directory lines of the firms that have a name and are not invented."""
    wanted = ("uscc", "name", "region_code", "industry_code", "registered_on")
    with pq.ParquetFile(parquet) as file:
        there = [name for name in wanted if name in file.schema_arrow.names]
        if "name" not in there:
            return
        for batch in file.iter_batches(columns=there):
            for row in batch.to_pylist():
                if row["name"] and not row["uscc"].startswith(_INVENTED):
                    yield DirectoryLine(
                        row["uscc"],
                        row["name"],
                        row.get("region_code") or "",
                        row.get("industry_code") or "",
                        _day(row.get("registered_on")),
                        None,
                        None,
                    )


def _day(stored: int | None) -> date | None:
    return None if not stored else date(stored // 10_000, stored // 100 % 100, stored % 100)


def _count(parquet: Path, names: list[str]) -> int:
    """Return how many values the file states."""
    with pq.ParquetFile(parquet) as file:
        return sum(
            len(column) - column.null_count
            for batch in file.iter_batches(columns=names)
            for column in batch.columns
        )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

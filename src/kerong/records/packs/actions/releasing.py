"""Changes to the released packs: put a whole folder in force, or refuse it with every mistake."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection, transaction

from kerong.basics.clock import SystemClock
from kerong.records.evidence.actions import seal, seal_many
from kerong.records.packs.actions.checking import checked
from kerong.records.packs.models import Release, ReleaseText
from kerong.records.packs.queries import releases
from kerong.records.packs.queries.texts import read_texts, text_sha256, texts_sha256

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path
    from typing import Any

# Any fixed number does: it keeps two releases from being numbered at the same time.
LOCK = 7_165_220_126


class ReleaseRefusedError(ValueError):
    """The release lacks what puts a law in force; ``problems`` maps each field to what is wrong with it."""

    def __init__(self, problems: dict[str, str]) -> None:
        self.problems = problems
        super().__init__("; ".join(f"{field}: {problem}" for field, problem in problems.items()))


def release_folder(  # noqa: PLR0913 - a release is these six things
    *,
    folder: Path,
    by: str,
    document_number: str,
    in_force_from: date | None,
    note: str = "",
    origin: str = Release.Origin.SHIPPED,
) -> Release:
    """Store every text of a policies folder as the next release and return it.

    Returns the current release, and writes nothing, when it holds the same texts under the same document
    number. Raises TextsRefusedError for files that cannot be stored, PolicyMistakesError with
    every mistake of loader, compiler and cases, and ReleaseRefusedError when 文号, first day or releaser is
    missing.
    """
    _check_head(by, document_number, in_force_from, origin)
    texts = read_texts(folder)
    digest = texts_sha256(texts)
    library_sha256 = checked(tuple(texts.items()), SystemClock().today())
    with transaction.atomic():
        lock_releases()
        last = releases().filter(origin=origin).first()
        if last and (last.texts_sha256, last.document_number) == (digest, document_number):
            return last
        return store_release(
            texts,
            library_sha256=library_sha256,
            released_by=by,
            document_number=document_number,
            in_force_from=in_force_from,
            note=note,
            origin=origin,
        )


def lock_releases() -> None:
    """Wait until nobody else is numbering a release; until the transaction ends nobody else does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def store_release(texts: dict[str, str], **head: Any) -> Release:
    """Store texts that were checked as the next release, in the caller's transaction and under `lock_releases`."""
    newest = releases().first()
    release = Release.objects.create(
        number=newest.number + 1 if newest else 1,
        released_at=SystemClock().now(),
        texts_sha256=texts_sha256(texts),
        **head,
    )
    stored = ReleaseText.objects.bulk_create(
        ReleaseText(release=release, path=path, text=text, sha256=text_sha256(text))
        for path, text in texts.items()
    )
    number = {"number": release.number}
    seal_many(stored, stream="packs", kind="release_text_stored", detail=number)
    seal(release, stream="packs", kind="released", detail=number)
    return release


def _check_head(by: str, document_number: str, in_force_from: date | None, origin: str) -> None:
    problems: dict[str, str] = {}
    if not by.strip():
        problems["by"] = "a release needs somebody who made it"
    if origin not in Release.Origin.values:
        problems["origin"] = f"{origin!r} is none of {', '.join(Release.Origin.values)}"
    elif origin != Release.Origin.DRAFT:
        if not document_number.strip():
            problems["document_number"] = "without 文号 it is a 测算稿; release it as a draft"
        if in_force_from is None:
            problems["in_force_from"] = "without a first day it is a 测算稿; release it as a draft"
    if problems:
        raise ReleaseRefusedError(problems)

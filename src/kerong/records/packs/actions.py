"""Changes to the released packs: put a whole folder in force, or refuse it with every mistake."""

from __future__ import annotations

import tempfile
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import connection, transaction

from kerong.basics.clock import SystemClock
from kerong.engines.rules.case_files import read_cases_text
from kerong.engines.rules.compiler import check_library
from kerong.engines.rules.loading import read_library
from kerong.engines.rules.model import Library, Mistake, PolicyMistakesError
from kerong.records.packs.models import Release, ReleaseText
from kerong.records.packs.queries import releases
from kerong.records.packs.queries.texts import read_texts, text_sha256, texts_sha256, write_texts

if TYPE_CHECKING:
    from datetime import date

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
    library_sha256 = _checked(tuple(texts.items()), SystemClock().today())
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        last = releases().filter(origin=origin).first()
        if last and (last.texts_sha256, last.document_number) == (digest, document_number):
            return last
        newest = releases().first()
        release = Release.objects.create(
            number=newest.number + 1 if newest else 1,
            released_at=SystemClock().now(),
            released_by=by,
            document_number=document_number,
            in_force_from=in_force_from,
            note=note,
            origin=origin,
            library_sha256=library_sha256,
            texts_sha256=digest,
        )
        ReleaseText.objects.bulk_create(
            ReleaseText(release=release, path=path, text=text, sha256=text_sha256(text))
            for path, text in texts.items()
        )
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


@lru_cache(maxsize=4)
def _checked(items: tuple[tuple[str, str], ...], today: date) -> str:
    """Load and compile the texts as they will be stored, and return the hash of the law they make.

    The same texts on the same day are checked once a process: compiling on every day on which something
    begins takes seconds. Raises PolicyMistakesError with all mistakes, which is never remembered.
    """
    texts = dict(items)
    with tempfile.TemporaryDirectory(prefix="kerong-release-") as place:
        library, mistakes = read_library(write_texts(texts, Path(place) / "policies"))
    if not mistakes:
        mistakes = [*check_library(library, today), *_case_mistakes(texts, library)]
    if mistakes:
        raise PolicyMistakesError(mistakes)
    return library.sha256


def _case_mistakes(texts: dict[str, str], library: Library) -> list[Mistake]:
    return [
        mistake
        for path, text in texts.items()
        if path.endswith(".cases.yaml")
        for mistake in read_cases_text(text, library, file=path)[1]
    ]

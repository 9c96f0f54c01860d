"""Checks the texts of a whole policies folder as the loader and the compiler will read them."""

from __future__ import annotations

import tempfile
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kerong.engines.rules.case_files import read_cases_text
from kerong.engines.rules.compiler import check_library
from kerong.engines.rules.loading import read_library
from kerong.engines.rules.model import Library, Mistake, PolicyMistakesError
from kerong.engines.workflows.loading import read_workflow_texts
from kerong.records.packs.queries.texts import write_texts

if TYPE_CHECKING:
    from datetime import date


@lru_cache(maxsize=4)
def checked(items: tuple[tuple[str, str], ...], today: date) -> str:
    """Load and compile the texts as they will be stored, and return the hash of the law they make.

    The same texts on the same day are checked once a process: compiling on every day on which something
    begins takes seconds. Raises PolicyMistakesError with all mistakes, which is never remembered.
    """
    texts = dict(items)
    with tempfile.TemporaryDirectory(prefix="kerong-release-") as place:
        library, mistakes = read_library(write_texts(texts, Path(place) / "policies"))
    mistakes = [*mistakes, *read_workflow_texts(texts)[1]]
    if not mistakes:
        mistakes = [*check_library(library, today), *_case_mistakes(texts, library)]
    if mistakes:
        raise PolicyMistakesError(mistakes)
    return library.sha256


def mistakes_in(texts: dict[str, str], today: date) -> tuple[str, list[dict[str, Any]]]:
    """Return the hash of the law that the texts make and no mistakes, or no hash and every mistake as plain values."""
    try:
        return checked(tuple(texts.items()), today), []
    except PolicyMistakesError as error:
        return "", [
            {
                "file": mistake.place.file,
                "line": mistake.place.line,
                "what": mistake.what,
                "expected": mistake.expected,
                "cure": mistake.cure,
            }
            for mistake in error.mistakes
        ]


def _case_mistakes(texts: dict[str, str], library: Library) -> list[Mistake]:
    return [
        mistake
        for path, text in texts.items()
        if path.endswith(".cases.yaml")
        for mistake in read_cases_text(text, library, file=path)[1]
    ]

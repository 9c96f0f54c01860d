"""The law of today, loaded and compiled once a process: from the current release, or followed files."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings

from kerong.basics.clock import SystemClock
from kerong.basics.policies_folder import policies_folder
from kerong.engines.rules.compiler import Catalogue, check_library, compile_library
from kerong.engines.rules.loading import load_library, read_library
from kerong.engines.rules.model import Library, Mistake, PolicyMistakesError
from kerong.engines.workflows.loading import read_workflows
from kerong.records.packs.queries.releases import DEMONSTRATION, current_release, texts_of
from kerong.records.packs.queries.texts import write_texts

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from kerong.records.packs.models import Release

SECONDS_BETWEEN_LOOKS = 1.0
DAYS_KEPT = 16


class NoReleaseError(LookupError):
    """No law was released here yet; the message says what to do."""


@dataclass(frozen=True, slots=True)
class CurrentLaw:
    """The law of a day, ready to judge firms by: ``catalogue`` has the rules whose subject is enterprise.

    ``release_number`` is None and ``following_files`` true while the folder is followed (``--dev``). Then
    ``mistakes`` lists what is wrong with the files as they are now; the law is the last one without any.
    """

    library: Library
    catalogue: Catalogue
    on: date
    release_number: int | None
    sha256: str
    document_number: str
    in_force_from: date | None
    following_files: bool
    mistakes: tuple[Mistake, ...] = ()

    @property
    def is_demonstration(self) -> bool:
        """Tell whether the release carries no legal document number because it was made for the demo."""
        return self.document_number == DEMONSTRATION


@dataclass(frozen=True, slots=True)
class _Origin:
    """Where a loaded library came from."""

    library: Library
    release: Release | None
    mistakes: tuple[Mistake, ...] = ()


def current(*, on: date | None = None) -> CurrentLaw:
    """Return the law of a day (default: today), reloaded when a newer release or a changed file is seen.

    Looks at most once a second; in between, and while nothing changed, it costs a dictionary look-up.
    Raises NoReleaseError when nothing was released, and PolicyMistakesError when followed files are broken
    and there is no earlier good law.
    """
    return _keeper.law(on or SystemClock().today())


def forget() -> None:
    """Forget what this process has loaded: for tests, and after the database was replaced."""
    _keeper.forget()


class _Keeper:
    """What one process holds of the law; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self.forget()

    def forget(self) -> None:
        with self._lock:
            self._origin: _Origin | None = None
            self._seen: object = None
            self._looked_at = float("-inf")
            self._compiled: dict[tuple[str, date], Catalogue] = {}

    def law(self, on: date) -> CurrentLaw:
        with self._lock:
            if self._origin is None or time.monotonic() - self._looked_at >= SECONDS_BETWEEN_LOOKS:
                self._look()
                self._looked_at = time.monotonic()
            origin = self._origin
            if origin is None:
                raise NoReleaseError(
                    "No policies were released here yet. `kerong run` releases the shipped folder."
                )
            return _law(origin, self._catalogue(origin.library, on), on)

    def _look(self) -> None:
        if settings.KERONG_FOLLOW_FILES:
            self._look_at_files()
        else:
            self._look_at_releases()

    def _look_at_releases(self) -> None:
        release = current_release(today=SystemClock().today())
        seen = ("release", release.pk if release else None)
        if seen == self._seen:
            return
        self._origin = None if release is None else _Origin(_released_library(release), release)
        self._seen = seen

    def _look_at_files(self) -> None:
        folder = policies_folder()
        seen = ("files", folder, _fingerprint(folder))
        if seen == self._seen:
            return
        library, mistakes = read_library(folder)
        mistakes = [*mistakes, *read_workflows(folder)[1]]
        if not mistakes:
            mistakes = check_library(library, SystemClock().today())
        if not mistakes:
            self._origin = _Origin(library, None)
        else:
            last = self._origin or self._fallback()
            if last is None:
                raise PolicyMistakesError(mistakes)
            self._origin = _Origin(last.library, last.release, tuple(mistakes))
        self._seen = seen

    @staticmethod
    def _fallback() -> _Origin | None:
        """Return the current release, for files that were broken before we ever read them."""
        release = current_release(today=SystemClock().today())
        return None if release is None else _Origin(_released_library(release), release)

    def _catalogue(self, library: Library, on: date) -> Catalogue:
        key = (library.sha256, on)
        found = self._compiled.pop(key, None)
        if found is None or found.library is not library:
            found = compile_library(library, on, subject="enterprise")
        self._compiled[key] = found  # The most recently used stands last.
        while len(self._compiled) > DAYS_KEPT:
            del self._compiled[next(iter(self._compiled))]
        return found


def _law(origin: _Origin, catalogue: Catalogue, on: date) -> CurrentLaw:
    release = origin.release
    return CurrentLaw(
        library=origin.library,
        catalogue=catalogue,
        on=on,
        release_number=release.number if release else None,
        sha256=origin.library.sha256,
        document_number=release.document_number if release else "",
        in_force_from=release.in_force_from if release else None,
        following_files=bool(settings.KERONG_FOLLOW_FILES),
        mistakes=origin.mistakes,
    )


def _released_library(release: Release) -> Library:
    folder = settings.KERONG_HOME / "releases" / release.texts_sha256
    return load_library(write_texts(texts_of(release), folder))


def _fingerprint(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """Return what changes when a file is edited, added or removed."""
    found: list[tuple[str, int, int]] = []
    for path in folder.rglob("*.yaml"):
        try:
            state = path.stat()
        except FileNotFoundError:
            continue
        found.append((str(path), state.st_mtime_ns, state.st_size))
    return tuple(sorted(found))


_keeper = _Keeper()

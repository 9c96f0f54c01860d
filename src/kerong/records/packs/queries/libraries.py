"""The law of any release, loaded and compiled again: for what was decided under it."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from django.conf import settings

from kerong.engines.rules.compiler import Catalogue, compile_library
from kerong.engines.rules.loading import load_library, read_library
from kerong.records.packs.models import Release
from kerong.records.packs.queries.releases import releases, texts_of
from kerong.records.packs.queries.texts import write_texts

if TYPE_CHECKING:
    from datetime import date

    from kerong.engines.rules.model import DatedValue, Library


def release(number: int) -> Release | None:
    """Return one release by its number, or None."""
    return releases().filter(number=number).first()


def release_with(library_sha256: str) -> Release | None:
    """Return the newest release in force or once in force whose texts make this law, or None."""
    return releases().exclude(origin=Release.Origin.DRAFT).filter(library_sha256=library_sha256).first()


def library_of(found: Release) -> Library:
    """Return the law that a release's texts make; the last few are remembered. Raises TextsDamagedError."""
    return _library(found.texts_sha256, found.number)


def rule_of(found: Release, key: str, on: date) -> Catalogue:
    """Return the law of a release on a day with one rule compiled.

    Raises KeyError for a rule that the release does not have.
    """
    return _catalogue(found.texts_sha256, found.number, key, on)


@lru_cache(maxsize=3)
def _library(texts_sha256: str, number: int) -> Library:
    folder = settings.KERONG_HOME / "releases" / texts_sha256
    return load_library(write_texts(texts_of(Release.objects.get(number=number)), folder))


@lru_cache(maxsize=64)
def _catalogue(texts_sha256: str, number: int, key: str, on: date) -> Catalogue:
    return compile_library(_library(texts_sha256, number), on, [key])


def library_of_texts(texts: dict[str, str], sha256: str) -> Library:
    """Return the law that a draft's whole texts make; texts with mistakes make the part that could be read."""
    return _draft_library(tuple(texts.items()), sha256)


def last_day(then: Library, now: Library, today: date) -> date:
    """Return the first day on which every value that a draft adds holds; today where none lies ahead."""
    days = {
        dated.effective
        for key, pack in then.packs.items()
        for name, parameter in pack.parameters.items()
        for dated in parameter.values
        if not _has(now, key, name, dated)
    }
    return max({today, *days})


def _has(library: Library, key: str, name: str, dated: DatedValue) -> bool:
    pack = library.packs.get(key)
    parameter = pack.parameters.get(name) if pack else None
    return parameter is not None and any(
        (each.effective, each.value, _rows(each)) == (dated.effective, dated.value, _rows(dated))
        for each in parameter.values
    )


def _rows(dated: DatedValue) -> list[tuple[object, ...]]:
    """Return the rows without their places in the file, which move when a line is added."""
    return [(row.key, row.low, row.high, row.values) for row in dated.rows]


@lru_cache(maxsize=8)
def _draft_library(items: tuple[tuple[str, str], ...], sha256: str) -> Library:
    folder = settings.KERONG_HOME / "drafts" / sha256
    return read_library(write_texts(dict(items), folder))[0]

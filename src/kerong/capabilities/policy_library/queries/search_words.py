"""Words of a search: folded letter by letter so that brackets, width and case do not matter, and found again.

A word that is a quantity (8%, 1,000万元, 36个月) is found wherever the same quantity is written, and nowhere else.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from kerong.capabilities.policy_library.queries.search_quantities import (
    quantities_in,
    quantity_of,
    without_separators,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_BRACKETS = dict.fromkeys("〔[［【（﹝", "(") | dict.fromkeys("〕]］】）﹞", ")")
_AT_THE_EDGE = "+-,、:;。.!?"
_DIGITS = frozenset("0123456789")
WORDS_MAX = 8
TEXT_MAX = 100


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a text, and whether it is what was searched for."""

    text: str
    is_hit: bool


def folded(text: str) -> str:
    """Return a text of the same length in which brackets are round, width and case are one."""
    if text.isascii() and "[" not in text and "]" not in text:
        return text.lower()
    return "".join(map(_folded_letter, text))


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a question, folded; a NUL and what is past the length are left out.

    A quantity is a word of its own, its number and unit together; a word without a letter or a digit is none.
    """
    wanted = without_separators(folded(text.replace("\0", " ")[:TEXT_MAX]))
    words: list[str] = []
    end = 0
    for quantity in quantities_in(wanted):
        if quantity.kind != "number":
            words += [*wanted[end : quantity.start].split(), wanted[quantity.start : quantity.end]]
            end = quantity.end
    found = dict.fromkeys(word.strip(_AT_THE_EDGE) for word in (*words, *wanted[end:].split()))
    return tuple(word for word in found if any(map(str.isalnum, word)))[:WORDS_MAX]


def holds(text: str, word: str) -> bool:
    """Tell whether a folded text has a word; numbers are compared whole: 8% is not in 4.18%."""
    return next(_spans(text, word), None) is not None


def pieces(text: str, words: tuple[str, ...]) -> tuple[Piece, ...]:
    """Cut a text into pieces that are hits and pieces that are not; a template escapes each."""
    if not words:
        return (Piece(text, is_hit=False),)
    within = folded(text)
    hit = bytearray(len(text))
    for word in words:
        for begin, end in _spans(within, word):
            hit[begin:end] = b"\1" * (end - begin)
    found: list[Piece] = []
    begin = 0
    for i in range(1, len(text) + 1):
        if i == len(text) or hit[i] != hit[begin]:
            found.append(Piece(text[begin:i], is_hit=bool(hit[begin])))
            begin = i
    return tuple(found)


def _spans(text: str, word: str) -> Iterator[tuple[int, int]]:
    """Return where a word stands in a folded text."""
    wanted = quantity_of(word)
    if wanted is None:
        if "," not in text and word not in text:
            return
        yield from (match.span() for match in _pattern(word).finditer(text))
        return
    yield from ((q.start, q.end) for q in quantities_in(text) if wanted.keys[-1] in q.keys)


@lru_cache(maxsize=256)
def _pattern(word: str) -> re.Pattern[str]:
    """Return the word with whole numbers at its edges, each thousand with or without its comma."""
    body = re.sub(r"(?<=[0-9])(?=(?:[0-9]{3})+(?![0-9]))", ",?", re.escape(word))
    before = r"(?<![0-9])(?<![0-9][.,])" if word[0] in _DIGITS else ""
    after = r"(?![0-9])(?![.,][0-9])" if word[-1] in _DIGITS else ""
    return re.compile(before + body + after)


def pairs_of(word: str) -> tuple[str, ...]:
    """Return the pairs of neighbouring letters of a word, for a search by likeness."""
    return tuple(word[i : i + 2] for i in range(len(word) - 1))


@lru_cache(maxsize=8192)
def _folded_letter(letter: str) -> str:
    if letter in _BRACKETS:
        return _BRACKETS[letter]
    wide = unicodedata.normalize("NFKC", letter)
    small = (wide if len(wide) == 1 else letter).casefold()
    return small if len(small) == 1 else letter

"""Words of a search: folded letter by letter so that brackets, width and case do not matter, and found again."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_BRACKETS = dict.fromkeys("〔[［【（﹝", "(") | dict.fromkeys("〕]］】）﹞", ")")
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
    """Return the words of a question, folded; a NUL and what is past the length are left out."""
    wanted = folded(text.replace("\0", " ")[:TEXT_MAX])
    return tuple(dict.fromkeys(wanted.split()))[:WORDS_MAX]


def pieces(text: str, words: tuple[str, ...]) -> tuple[Piece, ...]:
    """Cut a text into pieces that are hits and pieces that are not; a template escapes each."""
    if not words:
        return (Piece(text, is_hit=False),)
    within = folded(text)
    hit = bytearray(len(text))
    for word in words:
        at = within.find(word)
        while at >= 0:
            hit[at : at + len(word)] = b"\1" * len(word)
            at = within.find(word, at + len(word))
    found: list[Piece] = []
    begin = 0
    for i in range(1, len(text) + 1):
        if i == len(text) or hit[i] != hit[begin]:
            found.append(Piece(text[begin:i], is_hit=bool(hit[begin])))
            begin = i
    return tuple(found)


def pairs_of(word: str) -> frozenset[str]:
    """Return the pairs of neighbouring letters of a word, for a search by likeness."""
    return frozenset(word[i : i + 2] for i in range(len(word) - 1))


@lru_cache(maxsize=8192)
def _folded_letter(letter: str) -> str:
    if letter in _BRACKETS:
        return _BRACKETS[letter]
    wide = unicodedata.normalize("NFKC", letter)
    small = (wide if len(wide) == 1 else letter).casefold()
    return small if len(small) == 1 else letter

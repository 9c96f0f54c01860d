"""Search over the whole library, ranked by plain rules that the page can say in one sentence.

Every word must be found. A hit in a title comes before one in a document number, a text and a summary; within each
the whole field before its beginning, and that before its middle. Where nothing is found, what is alike is offered.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kerong.capabilities.policy_library.queries.kept import kept
from kerong.capabilities.policy_library.queries.search_entries import GROUPS, Entry, Group, entries_of
from kerong.capabilities.policy_library.queries.search_quantities import quantity_of
from kerong.capabilities.policy_library.queries.search_words import Piece, holds, pairs_of, pieces, words_of

if TYPE_CHECKING:
    from django.utils.functional import Promise

    from kerong.records.packs.queries import CurrentLaw

    Rank = tuple[int, int, int]

SHOWN_OF_A_GROUP = 8
_ALIKE = 0.6
_PAIRS_MIN, _PAIRS_MAX = 2, 40
_OUTSIDE = 9


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry that was found, its fields cut at the words."""

    entry: Entry
    title: tuple[Piece, ...]
    number: tuple[Piece, ...]
    text: tuple[Piece, ...]
    summary: tuple[Piece, ...]


@dataclass(frozen=True)
class HitsOfGroup:
    """The hits of one kind: all of them counted, the first shown."""

    group: Group
    label: Promise
    hits: tuple[Hit, ...]
    total: int


@dataclass(frozen=True)
class Found:
    """What a search found. ``is_alike``: nothing held the words, these share most of their letters."""

    words: tuple[str, ...]
    groups: tuple[HitsOfGroup, ...]
    total: int
    is_alike: bool


def search(law: CurrentLaw, text: str, group: str = "") -> Found:
    """Search the law of a day; with a group, return all hits of that group."""
    return search_entries(kept(law, entries_of_law), text, group)


def entries_of_law(law: CurrentLaw) -> tuple[Entry, ...]:
    """Return everything of the law that can be found."""
    return entries_of(law.library, law.on)


def search_entries(entries: tuple[Entry, ...], text: str, group: str = "") -> Found:
    """Search entries made before."""
    words = words_of(text)
    if not words:
        return Found((), (), 0, is_alike=False)
    found = [(_rank(entry, words), i) for i, entry in enumerate(entries) if _holds(entry, words)]
    is_alike = not found
    if is_alike:
        found = _alike(entries, words)
    found.sort()
    groups: list[HitsOfGroup] = []
    for name, label in GROUPS.items():
        chosen = [entries[i] for _rank_of, i in found if entries[i].group == name]
        if chosen and group in ("", name):
            most = len(chosen) if group else SHOWN_OF_A_GROUP
            hits = tuple(_hit(entry, words) for entry in chosen[:most])
            groups.append(HitsOfGroup(name, label, hits, len(chosen)))
    return Found(words, tuple(groups), len(found), is_alike and bool(found))


def _holds(entry: Entry, words: tuple[str, ...]) -> bool:
    for word in words:
        quantity = quantity_of(word)
        if quantity is not None:
            if quantity.keys[-1] not in entry.quantities:
                return False
        elif word not in entry.everything or not holds(entry.everything, word):
            return False
    return True


def _rank(entry: Entry, words: tuple[str, ...]) -> Rank:
    """Return (field, how, length): the least is the best; a hit only in the name of the whole comes last."""
    best: Rank = (_OUTSIDE, 0, 0)
    phrase = " ".join(words)
    for i, field in enumerate(entry.folded):
        if not any(holds(field, word) for word in words):
            continue
        if field == phrase:
            how = 0
        elif field.startswith(phrase):
            how = 1
        else:
            how = 2 if phrase in field else 3
        best = min(best, (i, how, len(field)))
    return best


def _alike(entries: tuple[Entry, ...], words: tuple[str, ...]) -> list[tuple[Rank, int]]:
    """Find what shares most pairs of letters with the question: words run together, or one letter wrong."""
    wanted = tuple(dict.fromkeys(pair for word in words for pair in pairs_of(word)))[:_PAIRS_MAX]
    if len(wanted) < _PAIRS_MIN:
        return []
    may_lack = int(len(wanted) * (1 - _ALIKE))
    found: list[tuple[Rank, int]] = []
    for i, entry in enumerate(entries):
        lacking = 0
        for pair in wanted:
            if pair not in entry.everything:
                lacking += 1
                if lacking > may_lack:
                    break
        else:
            title = entry.folded[0] or entry.folded[2]
            found.append(((lacking, -sum(pair in title for pair in wanted), len(title)), i))
    return found


def _hit(entry: Entry, words: tuple[str, ...]) -> Hit:
    title, number, text, summary = (pieces(field, words) if field else () for field in entry.fields)
    return Hit(entry, title, number, text, summary)

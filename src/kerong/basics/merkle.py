"""Merkle trees as in RFC 6962 §2.1 over SHA-256: roots, inclusion and consistency proofs, and their verification.

Hashes are 32 bytes. A tree is read through a function that returns the hash of a complete subtree of 2^level leaves, so
that a store may keep some levels and leave out the rest.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

# (level, index) → hash of the complete subtree over leaves index·2^level … (index+1)·2^level − 1.
Nodes: TypeAlias = "Callable[[int, int], bytes]"
EMPTY = hashlib.sha256(b"").digest()


def leaf_hash(content: bytes) -> bytes:
    """Return the hash of a leaf."""
    return hashlib.sha256(b"\x00" + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def nodes_over(leaves: Sequence[bytes]) -> Nodes:
    """Return the reader of a tree whose leaf hashes are all in memory."""

    def node(level: int, index: int) -> bytes:
        if level == 0:
            return leaves[index]
        return node_hash(node(level - 1, 2 * index), node(level - 1, 2 * index + 1))

    return node


def root(size: int, nodes: Nodes) -> bytes:
    """Return the root over the first ``size`` leaves."""
    return EMPTY if size == 0 else _range(0, size, nodes)


def inclusion_proof(number: int, size: int, nodes: Nodes) -> list[bytes]:
    """Return the hashes that lead from leaf ``number`` to the root over ``size`` leaves. Raises ValueError."""
    if not 0 <= number < size:
        raise ValueError(f"there is no leaf {number} among {size}")
    proof: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _largest_power_below(end - start)
        if number < middle:
            proof.append(_range(middle, end, nodes))
            end = middle
        else:
            proof.append(_range(start, middle, nodes))
            start = middle
    return proof[::-1]


def consistency_proof(old: int, size: int, nodes: Nodes) -> list[bytes]:
    """Return the hashes that show the tree over ``old`` leaves to be the beginning of the one over ``size``."""
    if not 0 < old <= size:
        raise ValueError(f"a tree of {old} leaves is no beginning of one of {size}")
    proof: list[bytes] = []
    start, end, is_whole = 0, size, True
    while old != end:
        middle = start + _largest_power_below(end - start)
        if old <= middle:
            proof.append(_range(middle, end, nodes))
            end = middle
        else:
            proof.append(_range(start, middle, nodes))
            start, is_whole = middle, False
    if not is_whole:
        proof.append(_range(start, end, nodes))
    return proof[::-1]


def inclusion_holds(leaf: bytes, number: int, size: int, proof: Sequence[bytes], wanted_root: bytes) -> bool:
    """Tell whether a proof leads from a leaf's hash to the root."""
    if not 0 <= number < size:
        return False
    place, last, found = number, size - 1, leaf
    for step in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = node_hash(step, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, step)
        place, last = place >> 1, last >> 1
    return last == 0 and found == wanted_root


def consistency_holds(old: int, size: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes) -> bool:
    """Tell whether a proof shows the old tree to be the beginning of the new one."""
    if old == size:
        return not proof and old_root == new_root
    if not 0 < old < size or not proof:
        return False
    steps = list(proof)
    # A complete old tree is its own first step.
    if old & (old - 1) == 0:
        steps.insert(0, old_root)
    place, last = old - 1, size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    first = second = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            first, second = node_hash(step, first), node_hash(step, second)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            second = node_hash(second, step)
        place, last = place >> 1, last >> 1
    return last == 0 and first == old_root and second == new_root


class Frontier:
    """A tree that grows leaf by leaf and keeps nothing but the hashes its root is made of."""

    def __init__(self) -> None:
        self.size = 0
        self._whole: list[bytes] = []

    def add(self, leaf: bytes) -> None:
        """Add the hash of a leaf."""
        place, found = self.size, leaf
        while place & 1:
            found = node_hash(self._whole.pop(), found)
            place >>= 1
        self._whole.append(found)
        self.size += 1

    def root(self) -> bytes:
        """Return the root over all leaves so far."""
        if not self._whole:
            return EMPTY
        found = self._whole[-1]
        for left in reversed(self._whole[:-1]):
            found = node_hash(left, found)
        return found


def _range(start: int, end: int, nodes: Nodes) -> bytes:
    """Hash the leaves from start to end, where start is a multiple of the largest power of two that fits."""
    size = end - start
    if size & (size - 1) == 0:
        level = size.bit_length() - 1
        return nodes(level, start >> level)
    middle = start + _largest_power_below(size)
    return node_hash(_range(start, middle, nodes), _range(middle, end, nodes))


def _largest_power_below(size: int) -> int:
    return 1 << (size - 1).bit_length() - 1

"""Gives events their places: one chain for each stream, one tree over all, signed checkpoints of it."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Protocol

from django.db import connection, transaction

from kerong.basics import merkle
from kerong.basics.checkpoints import SignedLine, Statement, key_hash, write
from kerong.basics.clock import current_clock
from kerong.records.evidence.models import Checkpoint, Event, Link, Node, Pending
from kerong.records.evidence.queries.chain import (
    FIRST_HASH,
    KEPT_EVERY,
    canonical_event,
    chained,
    nodes,
    root_at,
    tree_size,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

# Any fixed number does: it keeps two sequencers from numbering at the same time.
LOCK = 7_165_220_127
BATCH = 2_000
ORIGIN = "kerong/evidence"


class Signer(Protocol):
    """What signs checkpoints; see `basics.crypto.CryptoProvider`."""

    def sign(self, message: bytes, *, purpose: str) -> str:
        """Return ``algorithm:key:base64``."""
        ...

    def public_key(self, *, purpose: str) -> str:
        """Return ``algorithm:key:base64``."""
        ...


class InconsistentTreeError(RuntimeError):
    """The tree is not a continuation of the last signed checkpoint: nothing is signed."""


@transaction.atomic
def sequence_events() -> int:
    """Give waiting events their places, oldest first, and return how many; at most one batch.

    Returns 0 at once when another process is doing it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return 0
    waiting = list(
        Pending.objects.order_by("queued_at", "event_id").values_list("event_id", flat=True)[:BATCH]
    )
    if not waiting:
        return 0
    found = Event.objects.in_bulk(waiting)
    # A queued event that is gone was removed behind our back: its place in the queue is the trace, and stays.
    rows = [found[key] for key in waiting if key in found]
    first = tree_size()
    _write_links(rows, first)
    _write_nodes(first, first + len(rows))
    Pending.objects.filter(event_id__in=[row.id for row in rows]).delete()
    return len(rows)


@transaction.atomic
def make_checkpoint(*, signer: Signer) -> Checkpoint | None:
    """Sign how far the tree has grown and return the checkpoint; None when nothing was added since the last one.

    Raises InconsistentTreeError when the tree does not hold what was signed before.
    """
    size = tree_size()
    last = Checkpoint.objects.order_by("-size").first()
    if last is not None:
        if last.size > size or root_at(last.size) != last.root:
            raise InconsistentTreeError(
                f"the tree of {size} events does not begin with the {last.size} that were signed at {last.made_at}"
            )
        if last.size == size:
            return None
    elif size == 0:
        return None
    statement = Statement(ORIGIN, size, bytes.fromhex(root_at(size)))
    return Checkpoint.objects.create(
        size=size,
        root=statement.root.hex(),
        made_at=current_clock().now(),
        note=write(statement, [_signed(statement, signer)]),
    )


def _signed(statement: Statement, signer: Signer) -> SignedLine:
    signature = signer.sign(statement.text().encode(), purpose="evidence").split(":")[-1]
    public = base64.b64decode(signer.public_key(purpose="evidence").split(":")[-1])
    return SignedLine(ORIGIN, key_hash(ORIGIN, public), base64.b64decode(signature))


def _write_links(rows: Sequence[Event], first: int) -> None:
    heads = _heads({row.stream for row in rows})
    links: list[Link] = []
    for number, row in enumerate(rows, first):
        position, previous = heads[row.stream]
        leaf = merkle.leaf_hash(canonical_event(row)).hex()
        hashed = chained(previous, leaf)
        links.append(
            Link(number=number, event_id=row.id, stream=row.stream, position=position, leaf=leaf, hash=hashed)
        )
        heads[row.stream] = (position + 1, hashed)
    Link.objects.bulk_create(links, batch_size=500)


def _heads(streams: set[str]) -> dict[str, tuple[int, str]]:
    """Return the next position and the last hash of each stream."""
    found = dict.fromkeys(streams, (0, FIRST_HASH))
    for stream in streams:
        last = (
            Link.objects.filter(stream=stream).order_by("-position").values_list("position", "hash").first()
        )
        if last:
            found[stream] = (last[0] + 1, last[1])
    return found


def _write_nodes(old: int, size: int) -> None:
    """Keep the nodes whose subtrees became complete."""
    level = KEPT_EVERY
    while size >> level:
        made = [
            Node(level=level, index=index, hash=_subtree(level, index))
            for index in range(old >> level, size >> level)
        ]
        Node.objects.bulk_create(made)
        level += KEPT_EVERY


def _subtree(level: int, index: int) -> str:
    return merkle.node_hash(nodes(level - 1, 2 * index), nodes(level - 1, 2 * index + 1)).hex()

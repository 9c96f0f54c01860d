"""Reads about events, their places in the chains, and the tree over all of them."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from django.db.models import Max, Q

from kerong.basics import merkle
from kerong.basics.canonical import canonical
from kerong.records.evidence.models import Checkpoint, Event, Link, Node

if TYPE_CHECKING:
    from collections.abc import Collection

    from django.db.models import QuerySet

KEPT_EVERY = 8
"""Nodes are kept for subtrees of 2^8, 2^16 … leaves; those between are worked out from at most 256 rows."""
EVENT_COLUMNS = (
    *(
        "id",
        "stream",
        "kind",
        "occurred_at",
        "actor_user",
        "actor_person",
        "actor_party",
        "actor_role",
        "subject",
    ),
    *("row_table", "row_id", "row_fields", "content_digest", "detail", "request"),
)
FIRST_HASH = "0" * 64


class Proof(NamedTuple):
    """What shows one event to be in the tree of a checkpoint."""

    number: int
    size: int
    leaf: str
    hashes: tuple[str, ...]
    root: str


def events(
    *,
    stream: str = "",
    subject: str = "",
    row_table: str = "",
    row_id: str = "",
    kind: str = "",
) -> QuerySet[Event]:
    """Return what happened, the latest first, narrowed by stream, kind, subject or sealed row."""
    wanted = {"stream": stream, "subject": subject, "row_table": row_table, "row_id": row_id, "kind": kind}
    return Event.objects.filter(**{name: value for name, value in wanted.items() if value}).order_by(
        "-occurred_at", "-id"
    )


def events_of_roles(*, roles: Collection[str], signed_in: Collection[str] = ()) -> QuerySet[Event]:
    """Return what was done in certain roles, and what happened at the door to certain people, the latest first."""
    at_the_door = Q(stream="access", subject__in=signed_in)
    return Event.objects.filter(Q(actor_role__in=roles) | at_the_door).order_by("-occurred_at", "-id")


def event(key: str) -> Event | None:
    """Return one event with its place, or None."""
    try:
        wanted = UUID(key)
    except ValueError:
        return None
    return Event.objects.select_related("link").filter(id=wanted).first()


def canonical_event(row: Event) -> bytes:
    """Return the bytes of an event that its leaf is the hash of; the stand-alone verifier writes the same ones."""
    return canonical({column: getattr(row, column) for column in EVENT_COLUMNS})


def chained(previous: str, leaf: str) -> str:
    """Return the hash of a link in its stream: SHA-256 over the one before and the leaf, as bytes."""
    return hashlib.sha256(bytes.fromhex(previous) + bytes.fromhex(leaf)).hexdigest()


def tree_size() -> int:
    """Return how many events have their place."""
    last = Link.objects.aggregate(last=Max("number"))["last"]
    return 0 if last is None else last + 1


def checkpoints() -> QuerySet[Checkpoint]:
    """Return the checkpoints, the largest first."""
    return Checkpoint.objects.order_by("-size")


def root_at(size: int) -> str:
    """Return the root over the first ``size`` events."""
    return merkle.root(size, nodes).hex()


def proof_of(number: int, size: int) -> Proof:
    """Return what shows event ``number`` to be among the first ``size``. Raises ValueError."""
    hashes = merkle.inclusion_proof(number, size, nodes)
    return Proof(
        number,
        size,
        nodes(0, number).hex(),
        tuple(each.hex() for each in hashes),
        merkle.root(size, nodes).hex(),
    )


def nodes(level: int, index: int) -> bytes:
    """Return the hash of a complete subtree, from the kept nodes or the leaves below. Raises Node.DoesNotExist."""
    if level == 0:
        return bytes.fromhex(Link.objects.values_list("leaf", flat=True).get(number=index))
    kept = level // KEPT_EVERY * KEPT_EVERY
    if kept == level:
        return bytes.fromhex(Node.objects.values_list("hash", flat=True).get(level=level, index=index))
    return _worked_out(level, index, kept)


def _worked_out(level: int, index: int, kept: int) -> bytes:
    count = 1 << (level - kept)
    first = index * count
    if kept == 0:
        found = (
            Link.objects.filter(number__gte=first, number__lt=first + count)
            .order_by("number")
            .values_list("leaf")
        )
    else:
        found = (
            Node.objects.filter(level=kept, index__gte=first, index__lt=first + count)
            .order_by("index")
            .values_list("hash")
        )
    hashes = [bytes.fromhex(text) for (text,) in found]
    if len(hashes) != count:
        raise Node.DoesNotExist(f"the tree has no complete subtree {level}/{index}")
    return merkle.root(count, merkle.nodes_over(hashes))

"""Finds what was changed behind our back: a place in a chain, a node, a signed root, or a sealed row."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.apps import apps
from django.db import connection
from psycopg import sql

from kerong.basics import merkle
from kerong.basics.canonical import CanonicalError, digest
from kerong.records.evidence.models import Check, Checkpoint, Event, Finding, Link, Node
from kerong.records.evidence.queries.batches import batch_breaches
from kerong.records.evidence.queries.chain import FIRST_HASH, KEPT_EVERY, canonical_event, chained

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import Model, QuerySet

BATCH = 2_000


class Breach(NamedTuple):
    """One thing that does not hold: its kind, where, and what was expected."""

    what: str
    place: str
    detail: str


class Tally:
    """How much a check has read."""

    def __init__(self) -> None:
        self.events = 0
        self.rows = 0


def checks() -> QuerySet[Check]:
    """Return the runs of the check, the latest first."""
    return Check.objects.order_by("-began_at")


def last_check() -> Check | None:
    """Return the latest run, or None."""
    return checks().first()


def findings() -> QuerySet[Finding]:
    """Return what was found, the latest first."""
    return Finding.objects.order_by("-found_at", "-id")


def breaches(tally: Tally | None = None) -> Iterator[Breach]:
    """Yield everything that does not hold; the caller must be the house, or rows stay hidden."""
    counted = tally or Tally()
    yield from _chain_breaches(counted)
    yield from _events_without_place()
    for model in sealed_models():
        yield from _row_breaches(model, counted)


def sealed_models() -> list[type[Model]]:
    """Return the models whose every row is sealed, by table."""
    found = [model for model in apps.get_models() if getattr(model, "SEALED", None)]
    return sorted(found, key=lambda model: model._meta.db_table)


# ── the chains and the tree ───────────────────────────────────────────────────


def _chain_breaches(tally: Tally) -> Iterator[Breach]:
    roots = dict(Checkpoint.objects.values_list("size", "root"))
    kept = {
        (level, index): found for level, index, found in Node.objects.values_list("level", "index", "hash")
    }
    tree, heads = merkle.Frontier(), dict[str, tuple[int, str]]()
    blocks: list[merkle.Frontier] = []
    for link in _links():
        tally.events += 1
        if link.number != tree.size:
            yield Breach("chain", f"#{tree.size}", f"事项序号 {tree.size} 缺失，其后是 {link.number}")
            return
        yield from _link_breaches(link, heads)
        tree.add(bytes.fromhex(link.leaf))
        yield from _node_breaches(tree, bytes.fromhex(link.leaf), blocks, kept)
        if roots.get(tree.size, tree.root().hex() if tree.size in roots else "") != (
            tree.root().hex() if tree.size in roots else ""
        ):
            yield Breach("checkpoint", f"size {tree.size}", "签名检查点的根摘要与现有事项不符")
    for size in sorted(roots):
        if size > tree.size:
            yield Breach("checkpoint", f"size {size}", f"检查点签过 {size} 件事项，现在只有 {tree.size} 件")


def _links() -> Iterator[Link]:
    last = -1
    while True:
        batch = list(Link.objects.select_related("event").filter(number__gt=last).order_by("number")[:BATCH])
        if not batch:
            return
        yield from batch
        last = batch[-1].number


def _link_breaches(link: Link, heads: dict[str, tuple[int, str]]) -> Iterator[Breach]:
    position, previous = heads.get(link.stream, (0, FIRST_HASH))
    place = f"{link.stream}#{link.position}"
    leaf = merkle.leaf_hash(canonical_event(link.event)).hex()
    if link.position != position:
        yield Breach("chain", place, f"序列 {link.stream} 的位置应为 {position}")
    if leaf != link.leaf:
        yield Breach("event", place, f"事项 {link.event_id} 的内容与登记时的摘要不符")
    if link.hash != chained(previous, link.leaf) or link.event.stream != link.stream:
        yield Breach("chain", place, "链摘要与前一事项接不上")
    heads[link.stream] = (link.position + 1, link.hash)


def _node_breaches(
    tree: merkle.Frontier, leaf: bytes, blocks: list[merkle.Frontier], kept: dict[tuple[int, int], str]
) -> Iterator[Breach]:
    """Rebuild the kept nodes as the tree grows: 256 leaves make one of level 8, 256 of those one of level 16."""
    carried, level = leaf, 0
    while True:
        if len(blocks) == level:
            blocks.append(merkle.Frontier())
        blocks[level].add(carried)
        if blocks[level].size < 1 << KEPT_EVERY:
            return
        carried = blocks[level].root()
        blocks[level] = merkle.Frontier()
        level += 1
        index = (tree.size >> (KEPT_EVERY * level)) - 1
        if kept.get((KEPT_EVERY * level, index)) != carried.hex():
            yield Breach("node", f"{KEPT_EVERY * level}/{index}", "树节点与事项不符或缺失")


def _events_without_place() -> Iterator[Breach]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.id FROM evidence_event e LEFT JOIN evidence_link l ON l.event_id = e.id"
            " LEFT JOIN evidence_pending p ON p.event_id = e.id"
            " WHERE l.event_id IS NULL AND p.event_id IS NULL LIMIT 100"
        )
        for (key,) in cursor.fetchall():
            yield Breach("event", str(key), "事项不在任何序列里，也不在等待编号")
        cursor.execute(
            "SELECT p.event_id FROM evidence_pending p LEFT JOIN evidence_event e ON e.id = p.event_id"
            " WHERE e.id IS NULL LIMIT 100"
        )
        for (key,) in cursor.fetchall():
            yield Breach("event", str(key), "等待编号的事项被移除")


# ── sealed rows ───────────────────────────────────────────────────────────────


def _row_breaches(model: type[Model], tally: Tally) -> Iterator[Breach]:
    table = model._meta.db_table
    in_batches = getattr(model, "SEALED_IN_BATCHES", None)
    for batch in _last_seals(table):
        rows = {
            str(row.pk): row for row in model._default_manager.filter(pk__in=[seal.row_id for seal in batch])
        }
        tally.rows += len(batch)
        for seal in batch:
            row = rows.get(seal.row_id)
            # A seal over no column says that the row was lawfully removed.
            if row is None and seal.row_fields:
                yield Breach("row", f"{table}:{seal.row_id}", "封存过的行不见了")
            elif row is not None and _digest_of(row, seal.row_fields) != seal.content_digest:
                yield Breach("row", f"{table}:{seal.row_id}", "行的内容与封存时的摘要不符")
    yield from _never_sealed(model, f"AND t.{in_batches[0]} = ''" if in_batches else "")
    if in_batches:
        for row_id, detail in batch_breaches(model):
            yield Breach("row", f"{table}:{row_id}", detail)


def _last_seals(table: str) -> Iterator[list[Event]]:
    last = ""
    while True:
        batch = list(
            Event.objects.filter(row_table=table, row_id__gt=last)
            .exclude(row_id__startswith="batch:")
            .order_by("row_id", "-occurred_at", "-id")
            .distinct("row_id")[:BATCH]
        )
        if not batch:
            return
        yield batch
        last = batch[-1].row_id


def _digest_of(row: Model, columns: list[str]) -> str:
    attributes = {field.column: field.attname for field in row._meta.concrete_fields}
    if any(column not in attributes for column in columns):
        return ""
    try:
        return digest({column: getattr(row, attributes[column]) for column in columns})
    except CanonicalError:
        return ""


def _never_sealed(model: type[Model], single: str) -> Iterator[Breach]:
    table, key = model._meta.db_table, model._meta.pk.column
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL(
                "SELECT t.{key}::text FROM {table} t WHERE NOT EXISTS (SELECT 1 FROM evidence_event e"
                " WHERE e.row_table = %s AND e.row_id = t.{key}::text) {single} LIMIT 100"
            )
            .format(key=sql.Identifier(key), table=sql.Identifier(table), single=sql.SQL(single))
            .as_string(cursor.cursor.connection),
            [table],
        )
        for (row_id,) in cursor.fetchall():
            yield Breach("row", f"{table}:{row_id}", "这一行从未封存：不是由系统写入的")

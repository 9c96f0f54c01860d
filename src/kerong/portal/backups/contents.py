"""What a database holds, counted and digested table by table, so that a restored one can be held against it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from psycopg import sql

from kerong.basics import merkle

if TYPE_CHECKING:
    import psycopg

# What the running service writes by itself, and what differs between any two moments without meaning anything.
PASSING = frozenset(
    {"procrastinate_jobs", "procrastinate_events", "procrastinate_workers", "procrastinate_periodic_defers"}
)
_TABLES = """
SELECT relname FROM pg_class
WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY relname
"""
# Half of each row's MD5, added up: equal for the same rows in any order. It finds accidents; tampering is found by
# the evidence, whose root is compared as well.
_DIGEST = """
SELECT count(*), coalesce(sum(('x' || left(md5(t::text), 16))::bit(64)::bigint::numeric), 0)::text FROM {} AS t
"""


def tables_of(connection: psycopg.Connection) -> dict[str, list[Any]]:
    """Return rows and digest of every table; the session sees all rows."""
    connection.execute("SET LOCAL timezone = 'UTC'")
    connection.execute("SET LOCAL datestyle = 'ISO'")
    connection.execute("SET LOCAL extra_float_digits = 3")
    found: dict[str, list[Any]] = {}
    for (name,) in connection.execute(_TABLES).fetchall():
        row = connection.execute(sql.SQL(_DIGEST).format(sql.Identifier(name))).fetchone()
        found[name] = list(row or (0, "0"))
    return found


def evidence_of(connection: psycopg.Connection) -> tuple[int, str]:
    """Return how many events have their place, and the root worked out from all leaves."""
    if connection.execute("SELECT to_regclass('evidence_link')").fetchone() == (None,):
        return 0, ""
    rows = connection.execute("SELECT leaf FROM evidence_link ORDER BY number").fetchall()
    leaves = [bytes.fromhex(leaf) for (leaf,) in rows]
    return len(leaves), merkle.root(len(leaves), merkle.nodes_over(leaves)).hex()


def differences(before: dict[str, list[Any]], after: dict[str, list[Any]]) -> list[str]:
    """Return the tables that are not the same, in words."""
    return [
        f"{name}: {before.get(name, ['none'])[0]} rows before, {after.get(name, ['none'])[0]} now"
        for name in sorted(before.keys() | after.keys())
        if name not in PASSING and before.get(name) != after.get(name)
    ]

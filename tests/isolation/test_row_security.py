"""Every table with an owner is isolated, by the database itself, from everybody else (SEC-17, SEC-18)."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from kerong.basics.acting import Actor
from kerong.portal.owner_connection import as_owner
from kerong.portal.role_check import RoleRefusedError, refuse_powerful_role, role_problems
from kerong.records.evidence.actions import acting

OWNED = """
SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'owner' AND NOT a.attisdropped
WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p')
ORDER BY c.relname
"""
SECURED = """
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p') AND c.relrowsecurity ORDER BY c.relname
"""
# Children of a table that carry its owner must point to (owner, id), because foreign keys do not ask row security.
FOREIGN_KEYS = """
SELECT con.conrelid::regclass::text, con.confrelid::regclass::text,
       (SELECT array_agg(attname::text ORDER BY attname::text) FROM pg_attribute
        WHERE attrelid = con.conrelid AND attnum = ANY (con.conkey))
FROM pg_constraint con WHERE con.contype = 'f'
"""
# Parents whose owner is another party on purpose, and what holds instead.
OTHER_OWNER = {
    "outbox_delivery -> outbox_message by ['message_id']": "refuse_stranger: the message names its receivers"
}


def rows(statement: str, *values: object) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


@pytest.mark.django_db
def test_every_table_with_an_owner_has_row_security_enabled_and_forced() -> None:
    owned = rows(OWNED)

    assert len(owned) > 10
    assert [name for name, enabled, forced in owned if not (enabled and forced)] == []


@pytest.mark.django_db
def test_every_secured_table_says_who_may_read_add_change_and_remove() -> None:
    for (table,) in rows(SECURED):
        policies = rows(
            "SELECT cmd, qual, with_check FROM pg_policies WHERE tablename = %s AND permissive = 'PERMISSIVE'",
            table,
        )
        commands = {command for command, _qual, _check in policies}
        assert commands >= {"SELECT", "INSERT", "UPDATE", "DELETE"} or "ALL" in commands, table
        assert all(check for command, _qual, check in policies if command in {"INSERT", "UPDATE", "ALL"}), (
            table
        )
        assert all(qual != "true" for _command, qual, _check in policies), table


@pytest.mark.django_db
def test_children_point_to_parents_of_the_same_owner() -> None:
    owned = {name for name, *_ in rows(OWNED)}
    wrong = {
        f"{child} -> {parent} by {columns}"
        for child, parent, columns in rows(FOREIGN_KEYS)
        if child in owned
        and parent in owned
        and "owner" not in columns
        and not any(
            other_child == child and other_parent == parent and "owner" in other_columns
            for other_child, other_parent, other_columns in rows(FOREIGN_KEYS)
        )
    }

    assert wrong == set(OTHER_OWNER)


@pytest.mark.django_db
def test_no_view_looks_past_row_security() -> None:
    views = rows(
        "SELECT relname, reloptions FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace"
        " WHERE n.nspname = current_schema() AND relkind IN ('v', 'm')"
    )

    assert [name for name, options in views if "security_invoker=true" not in (options or [])] == []


@pytest.mark.django_db
def test_without_an_actor_nothing_confidential_is_seen() -> None:
    """Rows of the demonstration may be shown to everybody; nothing else may."""
    for table, *_ in rows(OWNED):
        with transaction.atomic(), acting(Actor()):
            assert rows(f"SELECT count(*) FROM {table}") == [(0,)], table  # noqa: S608 - names of our own tables


@pytest.mark.django_db
def test_tests_run_as_the_application_role() -> None:
    assert role_problems() == []
    assert list(refuse_powerful_role(None)) == []


@pytest.mark.django_db(transaction=True)
def test_service_refuses_to_start_as_the_owner() -> None:
    with as_owner(), pytest.raises(RoleRefusedError, match="owns the table"):
        refuse_powerful_role(None)


@pytest.mark.django_db
@pytest.mark.parametrize("statement", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_no_role_of_the_service_changes_what_is_append_only(statement: str) -> None:
    """SEC-20: privileges refuse the application, whatever it believes to be."""
    guarded = rows(
        "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'refuse_change' AND NOT tgisinternal"
    )

    assert len(guarded) > 10
    unguarded = []
    for (table,) in guarded:
        key = rows("SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum = 1", table)[0][
            0
        ]
        if not _is_refused(statement.format(table, key, key)):
            unguarded.append(table)

    assert unguarded == []


def _is_refused(statement: str) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    except DatabaseError as error:
        return "permission denied" in str(error) or "never changed" in str(error)
    return False

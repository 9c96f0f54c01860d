"""Refuses to start with a database role that row security would not hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kerong.portal.preparation import Preparation


class RoleRefusedError(RuntimeError):
    """The service's database role may do too much; the message says what and how to mend it."""


def role_problems() -> list[str]:
    """Return what the present role may do and must not, in words."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles"
            " WHERE rolname = current_user"
        )
        name, *powers = cursor.fetchone()
        words = ("is a superuser", "bypasses row security", "may create roles", "may create databases")
        problems = [f"{name} {word}" for word, has in zip(words, powers, strict=True) if has]
        cursor.execute(
            "SELECT relname FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace"
            " WHERE n.nspname = current_schema() AND relkind IN ('r', 'p') AND pg_get_userbyid(relowner) = current_user"
        )
        problems += [f"{name} owns the table {table}" for (table,) in cursor.fetchall()]
        cursor.execute(
            "SELECT relname FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace"
            " WHERE n.nspname = current_schema() AND relkind IN ('r', 'p')"
            " AND has_table_privilege(current_user, pg_class.oid, 'TRUNCATE')"
        )
        problems += [f"{name} may truncate the table {table}" for (table,) in cursor.fetchall()]
    return problems


def refuse_powerful_role(_preparation: Preparation) -> Iterable[str]:
    """Stop the start when the role may do too much. Raises RoleRefusedError."""
    problems = role_problems()
    if problems:
        raise RoleRefusedError(
            f"The database role of the service may do too much: {'; '.join(problems[:5])}. "
            "Give DATABASE_URL a role that owns nothing (see docs/how_to/run_a_server.md)."
        )
    return []

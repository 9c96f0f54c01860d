"""Borrows the owner's database address for as long as tables are made or changed, and for nothing else."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import connection
from psycopg import sql

if TYPE_CHECKING:
    from collections.abc import Iterator

BORROWED = ("USER", "PASSWORD", "HOST", "PORT", "OPTIONS")


@contextmanager
def as_owner() -> Iterator[None]:
    """Let the default connection be the owner's inside the block; the database's name stays the same.

    Closes the connection on both sides, so never use it inside a transaction.
    Raises ImproperlyConfigured when DATABASE_OWNER_URL is not set.
    """
    owner = settings.OWNER_DATABASE
    if owner is None:
        raise ImproperlyConfigured(
            "Changing tables needs the owner's address: set DATABASE_OWNER_URL, or use `kerong run`, "
            "which has it."
        )
    current = {key: connection.settings_dict[key] for key in BORROWED}
    _change(owner)
    try:
        yield
    finally:
        _change(current)


def migrate(*, verbosity: int = 0) -> None:
    """Bring the tables up to date as the owner; the application may read the list of migrations, no more."""
    application = sql.Identifier(connection.settings_dict["USER"])
    with as_owner():
        call_command("migrate", interactive=False, verbosity=verbosity)
        with connection.cursor() as cursor:
            cursor.execute(
                sql.SQL("REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {}")
                .format(application)
                .as_string()
            )


def _change(values: dict[str, object]) -> None:
    connection.close()
    connection.close_pool()
    connection.settings_dict.update({key: values[key] for key in BORROWED})

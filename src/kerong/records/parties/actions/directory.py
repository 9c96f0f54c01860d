"""Loads the directory: demo enterprises and institutions, public offices."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.db import connection, transaction
from django.utils import timezone

from kerong.basics.clock import current_clock
from kerong.records.parties.models import DemoLoad, Enterprise, Institution, Office
from kerong.records.parties.queries import is_loaded

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

DIRECTORY = "directory"


class DirectoryLine(NamedTuple):
    """One line of the directory as it is loaded; size and stage are None where they are not known."""

    uscc: str
    name: str
    region_code: str
    industry_code: str
    registered_on: date | None
    size_code: str | None
    stage_code: str | None


class InstitutionLine(NamedTuple):
    """One institution as it is stored; ``kind`` is one of ``Institution.KINDS``."""

    key: str
    name: str
    kind: str
    region_code: str


class OfficeLine(NamedTuple):
    """One public office as it is stored; ``kind`` is one of ``Office.KINDS``."""

    key: str
    name: str
    kind: str
    region_code: str


@transaction.atomic
def load_demo_directory(*, enterprises: Iterable[DirectoryLine], fingerprint: str) -> bool:
    """Replace all demo enterprises of the directory, unless exactly these were loaded last; say whether it did.

    Raises IntegrityError for a code that a registrar could give or a name that does not say it is fictitious.
    """
    if is_loaded(DIRECTORY, fingerprint):
        return False
    Enterprise.objects.filter(is_demo=True).delete()
    now, number = timezone.now(), 0
    columns = ", ".join((*DirectoryLine._fields, "is_demo", "created_at"))
    with (
        connection.cursor() as cursor,
        connection.wrap_database_errors,
        cursor.copy(f"COPY parties_enterprise ({columns}) FROM STDIN") as copy,
    ):
        for line in enterprises:
            copy.write_row((*line, True, now))
            number += 1
    note_load(DIRECTORY, fingerprint, number)
    with connection.cursor() as cursor:
        # Searches are planned by these figures; the application itself may not refresh them.
        cursor.execute("SELECT parties_analyze_directory()")
    return True


@transaction.atomic
def store_enterprises(*, enterprises: Iterable[DirectoryLine]) -> int:
    """Store enterprises that a register has published, or bring them up to date, and return how many were given.

    What a line leaves empty stays as it was; demo enterprises are never touched.
    """
    columns, number = ", ".join(DirectoryLine._fields), 0
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMPORARY TABLE parties_coming ON COMMIT DROP AS"  # noqa: S608 - names of our columns
            f" SELECT {columns} FROM parties_enterprise WITH NO DATA"
        )
        with (
            connection.wrap_database_errors,
            cursor.copy(f"COPY parties_coming ({columns}) FROM STDIN") as copy,
        ):
            for line in enterprises:
                copy.write_row(line)
                number += 1
        cursor.execute(
            f"INSERT INTO parties_enterprise AS known ({columns}, is_demo, created_at)"  # noqa: S608 - as above
            f" SELECT DISTINCT ON (uscc) {columns}, false, %s FROM parties_coming ORDER BY uscc"
            " ON CONFLICT (uscc) DO UPDATE SET name = excluded.name,"
            " region_code = coalesce(nullif(excluded.region_code, ''), known.region_code),"
            " industry_code = coalesce(nullif(excluded.industry_code, ''), known.industry_code),"
            " registered_on = coalesce(excluded.registered_on, known.registered_on)"
            " WHERE NOT known.is_demo",
            [current_clock().now()],
        )
        cursor.execute("DROP TABLE parties_coming")
        cursor.execute("SELECT parties_analyze_directory()")
    return number


@transaction.atomic
def load_demo_institutions(*, institutions: Iterable[InstitutionLine]) -> int:
    """Store the demo institutions, drop those that are no longer given, and return how many were given."""
    lines = list(institutions)
    gone = Institution.objects.filter(is_demo=True).exclude(key__in=[line.key for line in lines])
    # One with branches or licences is part of somebody's record by now.
    gone.filter(branches__isnull=True, licences__isnull=True).delete()
    stored = Institution.objects.bulk_create(
        [Institution(**line._asdict(), is_demo=True) for line in lines],
        update_conflicts=True,
        unique_fields=["key"],
        update_fields=["name", "kind", "region_code"],
    )
    return len(stored)


@transaction.atomic
def store_offices(*, offices: Iterable[OfficeLine]) -> int:
    """Store public offices, or bring them up to date, and return how many were given."""
    stored = Office.objects.bulk_create(
        [Office(**line._asdict()) for line in offices],
        update_conflicts=True,
        unique_fields=["key"],
        update_fields=["name", "kind", "region_code"],
    )
    return len(stored)


def note_load(what: str, fingerprint: str, row_count: int) -> None:
    """Note what was loaded into a demo table, in the loader's transaction."""
    noted = {"fingerprint": fingerprint, "row_count": row_count}
    DemoLoad.objects.update_or_create(what=what, defaults=noted)

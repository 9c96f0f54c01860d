"""Changes to the parties: one verb, one function, one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone

from kerong.records.parties.models import DemoLoad, Enterprise, Institution, Office, User
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


class UserRefusedError(ValueError):
    """The account cannot be made; `problems` maps each field to what is wrong with it."""

    def __init__(self, problems: dict[str, list[str]]) -> None:
        super().__init__("; ".join(f"{field}: {' '.join(messages)}" for field, messages in problems.items()))
        self.problems = problems


@transaction.atomic
def create_user(*, username: str, display_name: str, password: str | None = None, email: str = "") -> User:
    """Create an account and return it; without a password nobody can sign in with one.

    Raises UserRefusedError naming every wrong field at once, a taken user name among them.
    """
    user = User(username=User.normalize_username(username), display_name=display_name, email=email)
    user.set_password(password)
    problems: dict[str, list[str]] = {}
    if password is not None:
        try:
            validate_password(password, user)
        except ValidationError as error:
            problems["password"] = error.messages
    try:
        user.full_clean()
    except ValidationError as error:
        problems |= error.message_dict
    if problems:
        raise UserRefusedError(problems)
    user.save(force_insert=True)
    return user


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
def load_demo_institutions(*, institutions: Iterable[InstitutionLine]) -> int:
    """Replace all demo institutions and return how many there are now."""
    Institution.objects.filter(is_demo=True).delete()
    made = [Institution(**line._asdict(), is_demo=True) for line in institutions]
    return len(Institution.objects.bulk_create(made))


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

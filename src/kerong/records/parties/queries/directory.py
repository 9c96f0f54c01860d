"""Reads about the parties: accounts, the directory of enterprises, institutions, public offices."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

from django.db.models import BooleanField, F, Func, Q

from kerong.records.parties.models import DemoLoad, Enterprise, Institution, Office, User

if TYPE_CHECKING:
    from django.db.models import QuerySet

Order = Literal["newest", "oldest", "name", "code"]
ORDERS: dict[Order, tuple[Any, ...]] = {
    "newest": (F("registered_on").desc(nulls_last=True), "uscc"),
    "oldest": ("registered_on", "uscc"),
    "name": ("name", "uscc"),
    "code": ("uscc",),
}
"""Each has an index of its own, so that a page is read without sorting the whole directory."""
_CODE = re.compile(r"[0-9A-Z]{1,18}")


def active_users() -> QuerySet[User]:
    """Return the accounts that may sign in, by name."""
    return User.objects.filter(is_active=True).order_by("username")


def find_user(*, username: str) -> User | None:
    """Return the account with this user name, active or not, or None."""
    return User.objects.filter(username=User.normalize_username(username)).first()


def find_user_by_id(key: str | UUID) -> User | None:
    """Return the account with this id, active or not, or None."""
    try:
        return User.objects.filter(id=UUID(str(key))).first()
    except ValueError:
        return None


def enterprises(  # noqa: PLR0913 - the ways to narrow the directory
    *,
    text: str = "",
    region: str = "",
    industry: str = "",
    size: str = "",
    stage: str = "",
    order: Order = "newest",
    by_parts: bool = True,
) -> QuerySet[Enterprise]:
    """Return the lines of the directory that a search leaves.

    ``text`` is part of a name, or a code or its beginning; ``region`` a code of GB/T 2260, which holds what lies
    in it; ``industry`` a section or division of GB/T 4754, with the letter; ``size`` and ``stage`` codes, ``-``
    for those not known. ``by_parts`` finds names by the index of their parts; without it names are read in order,
    which is quicker where a text stands in very many of them.
    """
    found = Enterprise.objects.order_by(*ORDERS[order])
    if region:
        found = found.filter(region_code__startswith=_inside(region))
    if industry:
        found = found.filter(industry_code__startswith=industry)
    for field, wanted in (("size_code", size), ("stage_code", stage)):
        if wanted:
            found = found.filter(**({f"{field}__isnull": True} if wanted == "-" else {field: wanted}))
    return _named(found, text, by_parts=by_parts)


def enterprise(uscc: str) -> Enterprise | None:
    """Return one line of the directory, or None."""
    return Enterprise.objects.filter(uscc=uscc).first()


def institutions(*, kind: str = "") -> QuerySet[Institution]:
    """Return institutions by key, all or of one kind."""
    found = Institution.objects.order_by("key")
    return found.filter(kind=kind) if kind else found


def offices(*, kind: str = "") -> QuerySet[Office]:
    """Return public offices by key, all or of one kind."""
    found = Office.objects.order_by("key")
    return found.filter(kind=kind) if kind else found


def is_loaded(what: str, fingerprint: str) -> bool:
    """Tell whether exactly this was the last thing loaded into a demo table."""
    return DemoLoad.objects.filter(what=what, fingerprint=fingerprint).exists()


def plain_text(text: str) -> str:
    """Return what somebody typed as it is searched: full-width forms folded, no spaces, no zero bytes."""
    return re.sub(r"[\s\0]+", "", unicodedata.normalize("NFKC", text))


class _NameHolds(Func):
    """The name holds a text: its parts by the index, then the text itself."""

    output_field = BooleanField()

    def as_sql(self, compiler: Any, connection: Any, **_more: Any) -> tuple[str, list[Any]]:
        del connection
        (name, _none), (plain, _none) = (compiler.compile(source) for source in self.source_expressions)
        text = self.extra["text"]
        held, pattern = f"{plain} LIKE parties_plain_name(%s)", f"%{_escaped(text)}%"
        if not self.extra["by_parts"]:
            return held, [pattern]
        return f"(parties_name_parts({name}) @> parties_name_parts(%s) AND {held})", [text, pattern]


def _named(found: QuerySet[Enterprise], text: str, *, by_parts: bool) -> QuerySet[Enterprise]:
    wanted = plain_text(text)
    if not wanted:
        return found
    code = wanted.upper()
    # One character is no part of two: the names themselves are read.
    by_name = Q(_NameHolds(F("name"), F("plain_name"), text=wanted, by_parts=by_parts and len(wanted) > 1))
    if not _CODE.fullmatch(code):
        return found.filter(by_name)
    by_code = Q(uscc=code) if len(code) == 18 else Q(uscc__startswith=code)  # noqa: PLR2004 - a whole code
    return found.filter(by_code | by_name)


def _inside(region: str) -> str:
    """Return the beginning of the codes inside a region."""
    if region.endswith("0000"):
        return region[:2]
    return region[:4] if region.endswith("00") else region


def _escaped(text: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", text)

"""Reads about the parties."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kerong.records.parties.models import User

if TYPE_CHECKING:
    from django.db.models import QuerySet


def active_users() -> QuerySet[User]:
    """Return the accounts that may sign in, by name."""
    return User.objects.filter(is_active=True).order_by("username")


def find_user(*, username: str) -> User | None:
    """Return the account with this user name, active or not, or None."""
    return User.objects.filter(username=User.normalize_username(username)).first()

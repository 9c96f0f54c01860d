"""Which page of a list is meant by what an address says: the nearest one that exists."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from django.core.paginator import Page, Paginator

Thing = TypeVar("Thing")


def page_at(paginator: Paginator[Thing], asked: str | None) -> Page[Thing]:
    """Return the page asked for: before the first is the first, behind the last the last, no number the first."""
    try:
        number = int(asked or 1)
    except ValueError:
        number = 1
    return paginator.page(min(max(number, 1), paginator.num_pages))

"""Every route × every role: the table in routes.py is the whole truth about who may ask for what (SEC-2)."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import pytest
from access.routes import BUSINESS, PUBLIC, ROUTES, SIGNED_IN, Route
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve, reverse

from kerong.records.parties.queries import ADMINISTRATORS, ROLES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.http import HttpResponse

PARTY = {
    "enterprise": "enterprise:X9420100DEM000014E",
    "institution": "institution:demo_bank_01",
    "office": "office:dept_finance",
    "platform": "platform",
}
FORBIDDEN, REDIRECT = 403, 302


def names(patterns: list[URLPattern | URLResolver], space: str = "") -> Iterator[str]:
    for each in patterns:
        if isinstance(each, URLResolver):
            yield from names(each.url_patterns, f"{space}{each.namespace}:" if each.namespace else space)
        elif each.name:
            yield space + each.name


def ask(client: Client, name: str, route: Route) -> HttpResponse:
    address = reverse(name, kwargs=route.arguments or None)
    return client.post(address) if route.method == "post" else client.get(address)


def asks_to_sign_in(response: HttpResponse) -> bool:
    return response.status_code == REDIRECT and "/accounts/login/" in response.headers["Location"]


def wrong_answers(client: Client, role: str | None, routes: dict[str, Route]) -> dict[str, Any]:
    """Return the routes that answer otherwise than their row says; ``role`` is None for a visitor."""
    duties = ROLES[role].duties if role else None
    wrong: dict[str, Any] = defaultdict(list)
    for name, route in routes.items():
        response = ask(client, name, route)
        status = response.status_code
        if route.audience == PUBLIC:
            right = status in route.gives
        elif duties is None:
            right = asks_to_sign_in(response)
        elif route.audience == BUSINESS and role in ADMINISTRATORS:
            right = status == FORBIDDEN
        elif route.audience in {SIGNED_IN, BUSINESS} or duties & set(route.audience):
            right = status in route.gives and not asks_to_sign_in(response)
        else:
            right = status == FORBIDDEN
        if not right:
            wrong[name] = status
    return dict(wrong)


def test_every_route_has_a_row_and_every_row_a_route() -> None:
    found = set(names(get_resolver().url_patterns))

    assert (sorted(found - ROUTES.keys()), sorted(ROUTES.keys() - found)) == ([], [])


def test_rows_say_the_duties_that_the_views_ask_for() -> None:
    declared = {}
    for name, route in ROUTES.items():
        view = resolve(reverse(name, kwargs=route.arguments or None)).func
        duties = getattr(view, "duties", None)
        if duties is not None:
            declared[name] = (route.audience, tuple(duties) or SIGNED_IN)
        elif audience := getattr(view, "audience", None):
            declared[name] = (route.audience, audience)

    assert {name: pair for name, pair in declared.items() if pair[0] != pair[1]} == {}


def test_every_duty_of_a_row_is_carried_by_some_role() -> None:
    carried = frozenset[str]().union(*(role.duties for role in ROLES.values()))
    asked = {
        duty for route in ROUTES.values() if isinstance(route.audience, tuple) for duty in route.audience
    }

    assert asked - carried == set()


@pytest.mark.parametrize("role", ROLES)
def test_each_role_gets_what_its_rows_say(role: str, sign_in: Callable[..., Client]) -> None:
    client = sign_in(role, PARTY[ROLES[role].party_kind])
    # Signing out is last, and what shows released policies is asked for by the visitor below.
    routes = {
        name: route for name, route in ROUTES.items() if not route.needs_law and name != "account_logout"
    }

    assert wrong_answers(client, role, routes) == {}


@pytest.mark.usefixtures("law")
def test_visitor_gets_the_public_routes_and_is_asked_to_sign_in_elsewhere() -> None:
    assert wrong_answers(Client(), None, ROUTES) == {}


def test_personal_pages_are_kept_by_no_browser_and_no_proxy(sign_in: Callable[..., Client]) -> None:
    client = sign_in("security_admin", "platform")
    personal = ("parties:me", "parties:claims", "parties:access", "mfa_index", "usersessions_list")

    assert {name: client.get(reverse(name)).headers["Cache-Control"] for name in personal} == dict.fromkeys(
        personal, "no-store, private"
    )


@pytest.mark.usefixtures("db")
def test_every_answer_carries_the_safety_headers(
    client: Client,
) -> None:
    response = client.get(reverse("account_login"))

    policy = response.headers["Content-Security-Policy"]
    assert "unsafe-inline" not in policy
    assert "frame-ancestors 'none'" in policy
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert response.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert settings.SESSION_COOKIE_HTTPONLY
    assert settings.SESSION_COOKIE_SAMESITE == "Lax"

"""Signing in: passwords by profile, lockout, second factor, idle time, step up (LAW-30, SEC-9, SEC-10)."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.contrib.auth.password_validation import validate_password
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kerong.basics.clock import SHANGHAI, FixedClock, using_clock
from kerong.portal.accounts.outside import outside_accounts
from kerong.portal.accounts.passwords import is_too_old, kinds_in
from kerong.portal.accounts.sessions import BEGAN_KEY, SEEN_KEY
from kerong.portal.acting import STEPPED_UP_KEY
from kerong.records.evidence import queries as evidence
from kerong.records.parties.actions import create_person, create_user, grant_membership
from kerong.records.parties.queries import active_users, find_user

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.contrib.auth.base_user import AbstractBaseUser as User
    from pytest_django.fixtures import SettingsWrapper

PASSWORD = "Gu4nggu-Ledger-77"
SECRET = generate_totp_secret()
FIRM = "enterprise:X9420100DEM000014E"


def account(name: str = "someone", *, role: str = "", party: str = FIRM, factor: bool = False) -> User:
    user = create_user(username=name, display_name=name, password=PASSWORD, person=create_person(name=name))
    if role:
        grant_membership(user=user, party=party, role=role, proof="测试")
    if factor:
        TOTP.activate(user, SECRET)
    return user


def sign_in(client: Client, name: str = "someone", password: str = PASSWORD) -> str:
    response = client.post("/accounts/login/", {"login": name, "password": password})
    return response.headers.get("Location", str(response.status_code))


def code(steps: int = 0) -> str:
    return format_hotp_value(hotp_value(SECRET, int(time.time()) // 30 + steps))


def problems(password: str, user: User | None = None) -> int:
    try:
        validate_password(password, user)
    except ValidationError as error:
        return len(error.messages)
    return 0


@pytest.fixture(autouse=True)
def empty_cache(house: None) -> None:
    del house
    cache.clear()


# ── passwords ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("profile", "password", "wrong"),
    [
        ("djbh3", "Gu4nggu-Ledg", 0),
        ("djbh3", "Gu4nggu-Led", 1),
        ("djbh3", "lowercase-only", 1),
        ("djbh3", "长密码也要有三种字符", 2),
        ("asvs", "lowercase-only", 0),
        ("asvs", "short-one", 1),
    ],
)
def test_profile_decides_length_and_kinds(
    settings: SettingsWrapper, profile: str, password: str, wrong: int
) -> None:
    settings.KERONG_PASSWORD_PROFILE = profile

    assert problems(password) == wrong


def test_common_passwords_are_refused_in_both_profiles(settings: SettingsWrapper) -> None:
    for profile in ("djbh3", "asvs"):
        settings.KERONG_PASSWORD_PROFILE = profile
        assert problems("1qaz2wsx3edc") >= 1


@pytest.mark.usefixtures("settings")
def test_administrators_need_fifteen() -> None:
    administrator = account("boss", role="system_admin", party="platform")
    other = account("other", role="agent")

    assert (problems("Xk7-mVq2-Lp9w", administrator), problems("Xk7-mVq2-Lp9w", other)) == (1, 0)


def test_last_five_passwords_are_not_taken_again(settings: SettingsWrapper) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    user = account()
    for number in range(5):
        user.set_password(f"{PASSWORD}-{number}")
        user.save()

    # The first one is the sixth by now.
    assert [problems(f"{PASSWORD}-{number}", user) for number in range(5)] == [1] * 5
    assert problems(PASSWORD, user) == 0
    settings.KERONG_PASSWORD_PROFILE = "asvs"
    assert problems(f"{PASSWORD}-4", user) == 0


def test_password_is_changed_every_ninety_days_in_djbh3_only(settings: SettingsWrapper) -> None:
    with using_clock(FixedClock(datetime(2026, 11, 23, tzinfo=SHANGHAI))) as clock:
        user = find_user(username=account(role="agent").username)
        clock.move(timedelta(days=90))
        on_the_day = is_too_old(user)
        clock.move(timedelta(seconds=1))
        after = is_too_old(user)
        settings.KERONG_PASSWORD_PROFILE = "asvs"
        in_asvs = is_too_old(user)

    assert (on_the_day, after, in_asvs) == (False, True, False)


def test_old_password_lets_nobody_past_the_page_that_changes_it(client: Client) -> None:
    user = account(role="agent")
    user.password_changed_at = timezone.now() - timedelta(days=91)
    user.save(update_fields=["password_changed_at"])
    sign_in(client)

    assert client.get("/people/").headers["Location"].startswith("/accounts/password/change/")


def test_kinds_of_characters_are_counted() -> None:
    assert [kinds_in(text) for text in ("abc", "aB", "aB1", "aB1-", "")] == [1, 2, 3, 4, 0]


# ── signing in ────────────────────────────────────────────────────────────────


def test_account_waits_after_five_wrong_passwords_whatever_the_address(client: Client) -> None:
    account(role="agent")
    for number in range(5):
        sign_in(Client(REMOTE_ADDR=f"10.0.0.{number}"), password="wrong")

    assert sign_in(client) == "200"
    assert client.get("/people/").status_code == 302
    kinds = [event.kind for event in evidence.events(stream="access")]
    assert (kinds.count("sign_in_failed"), kinds.count("sign_in_refused_by_lockout")) == (5, 1)


def test_address_waits_after_twenty_wrong_passwords(client: Client) -> None:
    account(role="agent")
    for number in range(20):
        sign_in(client, name=f"nobody-{number}", password="wrong")

    assert sign_in(client) == "200"
    assert sign_in(Client(REMOTE_ADDR="10.0.0.9")) == reverse("work")


def test_wrong_name_and_wrong_password_are_answered_alike(client: Client) -> None:
    account(role="agent")
    pages = [
        client.post("/accounts/login/", {"login": name, "password": "wrong"}).context["form"].errors
        for name in ("someone", "nobody")
    ]

    assert pages[0] == pages[1]


def test_whoever_has_a_second_factor_is_asked_for_it(client: Client) -> None:
    account(role="relationship_manager", party="institution:a", factor=True)

    assert sign_in(client) == "/accounts/2fa/authenticate/"
    assert client.get("/people/").status_code == 302
    assert client.post("/accounts/2fa/authenticate/", {"code": "000000"}).status_code == 200
    assert client.post("/accounts/2fa/authenticate/", {"code": code()}).headers["Location"] == reverse("work")
    assert client.get("/people/").status_code == 200


def test_role_that_demands_a_second_factor_reaches_only_the_page_that_sets_it_up(client: Client) -> None:
    account(role="finance_officer", party="office:dept_finance")
    sign_in(client)

    assert client.get("/people/").headers["Location"] == "/accounts/2fa/?needed=1"
    assert client.get("/accounts/2fa/").status_code == 200


def test_last_factor_stays_where_the_role_demands_one(client: Client) -> None:
    account(role="finance_officer", party="office:dept_finance", factor=True)
    sign_in(client)
    client.post("/accounts/2fa/authenticate/", {"code": code()})
    client.post("/accounts/2fa/totp/deactivate/")

    assert Authenticator.objects.filter(type="totp").count() == 1


def test_secret_of_the_authenticator_app_is_encrypted() -> None:
    account(factor=True)

    assert SECRET not in str(Authenticator.objects.get().data)


def test_signing_up_makes_a_person_without_any_mandate(client: Client) -> None:
    typed = {"display_name": "新人", "phone": "19900000000", "username": "newcomer"}
    client.post("/accounts/signup/", typed | {"password1": PASSWORD, "password2": PASSWORD})
    user = find_user(username="newcomer")

    assert (user.display_name, user.person.name, user.memberships.count()) == ("新人", "新人", 0)
    assert user.person.phone_sealed != ""
    assert client.get("/people/").status_code == 200


def test_signing_up_cannot_set_what_the_form_does_not_ask(client: Client) -> None:
    typed = {
        "display_name": "新人",
        "phone": "19900000000",
        "username": "newcomer",
        "is_superuser": "1",
        "role": "x",
    }
    client.post("/accounts/signup/", typed | {"password1": PASSWORD, "password2": PASSWORD})

    assert [user.is_superuser for user in active_users()] == [False]


# ── staying signed in ─────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("role", "party", "key", "minutes", "stays"),
    [
        ("agent", FIRM, SEEN_KEY, 29, True),
        ("agent", FIRM, SEEN_KEY, 31, False),
        ("system_admin", "platform", SEEN_KEY, 14, True),
        ("system_admin", "platform", SEEN_KEY, 16, False),
        ("agent", FIRM, BEGAN_KEY, 12 * 60 - 1, True),
        ("agent", FIRM, BEGAN_KEY, 12 * 60 + 1, False),
    ],
)
def test_session_ends_when_idle_or_too_long(  # noqa: PLR0913 - one case of the table
    request: pytest.FixtureRequest, role: str, party: str, key: str, minutes: int, *, stays: bool
) -> None:
    make: Callable[..., Client] = request.getfixturevalue("sign_in")
    client = make(role, party)
    client.get("/people/")
    session = client.session
    session[key] = (timezone.now() - timedelta(minutes=minutes)).isoformat()
    session.save()

    assert (client.get("/people/").status_code == 200) is stays


# ── proving anew ──────────────────────────────────────────────────────────────


def test_step_up_takes_a_code_and_comes_back(client: Client) -> None:
    account(role="finance_approver", party="office:dept_finance", factor=True)
    sign_in(client)
    client.post("/accounts/2fa/authenticate/", {"code": code()})
    page = client.get("/accounts/step-up/?next=/people/").headers["Location"]
    # The code of the sign-in is used up, so the next one is entered; no wait in a test.
    cache.clear()
    done = client.post(page, {"code": code()}).headers["Location"]
    back = client.get(done).headers["Location"]

    assert page.startswith("/accounts/2fa/reauthenticate/")
    assert back == "/people/"
    assert STEPPED_UP_KEY in client.session


def test_step_up_without_proof_asks_again_and_leads_nowhere_else(client: Client) -> None:
    account(role="agent", factor=True)
    sign_in(client)
    client.post("/accounts/2fa/authenticate/", {"code": code()})

    assert (
        client.get("/accounts/step-up/done/?next=/people/")
        .headers["Location"]
        .startswith("/accounts/step-up/")
    )
    assert STEPPED_UP_KEY not in client.session
    assert "evil" not in client.get("/accounts/step-up/?next=https://evil.example/").headers["Location"]


# ── outside log-in ────────────────────────────────────────────────────────────


def test_outside_identity_is_issuer_and_subject(monkeypatch: pytest.MonkeyPatch) -> None:
    assert outside_accounts() == {}
    keys = []
    for issuer in ("https://one.example", "https://two.example"):
        monkeypatch.setenv("KERONG_OIDC_ISSUER", issuer)
        monkeypatch.setenv("KERONG_OIDC_CLIENT_ID", "kerong")
        keys.append(outside_accounts()["openid_connect"]["APPS"][0]["provider_id"])

    assert len(set(keys)) == 2

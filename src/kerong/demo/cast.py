"""The invented people of the demo: accounts, mandates, one shared password and codes for the second factor."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import yaml
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction

from kerong.adapters.e_sign import demo_code
from kerong.basics.acting import Actor, house_actor
from kerong.basics.clock import current_clock
from kerong.portal.secrets_file import ensure_secrets
from kerong.records.evidence.actions import acting
from kerong.records.parties.actions import create_person, create_user, grant_membership
from kerong.records.parties.queries import (
    actor_for,
    find_user,
    live_memberships,
    role,
    signing_requests,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.contrib.auth.base_user import AbstractBaseUser as User

    from kerong.portal.preparation import Preparation

CAST_FILE = Path(__file__).with_name("cast.yaml")
FIRST_PHONE = 19_900_000_000
CODE_LIVES_SECONDS = 30


class NoDemoError(RuntimeError):
    """Passwords and codes of invented people are for the demo only."""


class Player(NamedTuple):
    """One invented person: user name, name, role, party, telephone."""

    username: str
    name: str
    role: str
    party: str
    phone: str


def cast() -> list[Player]:
    """Return the invented people as their file says."""
    written = yaml.safe_load(CAST_FILE.read_text(encoding="utf-8"))["people"]
    return [
        Player(each["user"], each["name"], each["role"], each["party"], str(FIRST_PHONE + number))
        for number, each in enumerate(written, start=1)
    ]


def store_cast(_preparation: Preparation | None = None) -> Iterable[str]:
    """Store whoever is missing, with password, factor and mandate; return the log-ins to show."""
    _refuse_in_production()
    with transaction.atomic(), acting(house_actor("demo cast")):
        password = make_password(demo_password())
        for player in cast():
            _store(player, password)
    return [
        f"演示账号共用口令：{demo_password()}",
        "演示账号：guanggu.agent（经办人）、bank01.manager（客户经理）、finance.officer（财政）等",
        "第二因素验证码：kerong demo code <用户名>",
    ]


def actor(username: str, *, stepped_up: bool = False) -> Actor:
    """Return an invented person as the actor of a demo step."""
    user = find_user(username=username)
    if user is None:
        raise NoDemoError(f"nobody is called {username}; the step of the demo cast makes them")
    now = current_clock().now() if stepped_up else None
    return actor_for(user, live_memberships(user=user).first(), request="demo", stepped_up_at=now)


def demo_password() -> str:
    """Return the password that the invented people share. Raises NoDemoError in production."""
    _refuse_in_production()
    # Three kinds of characters whatever the secret is.
    return f"Kr-{ensure_secrets(settings.KERONG_HOME)['demo.password']}"


def code_of(username: str, *, at: float | None = None) -> str:
    """Return the present code of somebody's authenticator app. Raises NoDemoError in production."""
    _refuse_in_production()
    counter = int(time.time() if at is None else at) // CODE_LIVES_SECONDS
    return format_hotp_value(hotp_value(_secret(username), counter))


def pending_codes(username: str) -> list[tuple[str, str, str]]:
    """Return title, signer and code of what waits for a signature that somebody asked for or shall give."""
    _refuse_in_production()
    user = find_user(username=username)
    if user is None:
        raise NoDemoError(f"nobody is called {username}")
    with transaction.atomic(), acting(house_actor("demo codes")):
        waiting = signing_requests(open_only=True)
        return [
            (each.title, each.signer_name, demo_code(each.id))
            for each in waiting
            if each.asked_by == str(user.pk) or each.signer_name == user.display_name
        ]


def _store(player: Player, password: str) -> None:
    user = find_user(username=player.username)
    if user is None:
        person = create_person(name=player.name, phone=player.phone, is_demo=True)
        user = create_user(username=player.username, display_name=player.name, person=person)
        # Hashed once for all of them: thirty times would take seconds.
        user.password = password
        user.save(update_fields=["password"])
    if not live_memberships(user=user, party=player.party, role=player.role).exists():
        grant_membership(user=user, party=player.party, role=player.role, proof="演示")
    held = role(player.role)
    if held and held.second_factor:
        _give_factor(user)


def _give_factor(user: User) -> None:
    if not Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists():
        TOTP.activate(user, _secret(user.username))


def _secret(username: str) -> str:
    key = ensure_secrets(settings.KERONG_HOME)["demo.codes"].encode()
    return base64.b32encode(hmac.new(key, username.encode(), hashlib.sha1).digest()).decode()


def _refuse_in_production() -> None:
    if settings.KERONG_ENV == "production":
        raise NoDemoError("invented people, their password and codes are not for production")

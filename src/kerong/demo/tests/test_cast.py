"""The invented people: all of the contract, each able to sign in, none of it in production."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from allauth.mfa.models import Authenticator

from kerong.demo.cast import NoDemoError, actor, cast, code_of, demo_password, store_cast
from kerong.records.parties.queries import ROLES, active_users, find_user, live_memberships

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django.fixtures import SettingsWrapper


@pytest.fixture(autouse=True)
def home(settings: SettingsWrapper, tmp_path: Path) -> None:
    settings.KERONG_HOME = tmp_path


@pytest.mark.usefixtures("db")
def test_everybody_can_sign_in_with_password_and_code() -> None:
    store_cast()
    store_cast()

    assert active_users().count() == len(cast())
    assert all("虚构" in player.name for player in cast())
    assert {player.role for player in cast()} <= ROLES.keys()
    officer = find_user(username="finance.officer")
    assert officer is not None
    assert officer.check_password(demo_password())
    assert live_memberships(user=officer).get().party == "office:dept_finance"
    assert Authenticator.objects.get(user=officer).wrap().validate_code(code_of("finance.officer"))
    assert actor("finance.officer").may("ledger.post")


def test_production_has_no_invented_people(settings: SettingsWrapper) -> None:
    settings.KERONG_ENV = "production"

    for ask in (store_cast, demo_password, lambda: code_of("finance.officer")):
        with pytest.raises(NoDemoError):
            ask()

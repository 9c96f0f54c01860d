"""Accounts are made by one action, which reports every wrong field at once."""

from __future__ import annotations

import pytest

from kerong.records.parties import actions, queries


@pytest.mark.django_db
def test_create_user_stores_an_account_that_can_sign_in() -> None:
    user = actions.create_user(username="liu.yang", display_name="刘洋", password="长江大桥Bridge1957年通车")

    found = queries.find_user(username="liu.yang")
    assert found == user
    assert user.check_password("长江大桥Bridge1957年通车")
    assert user.is_active


@pytest.mark.django_db
def test_create_user_without_password_cannot_sign_in_with_one() -> None:
    user = actions.create_user(username="liu.yang", display_name="刘洋")

    assert not user.has_usable_password()


@pytest.mark.django_db
def test_create_user_reports_every_wrong_field_at_once() -> None:
    actions.create_user(username="liu.yang", display_name="刘洋")

    with pytest.raises(actions.UserRefusedError) as refused:
        actions.create_user(username="liu.yang", display_name="", password="123", email="no-address")

    assert sorted(refused.value.problems) == ["display_name", "email", "password", "username"]


@pytest.mark.django_db
def test_active_users_leaves_out_those_switched_off() -> None:
    on = actions.create_user(username="a", display_name="甲")
    off = actions.create_user(username="b", display_name="乙")
    off.is_active = False
    off.save()

    assert list(queries.active_users()) == [on]


@pytest.mark.django_db
def test_find_user_returns_none_for_a_stranger() -> None:
    assert queries.find_user(username="nobody") is None

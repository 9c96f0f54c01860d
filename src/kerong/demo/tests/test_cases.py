"""The demo cases stand where the story needs them, and making them again changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from kerong.demo.cases import open_demo_cases
from kerong.demo.cast import store_cast
from kerong.portal.preparation import Preparation
from kerong.records.cases.queries import CaseFilter, cases_of, lights_of
from kerong.records.evidence.actions import acting
from kerong.records.parties.queries import actor_for, find_user, live_memberships

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django.fixtures import SettingsWrapper


def test_three_cases_once(db: None, settings: SettingsWrapper, tmp_path: Path) -> None:
    del db
    settings.KERONG_FOLLOW_FILES = True
    settings.KERONG_HOME = tmp_path
    preparation = Preparation("demo", "http://127.0.0.1:1")
    list(store_cast(preparation))
    for _ in range(2):
        open_demo_cases(preparation)

    def seen(username: str) -> list[tuple[str, str]]:
        user = find_user(username=username)
        actor = actor_for(user, live_memberships(user=user).first())
        with transaction.atomic(), acting(actor):
            return [
                (case.state, max((light.colour for light in lights_of(case)), default=""))
                for case in cases_of(actor, CaseFilter("all"))
            ]

    assert sorted(state for state, _light in seen("bank01.manager")) == ["diligence", "second_review"]
    assert seen("bank02.manager") == [("posted", "red")]
    assert seen("province.officer") == [("posted", "red")]
    assert [state for state, _light in seen("finance.reviewer")] == ["second_review"]

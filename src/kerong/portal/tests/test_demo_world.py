"""Pages of records say 演示数据 in the demo world and never in production."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client
    from pytest_django.fixtures import SettingsWrapper

RIBBON = "演示数据："


@pytest.mark.parametrize(
    ("environment", "says_so"), [("demo", True), ("development", True), ("production", False)]
)
def test_ribbon_belongs_to_the_demo_world(
    sign_in: Callable[..., Client], settings: SettingsWrapper, environment: str, *, says_so: bool
) -> None:
    settings.KERONG_ENV = environment
    client = sign_in("agent", "enterprise:X9420100DEM000014E")

    assert (RIBBON in client.get("/consents/").content.decode()) is says_so

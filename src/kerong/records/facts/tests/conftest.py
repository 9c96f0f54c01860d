"""What tests of the facts share: a firm that could be real, its people, and the law of the shipped files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kerong.basics.identity_codes import compose
from kerong.basics.party_reference import enterprise

if TYPE_CHECKING:
    from pytest_django.fixtures import SettingsWrapper

USCC = compose("9", "1", "420100", "MA4K0001")
FIRM = enterprise(USCC)
OTHER = enterprise(compose("9", "1", "420100", "MA4K0002"))
BANK = "institution:test_bank"


@pytest.fixture(autouse=True)
def shipped_law(settings: SettingsWrapper) -> None:
    settings.KERONG_FOLLOW_FILES = True

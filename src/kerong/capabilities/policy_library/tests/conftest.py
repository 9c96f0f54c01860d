"""The shipped policies, released in the test's database."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from kerong.basics.policies_folder import policies_folder
from kerong.records.packs import queries as packs
from kerong.records.packs.actions import release_folder
from kerong.records.packs.queries import in_force

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytest_django.fixtures import SettingsWrapper


@pytest.fixture
def law(
    db: None, tmp_path: Path, settings: SettingsWrapper, monkeypatch: pytest.MonkeyPatch
) -> Iterator[packs.CurrentLaw]:
    """Release the shipped folder and load it; nothing looks for another release during the test."""
    del db
    settings.KERONG_HOME = tmp_path / "home"
    settings.KERONG_FOLLOW_FILES = False
    monkeypatch.setattr(in_force, "SECONDS_BETWEEN_LOOKS", float("inf"))
    packs.forget()
    release_folder(
        folder=policies_folder(), by="测试", document_number="测试〔2026〕1号", in_force_from=date(2026, 1, 1)
    )
    yield packs.current()
    packs.forget()

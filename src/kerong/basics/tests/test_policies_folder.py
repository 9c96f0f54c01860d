"""The law is found where it should be, and a wrong name is never papered over."""

from __future__ import annotations

from pathlib import Path

import pytest

from kerong.basics import policies_folder as module
from kerong.basics.policies_folder import PoliciesNotFoundError, policies_folder


def test_policies_folder_is_the_one_you_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERONG_POLICIES", str(tmp_path))

    assert policies_folder() == tmp_path


def test_policies_folder_named_wrongly_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERONG_POLICIES", str(tmp_path / "no such folder"))

    with pytest.raises(PoliciesNotFoundError, match="KERONG_POLICIES"):
        policies_folder()


def test_policies_folder_prefers_the_checkout_to_the_shipped_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KERONG_POLICIES", raising=False)
    package = tmp_path / "src" / "kerong"
    (package / "policies_shipped").mkdir(parents=True)
    monkeypatch.setattr(module, "PACKAGE_FOLDER", package)

    assert policies_folder() == package / "policies_shipped"
    (tmp_path / "policies").mkdir()
    assert policies_folder() == tmp_path / "policies"


def test_policies_folder_that_is_nowhere_says_where_it_looked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KERONG_POLICIES", raising=False)
    monkeypatch.setattr(module, "PACKAGE_FOLDER", tmp_path / "src" / "kerong")

    with pytest.raises(PoliciesNotFoundError, match="looked at"):
        policies_folder()

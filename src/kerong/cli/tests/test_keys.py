"""Keys are shown without their secrets and rotated by purpose."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from kerong.cli.keys import keys
from kerong.portal.keys_file import ensure_keys, keys_path


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KERONG_HOME", str(tmp_path))
    ensure_keys()
    return tmp_path


def lines(*arguments: str) -> list[str]:
    return CliRunner().invoke(keys, list(arguments)).output.splitlines()


def test_shown_keys_name_everything_but_the_secret(home: Path) -> None:
    shown = lines("show")

    assert [line.split()[1] for line in shown] == [
        "fields",
        "look_ups",
        "sign.consent",
        "sign.letter",
        "sign.evidence",
    ]
    content = keys_path(home).read_text(encoding="utf-8")
    assert not any(word in " ".join(shown) for word in content.split('"') if word.endswith("="))


def test_rotated_key_is_retired_and_kept() -> None:
    lines("rotate", "fields")

    assert [line.split()[-1] for line in lines("show") if " fields " in line] == ["retired", "active"]


def test_unknown_purpose_says_what_to_do() -> None:
    assert lines("rotate", "nothing") == [
        "Error: There is no key for nothing. `kerong keys show` lists the purposes."
    ]

"""A cached catalogue answers like a fresh one; anything changed, foreign or damaged is read anew."""

from __future__ import annotations

import hashlib
import os
import pickle
import shutil
from datetime import date
from pathlib import Path

import pytest

from kerong.engines.rules import cache
from kerong.engines.rules.cache import cache_key, cached_catalogue
from kerong.engines.rules.compiler import compile_library
from kerong.engines.rules.single import FirmJudge

ON = date(2026, 11, 23)
SOUND = Path(__file__).parent / "sound"


@pytest.fixture
def policies(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SOUND, tmp_path / "policies"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def compiles(monkeypatch: pytest.MonkeyPatch) -> list[date]:
    """Note every compilation."""
    days: list[date] = []

    def noted(library: object, on: date) -> object:
        days.append(on)
        return compile_library(library, on)  # type: ignore[arg-type] - passed on as it came

    monkeypatch.setattr(cache, "compile_library", noted)
    return days


def the_file(folder: Path) -> Path:
    (found,) = folder.glob("*.catalogue")
    return found


def test_second_start_compiles_nothing_and_is_equal(
    policies: Path, folder: Path, compiles: list[date]
) -> None:
    fresh = cached_catalogue(policies, ON, folder)

    cached = cached_catalogue(policies, ON, folder)

    assert len(compiles) == 1
    assert cached.library == fresh.library
    assert cached.rules == fresh.rules
    assert cached.criteria == fresh.criteria
    assert cached.graph.nodes == fresh.graph.nodes
    empty = FirmJudge(cached).judge({})
    assert (empty.true, empty.false) == (FirmJudge(fresh).judge({}).true, FirmJudge(fresh).judge({}).false)


def test_scopes_resolve_late_with_the_same_nodes(policies: Path, folder: Path) -> None:
    fresh = cached_catalogue(policies, ON, folder)
    cached = cached_catalogue(policies, ON, folder)

    assert "invented.example" in fresh.scopes
    for key in fresh.scopes:
        pack = cached.library.packs[key]
        for name in pack.parameters:
            if not pack.parameters[name].columns and not pack.parameters[name].by:
                assert repr(cached.scopes[key].entry(name))[:40] == repr(fresh.scopes[key].entry(name))[:40]


@pytest.mark.parametrize("change", ["pack", "new file", "day", "engine"])
def test_any_change_misses(
    policies: Path, folder: Path, compiles: list[date], change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cached_catalogue(policies, ON, folder)
    on = ON
    if change == "pack":
        path = next(p for p in sorted(policies.rglob("*.yaml")) if p.parent.name not in {"sources", "schema"})
        path.write_text(path.read_text(encoding="utf-8") + "\n# edited\n", encoding="utf-8")
    elif change == "new file":
        source = next(policies.glob("sources/*.yaml"))
        text = source.read_text(encoding="utf-8").replace(f"source: {source.stem}", "source: another-source")
        (policies / "sources" / "another-source.yaml").write_text(text, encoding="utf-8")
    elif change == "day":
        on = date(2026, 11, 24)
    else:
        monkeypatch.setattr(cache, "_engine", lambda: "another engine")

    assert cache_key(policies, on) != the_file(folder).stem
    cached_catalogue(policies, on, folder)
    assert len(compiles) == 2


def test_damaged_file_is_ignored(policies: Path, folder: Path, compiles: list[date]) -> None:
    cached_catalogue(policies, ON, folder)
    path = the_file(folder)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)

    cached_catalogue(policies, ON, folder)

    assert len(compiles) == 2


def test_truncated_and_empty_files_are_ignored(policies: Path, folder: Path, compiles: list[date]) -> None:
    cached_catalogue(policies, ON, folder)
    path = the_file(folder)
    whole = path.read_bytes()
    for size in (0, 10, len(whole) - 1):
        path.write_bytes(whole[:size])
        cached_catalogue(policies, ON, folder)

    assert len(compiles) == 4


@pytest.mark.parametrize("mode", [0o666, 0o620])
def test_file_that_others_may_write_is_refused(
    policies: Path, folder: Path, compiles: list[date], mode: int
) -> None:
    cached_catalogue(policies, ON, folder)
    the_file(folder).chmod(mode)

    cached_catalogue(policies, ON, folder)

    assert len(compiles) == 2


def test_folder_that_others_may_write_is_refused(policies: Path, folder: Path, compiles: list[date]) -> None:
    cached_catalogue(policies, ON, folder)
    folder.chmod(0o777)

    cached_catalogue(policies, ON, folder)

    assert len(compiles) == 2


def test_link_is_not_followed(policies: Path, folder: Path, compiles: list[date], tmp_path: Path) -> None:
    cached_catalogue(policies, ON, folder)
    path = the_file(folder)
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")

    cached_catalogue(policies, ON, folder)

    assert len(compiles) == 2


class Planted:
    """Runs a command when unpickled."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, ("touch planted",)


def test_planted_pickle_runs_nothing(
    policies: Path, folder: Path, compiles: list[date], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    cached_catalogue(policies, ON, folder)
    body = pickle.dumps(Planted())
    the_file(folder).write_bytes(hashlib.sha256(body).digest() + body)

    cached_catalogue(policies, ON, folder)

    assert len(compiles) == 2
    assert not (tmp_path / "planted").exists()


def test_cache_that_cannot_be_written_is_done_without(policies: Path, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder", encoding="utf-8")

    assert cached_catalogue(policies, ON, blocked / "cache").rules

"""The steps of `kerong run` make the demo world, and repeating them changes nothing."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kerong.basics.policies_folder import policies_folder
from kerong.demo import directory, world
from kerong.portal.preparation import PREPARATION, RESIDENTS, Preparation
from kerong.portal.worker.places import population_folder
from kerong.records.facts import queries as facts
from kerong.records.packs import actions, queries
from kerong.records.packs.queries.in_force import forget
from kerong.records.parties import queries as parties

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django.fixtures import SettingsWrapper

pytestmark = pytest.mark.django_db
DEMO = Preparation("demo", "http://127.0.0.1:8000/")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: SettingsWrapper, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    copy = Path(shutil.copytree(policies_folder(), tmp_path / "policies"))
    monkeypatch.setenv("KERONG_POLICIES", str(copy))
    monkeypatch.setenv("KERONG_DEMO_FIRMS", "300")
    settings.KERONG_HOME = tmp_path / "home"
    settings.KERONG_FOLLOW_FILES = False
    forget()
    yield copy
    forget()


def prepare() -> list[str]:
    steps = (
        world.release_shipped_packs,
        world.store_demo_firms,
        world.build_demo_population,
        world.load_demo_directory,
    )
    return [line for step in steps for line in step(DEMO)]


def test_the_steps_make_the_world(tmp_path: Path) -> None:
    lines = prepare()

    law = queries.current()
    assert law.is_demonstration
    assert law.release_number == 1
    assert len(facts.demo_firms()) == 4
    assert parties.enterprises().count() == 304
    assert len(parties.institutions()) == 20
    assert len(parties.offices(kind="prefecture")) == 17
    assert (population_folder(tmp_path / "home") / "snapshot" / "manifest.json").exists()
    assert "演示发布（不是法定文号）" in lines[0]
    assert all("演示" in line for line in lines)


def test_the_steps_are_harmless_to_repeat() -> None:
    prepare()
    prepare()

    assert queries.releases().count() == 1
    assert len(facts.demo_firms()) == 4


def test_every_firm_of_the_directory_can_be_opened_and_has_a_history() -> None:
    prepare()

    for line in parties.enterprises():
        firm, history = facts.demo_firm(line.uscc), facts.firm_history(line.uscc)
        assert firm is not None
        assert history is not None
        assert firm.name == line.name
        assert history.events[-1].kind == "registered"
        assert history.events[-1].day == line.registered_on


def test_firms_of_stories_are_in_the_directory_with_their_classes() -> None:
    prepare()

    for firm in facts.demo_firms():
        line = parties.enterprise(firm.uscc)
        assert line is not None
        assert line.size_code
        assert line.stage_code


def test_the_same_population_is_loaded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    prepare()
    read: list[Path] = []
    monkeypatch.setattr(directory, "_batches", lambda path: read.append(path) or [])

    prepare()

    assert read == []


def test_histories_of_stories_agree_with_their_facts() -> None:
    prepare()

    for firm in facts.demo_firms():
        history = facts.firm_history(firm.uscc)
        assert history is not None
        assert history.years[0].revenue_fen == firm.facts["annual_revenue_fen"]
        assert bool(firm.facts.get("is_hnte")) == any(
            event.kind == "hnte_recognised" for event in history.events
        )
        assert all(event.day <= firm.as_of for event in history.events)


def test_an_edited_folder_becomes_the_next_demonstration(folder: Path) -> None:
    prepare()
    path = folder / "facts.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "\n# 一行新的说明\n", encoding="utf-8")
    prepare()

    assert [release.number for release in queries.releases()] == [2, 1]


def test_a_broken_folder_keeps_the_last_release_and_says_so(folder: Path) -> None:
    prepare()
    path = folder / "facts.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("type: money", "type: mony", 1), encoding="utf-8"
    )

    lines = list(world.release_shipped_packs(DEMO))

    assert queries.releases().count() == 1
    assert any("facts.yaml" in line for line in lines)


def test_a_broken_folder_without_a_release_stops_with_a_plain_message(folder: Path) -> None:
    (folder / "facts.yaml").write_text("facts: 7\n", encoding="utf-8")

    with pytest.raises(SystemExit, match=r"facts\.yaml"):
        list(world.release_shipped_packs(DEMO))


def test_a_law_put_in_force_here_is_never_overruled(folder: Path) -> None:
    from kerong.basics.clock import SystemClock

    actions.release_folder(
        folder=folder, by="某处", document_number="某文〔2026〕1号", in_force_from=SystemClock().today()
    )
    path = folder / "facts.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "\n# 一行新的说明\n", encoding="utf-8")

    world.release_shipped_packs(DEMO)

    assert queries.current().document_number == "某文〔2026〕1号"


def test_the_steps_are_in_the_table_of_kerong_run() -> None:
    places = [step.place for step in PREPARATION]

    assert [place for place in places if place.startswith("kerong.demo.world:")] == [
        "kerong.demo.world:release_shipped_packs",
        "kerong.demo.world:store_demo_firms",
        "kerong.demo.world:build_demo_population",
        "kerong.demo.world:load_demo_directory",
    ]
    assert [resident.name for resident in RESIDENTS] == ["worker", "jobs", "sequencer"]

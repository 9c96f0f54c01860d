"""The law of today follows releases, or files with `--dev`; a broken edit keeps the last good law."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kerong.basics.policies_folder import policies_folder
from kerong.engines import rules
from kerong.engines.rules.loading import load_library
from kerong.engines.rules.model import PolicyMistakesError
from kerong.records.packs import actions, queries
from kerong.records.packs.queries import current as current_law
from kerong.records.packs.queries import in_force

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django.fixtures import SettingsWrapper

pytestmark = pytest.mark.django_db
TALENT = "hubei.credit.talent_loan"
DAY = date(2026, 11, 23)
INVENTED = Path(rules.__file__).parent / "tests/sound"


@pytest.fixture
def folder(tmp_path: Path, settings: SettingsWrapper, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    copy = Path(shutil.copytree(policies_folder(), tmp_path / "policies"))
    monkeypatch.setenv("KERONG_POLICIES", str(copy))
    monkeypatch.setattr(in_force, "SECONDS_BETWEEN_LOOKS", 0.0)
    settings.KERONG_HOME = tmp_path / "home"
    settings.KERONG_FOLLOW_FILES = False
    in_force.forget()
    yield copy
    in_force.forget()


def release(folder: Path, number: str = "测试〔2026〕1号", first_day: date = date(2026, 1, 1)) -> None:
    actions.release_folder(folder=folder, by="测试", document_number=number, in_force_from=first_day)


def edit(folder: Path, old: str, new: str) -> None:
    path = folder / "hubei/credit/talent_loan.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def label(law: queries.CurrentLaw) -> str:
    return law.library.packs[TALENT].label


def test_without_a_release_there_is_no_law(folder: Path) -> None:
    assert folder.is_dir()

    with pytest.raises(queries.NoReleaseError):
        current_law()


def test_current_is_the_release_and_not_the_folder(folder: Path) -> None:
    release(folder)
    edit(folder, "label: 科技人才贷（企业）", "label: 改过的名称")

    law = current_law(on=DAY)

    assert label(law) == "科技人才贷（企业）"
    assert (law.release_number, law.following_files, law.document_number) == (1, False, "测试〔2026〕1号")
    assert law.catalogue.on == DAY
    assert law.catalogue.rule(TALENT).pack.label == "科技人才贷（企业）"
    assert not law.is_demonstration


def test_current_picks_up_a_newer_release(folder: Path) -> None:
    release(folder)
    before = current_law(on=DAY)
    edit(folder, "label: 科技人才贷（企业）", "label: 改过的名称")

    release(folder, "测试〔2026〕2号")
    after = current_law(on=DAY)

    assert (label(before), label(after)) == ("科技人才贷（企业）", "改过的名称")
    assert before.sha256 != after.sha256
    assert after.release_number == 2


def test_current_is_loaded_and_compiled_once_for_each_day(folder: Path) -> None:
    release(folder)

    first, again, other_day = current_law(on=DAY), current_law(on=DAY), current_law(on=date(2025, 12, 1))

    assert first.catalogue is again.catalogue
    assert first.library is other_day.library
    assert other_day.catalogue is not first.catalogue


def test_current_asks_the_database_at_most_once_a_second(
    folder: Path, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: object
) -> None:
    release(folder)
    current_law(on=DAY)
    monkeypatch.setattr(in_force, "SECONDS_BETWEEN_LOOKS", 60.0)

    with django_assert_num_queries(0):  # type: ignore[operator] - a fixture of pytest-django
        current_law(on=DAY)

    monkeypatch.setattr(in_force, "SECONDS_BETWEEN_LOOKS", 0.0)
    with django_assert_num_queries(1):  # type: ignore[operator] - a fixture of pytest-django
        current_law(on=DAY)


def test_a_demonstration_says_that_its_number_is_none(folder: Path) -> None:
    release(folder, queries.DEMONSTRATION)

    assert current_law(on=DAY).is_demonstration


def test_followed_files_are_read_again_when_edited(folder: Path, settings: SettingsWrapper) -> None:
    settings.KERONG_FOLLOW_FILES = True
    before = current_law(on=DAY)
    edit(folder, "label: 科技人才贷（企业）", "label: 改过的名称")

    after = current_law(on=DAY)

    assert (label(before), label(after)) == ("科技人才贷（企业）", "改过的名称")
    assert after.following_files
    assert after.release_number is None
    assert after.mistakes == ()


def test_a_broken_edit_keeps_the_last_good_law_and_says_what_is_wrong(
    folder: Path, settings: SettingsWrapper
) -> None:
    settings.KERONG_FOLLOW_FILES = True
    good = current_law(on=DAY)
    edit(folder, "kind: product", "kind: produce")

    broken = current_law(on=DAY)
    edit(folder, "kind: produce", "kind: product")
    mended = current_law(on=DAY)

    assert broken.library is good.library
    assert [mistake.place.file for mistake in broken.mistakes] == ["hubei/credit/talent_loan.yaml"]
    assert mended.mistakes == ()


def test_files_broken_from_the_start_fall_back_to_the_release(
    folder: Path, settings: SettingsWrapper
) -> None:
    release(folder)
    settings.KERONG_FOLLOW_FILES = True
    edit(folder, "kind: product", "kind: produce")

    law = current_law(on=DAY)

    assert label(law) == "科技人才贷（企业）"
    assert law.release_number == 1
    assert len(law.mistakes) >= 1


def test_files_broken_from_the_start_without_a_release_raise_every_mistake(
    folder: Path, settings: SettingsWrapper
) -> None:
    settings.KERONG_FOLLOW_FILES = True
    edit(folder, "kind: product", "kind: produce")

    with pytest.raises(PolicyMistakesError):
        current_law(on=DAY)


def test_shelf_and_terms_come_back_from_a_release_and_firms_meet_rules_about_firms_only(folder: Path) -> None:
    assert folder.is_dir()
    release(INVENTED)
    written = load_library(INVENTED)

    law = current_law(on=DAY)

    assert law.library == written
    assert [product.key for product in law.library.shelf["invented_bank"].products] == [
        "invented_bank.quick_loan",
        "invented_bank.plain_loan",
    ]
    assert law.library.packs["invented.relending"].kind == "terms"
    assert {"invented.talent", "invented.pool"} <= law.library.packs.keys()
    assert [rule.key for rule in law.catalogue.rules] == ["invented.example"]

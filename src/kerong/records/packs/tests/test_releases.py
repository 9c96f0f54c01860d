"""A release is whole or not at all, never changes, and is refused with every mistake."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from kerong.basics.policies_folder import policies_folder
from kerong.engines.rules.model import PolicyMistakesError
from kerong.records.packs import actions, queries
from kerong.records.packs.models import Release, ReleaseText

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 23)
TALENT = Path("hubei/credit/talent_loan.yaml")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(policies_folder(), tmp_path / "policies"))


def release(folder: Path, **said: object) -> Release:
    given = {"by": "测试", "document_number": "测试〔2026〕1号", "in_force_from": DAY, **said}
    return actions.release_folder(folder=folder, **given)


def test_release_stores_every_text_word_for_word(folder: Path) -> None:
    made = release(folder)

    texts = queries.texts_of(made)
    assert made.number == 1
    assert texts == queries.read_texts(folder)
    assert texts[TALENT.as_posix()] == (folder / TALENT).read_text(encoding="utf-8")
    assert not any(path.startswith("schema/") for path in texts)


def test_release_of_the_same_texts_under_the_same_number_is_the_current_one(folder: Path) -> None:
    first = release(folder)
    again = release(folder)
    other_number = release(folder, document_number="测试〔2026〕2号")

    assert again == first
    assert other_number.number == 2
    assert list(queries.releases()) == [other_number, first]


def test_release_of_a_broken_folder_reports_every_mistake_and_stores_nothing(folder: Path) -> None:
    text = (folder / TALENT).read_text(encoding="utf-8")
    (folder / TALENT).write_text(text.replace("kind: product", "kind: produce"), encoding="utf-8")
    facts = folder / "hubei/credit/knowledge_value_loan.yaml"
    facts.write_text(facts.read_text(encoding="utf-8").replace("unit: bp", "unit: bpp"), encoding="utf-8")

    with pytest.raises(PolicyMistakesError) as refused:
        release(folder)

    assert {mistake.place.file for mistake in refused.value.mistakes} >= {
        TALENT.as_posix(),
        "hubei/credit/knowledge_value_loan.yaml",
    }
    assert Release.objects.count() == 0
    assert ReleaseText.objects.count() == 0


def test_release_with_a_predicate_that_cannot_be_compiled_is_refused(folder: Path) -> None:
    text = (folder / TALENT).read_text(encoding="utf-8")
    (folder / TALENT).write_text(
        text.replace("requested_amount_fen <= single_loan_max", "requested_amount_fen <= term_max"),
        encoding="utf-8",
    )

    with pytest.raises(PolicyMistakesError):
        release(folder)

    assert Release.objects.count() == 0


def test_release_with_a_case_that_cannot_be_read_is_refused(folder: Path) -> None:
    cases = folder / "hubei/credit/talent_loan.cases.yaml"
    cases.write_text(
        cases.read_text(encoding="utf-8").replace("verdict: met", "verdict: mett"), encoding="utf-8"
    )

    with pytest.raises(PolicyMistakesError):
        release(folder)


def test_release_without_number_and_day_is_only_a_draft(folder: Path) -> None:
    with pytest.raises(actions.ReleaseRefusedError) as refused:
        release(folder, document_number=" ", in_force_from=None, by="")

    assert sorted(refused.value.problems) == ["by", "document_number", "in_force_from"]

    draft = release(folder, document_number="", in_force_from=None, origin="draft")
    assert draft.origin == Release.Origin.DRAFT
    assert queries.current_release(today=DAY) is None


def test_a_release_is_current_from_its_first_day_on(folder: Path) -> None:
    made = release(folder)

    assert queries.current_release(today=date(2026, 11, 22)) is None
    assert queries.current_release(today=DAY) == made


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE packs_release SET document_number = '改'",
        "UPDATE packs_releasetext SET text = '改'",
        "DELETE FROM packs_releasetext",
        "DELETE FROM packs_release",
        "TRUNCATE packs_releasetext",
    ],
)
def test_database_refuses_to_change_a_release(folder: Path, statement: str) -> None:
    release(folder)

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert Release.objects.get().document_number == "测试〔2026〕1号"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "statement", ["UPDATE packs_release SET number = 9", "DELETE FROM packs_releasetext"]
)
def test_database_refuses_even_its_owner(folder: Path, statement: str) -> None:
    release(folder)
    owner = settings.OWNER_DATABASE
    address = {
        "user": owner["USER"],
        "password": owner["PASSWORD"],
        "host": owner["HOST"],
        "port": owner["PORT"],
    }

    with (
        psycopg.connect(**address, dbname=connection.settings_dict["NAME"]) as as_owner,
        pytest.raises(psycopg.DatabaseError, match="never changed"),
    ):
        as_owner.execute(statement)


@pytest.mark.django_db(transaction=True)
def test_database_refuses_a_text_that_comes_later(folder: Path) -> None:
    made = release(folder)

    with pytest.raises(DatabaseError, match="never later"):
        ReleaseText.objects.create(release=made, path="hubei/extra.yaml", text="", sha256="0" * 64)


def test_texts_that_would_leave_the_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(queries.TextsRefusedError):
        queries.write_texts({"../outside.yaml": "x"}, tmp_path / "inside")

    assert list(tmp_path.iterdir()) == []


def test_write_texts_replaces_a_folder_that_was_changed(tmp_path: Path) -> None:
    texts = {"facts.yaml": "a: 1\n", "hubei/b.yaml": "b: 2\n"}
    folder = queries.write_texts(texts, tmp_path / "written")
    (folder / "facts.yaml").write_text("a: 2\n", encoding="utf-8")

    queries.write_texts(texts, folder)

    assert queries.read_texts(folder) == texts
    assert [path.name for path in tmp_path.iterdir()] == ["written"]

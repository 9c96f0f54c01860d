"""The demo's papers: there once however often the step runs, one expired, one letter, something to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kerong.demo.cast import actor, store_cast
from kerong.demo.materials import BANK, FIRM, PAPERS, WANTED, store_demo_materials
from kerong.portal.preparation import Preparation
from kerong.records.documents.queries import letters_of, material_list, materials_of, shared_with
from kerong.records.evidence.actions import acting
from kerong.records.notices.queries import todos_of

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django.fixtures import SettingsWrapper


def test_the_step_fills_the_library_once(db: None, settings: SettingsWrapper, tmp_path: Path) -> None:
    del db
    settings.KERONG_HOME = tmp_path
    preparation = Preparation("demo", "http://127.0.0.1:8000")
    list(store_cast(preparation))

    for _ in range(2):
        list(store_demo_materials(preparation))

    with acting(actor("guanggu.agent")) as agent:
        wanted = material_list(FIRM, WANTED)
        assert materials_of(FIRM).count() == len(PAPERS)
        assert [kind for kind, _document in wanted.expired] == ["audit_report"]
        assert wanted.missing == ("shareholder_resolution",)
        assert letters_of(FIRM).count() == 1
        assert todos_of(agent).filter(kind="material").count() == 2
    with acting(actor("bank01.manager")):
        assert {each.kind for each in shared_with(BANK)} == {"business_licence", "financial_statements"}

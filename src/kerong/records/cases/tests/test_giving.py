"""A material given as evidence is there, and is read by those it is meant for alone."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from django.db import transaction

from kerong.records.cases.actions import CaseRefusedError, move
from kerong.records.cases.actions.giving import show_to_participants
from kerong.records.cases.tests.conftest import BANK, FIRM
from kerong.records.documents.actions import upload
from kerong.records.documents.queries import material
from kerong.records.evidence.actions import acting

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django.fixtures import SettingsWrapper

    from kerong.records.cases.tests.conftest import Loan
    from kerong.records.documents.models import Document

PDF = b"%PDF-1.7\n" + "材料".encode()


@pytest.fixture(autouse=True)
def library(settings: SettingsWrapper, tmp_path: Path) -> None:
    settings.KERONG_HOME = tmp_path


def _in_diligence(loan: Loan) -> Document:
    with acting(loan.manager):
        for step in ("take", "accept", "begin_diligence"):
            move(case_id=loan.case.id, transition=step)
        return upload(owner=BANK, name="尽调报告.pdf", content=PDF, kind="other")


def test_a_bank_s_report_given_as_evidence_is_not_shown_to_the_firm(loan: Loan) -> None:
    report = _in_diligence(loan)

    with acting(loan.manager):
        move(
            case_id=loan.case.id,
            transition="submit_review",
            evidence={"diligence_report": f"document:{report.id}"},
        )

    with transaction.atomic(), acting(loan.agent):
        assert material(report.id) is None


def test_a_material_that_is_not_there_is_no_evidence(loan: Loan) -> None:
    _in_diligence(loan)

    with acting(loan.manager), pytest.raises(CaseRefusedError) as refused:
        move(
            case_id=loan.case.id,
            transition="submit_review",
            evidence={"diligence_report": f"document:{uuid4()}"},
        )

    assert list(refused.value.problems) == ["evidence_diligence_report"]


def test_what_the_firm_gives_is_read_by_the_bank_of_the_case(loan: Loan) -> None:
    with acting(loan.agent):
        licence = upload(owner=FIRM, name="执照.pdf", content=PDF, kind="business_licence")
        show_to_participants(loan.case, [licence])

    with transaction.atomic(), acting(loan.manager):
        found = material(licence.id)
    assert found is not None

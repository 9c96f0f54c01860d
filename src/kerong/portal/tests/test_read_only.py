"""While the service is closed for writing, nothing is written, and whoever must look can still sign in and check."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from kerong.portal import witness

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from django.test import Client

WHY = "见证文件记有 9 件事项，数据库只有 3 件"
CLOSED, ANSWERED, FOUND = 503, 200, 302


@pytest.fixture
def closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERONG_HOME", str(tmp_path))
    witness.close(WHY)


@pytest.mark.usefixtures("closed")
def test_writing_is_refused_with_the_reason(sign_in: Callable[[str, str], Client]) -> None:
    answer = sign_in("security_admin", "platform").post(reverse("parties:access_grant"), {})

    assert answer.status_code == CLOSED
    assert WHY in answer.content.decode()


@pytest.mark.usefixtures("closed", "db")
def test_signing_in_is_possible(client: Client) -> None:
    assert client.post(reverse("account_login"), {}).status_code == ANSWERED


@pytest.mark.usefixtures("closed")
def test_audit_administrator_checks(sign_in: Callable[[str, str], Client]) -> None:
    audit = sign_in("audit_admin", "platform")

    assert audit.post(reverse("evidence_check")).status_code == FOUND
    assert WHY in audit.get(reverse("evidence")).content.decode()


def test_acts_of_administrators_are_for_the_audit_administrator(
    sign_in: Callable[[str, str], Client],
) -> None:
    audit = sign_in("audit_admin", "platform")
    audit.post(reverse("evidence_check"))

    page = audit.get(reverse("evidence_administrators")).content.decode()

    assert "checked_by_hand" in page
    for role, party in (
        ("security_admin", "platform"),
        ("system_admin", "platform"),
        ("auditor", "office:audit_office"),
    ):
        assert sign_in(role, party).get(reverse("evidence_administrators")).status_code == 403

"""The pages of a draft over HTTP: mistakes at the field, in Chinese, and from a number to a release by three people."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from kerong.basics.clock import SystemClock
from kerong.records.packs import queries
from kerong.records.packs.models import Draft
from kerong.records.packs.queries.mistake_words import sentence
from kerong.records.packs.tests.test_drafts import OFFICE, PDF, TALENT

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from kerong.records.packs.queries import CurrentLaw

pytestmark = pytest.mark.postgres
RULE = "/drafts/new/?rule=hubei.credit.talent_loan"
VALUE = {
    "draft": "", "title": "单笔上限", "parameter": "single_loan_max", "value": "1200", "first_day": "known",
    "day": "2027-01-01", "cites": "kerong-assumptions#demo-draft", "verified": "assumption", "note": "",
}  # fmt: skip
HEAD = {"document_number": "测试〔2026〕7号", "in_force_from": "2027-01-01"}


@pytest.fixture
def officer(law: CurrentLaw, sign_in: Callable[..., Client]) -> Client:
    del law
    return sign_in("finance_officer", OFFICE, stepped_up=True)


def begun(officer: Client, **more: str) -> str:
    answer = officer.post(RULE, {**VALUE, **more})
    assert answer.status_code == 302
    return answer.headers["Location"]


def attachment() -> SimpleUploadedFile:
    return SimpleUploadedFile("盖章文件.pdf", PDF, content_type="application/pdf")


@pytest.mark.parametrize(("wrong", "words"), [
    ({"value": "abc"}, "按“万元”写一个数"), ({"day": "明天"}, "请写日期"), ({"title": ""}, "给新草案起个名字"),
    ({"cites": "nothing#x"}, "依据库里没有这份文件"), ({"verified": "official"}, "只能引用 kerong-assumptions"),
])  # fmt: skip
def test_a_wrong_value_is_told_at_its_field_and_nothing_typed_is_lost(
    officer: Client, wrong: dict[str, str], words: str
) -> None:
    typed = {**VALUE, **wrong, "note": "留着的话"}
    answer = officer.post(RULE, typed)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert 'value="留着的话"' in answer.content.decode()
    assert Draft.objects.count() == 0


def test_mistakes_of_a_text_are_told_in_chinese_with_place_and_cure(officer: Client) -> None:
    address = begun(officer)
    text = officer.get(f"{address}file/?path={TALENT}").context["form"]["text"].value()
    saved = officer.post(
        f"{address}file/?path={TALENT}",
        {"path": TALENT, "text": text.replace("value: 1200", "value: 一千二百", 1)},
    )
    page = officer.get(address).content.decode()

    assert saved.status_code == 302
    assert f"{TALENT}:" in page
    assert "“一千二百”不是数" in page
    assert "写成数，例如 20000 或 4.5" in page
    assert "写阿拉伯数字，不写单位（单位在别处）" in page
    refused = officer.post(f"{address}submit/", {**HEAD, "attachment": attachment()})
    assert refused.status_code == 422
    assert "草案还有错误" in refused.content.decode()


def test_what_is_not_known_to_the_table_stays_as_it_is_written() -> None:
    assert sentence("the dragons are late") == "the dragons are late"
    assert sentence("`value`: `x` is not a number") == "value：“x”不是数"


def test_without_number_day_or_document_it_stays_a_draft(officer: Client) -> None:
    address = begun(officer)
    answer = officer.post(f"{address}submit/", {"document_number": "测试〔2026〕7号", "note": "留着"})

    assert answer.status_code == 422
    for words in ("没有施行日只能是测算稿", "请上传盖章文件", 'value="测试〔2026〕7号"', 'value="留着"'):
        assert words in answer.content.decode()


def test_three_people_put_a_value_in_force_and_the_rule_page_shows_it(
    officer: Client, sign_in: Callable[..., Client]
) -> None:
    others = [
        ("review", sign_in("finance_reviewer", OFFICE, stepped_up=True)),
        ("approve", sign_in("provincial_approver", "office:provincial_finance_office", stepped_up=True)),
    ]
    auditor = sign_in("auditor", "office:audit_office")
    # Which release is in force is told by the real day, whatever clock a demonstration runs on.
    today = str(SystemClock().today())
    address = begun(officer, day=today)
    head = {**HEAD, "in_force_from": today, "attachment": attachment()}
    assert officer.post(f"{address}submit/", head).status_code == 302
    early = officer.post(f"{address}release/", {"approval": str(_approval(officer, address).id)}, follow=True)
    assert "还没有完成复核和审批" in early.content.decode()
    for step, client in others:
        assert "盖章文件.pdf" in client.get(address).content.decode()
        asked = _approval(client, address)
        said = {"answer": "agree", "step": step, "content_digest": asked.content_digest, "remark": ""}
        assert client.post(f"/approvals/{asked.id}/decide/", said).status_code == 302
    done = officer.post(f"{address}release/", {"approval": str(_approval(officer, address).id)})
    queries.forget()

    assert done.headers["Location"] == "/releases/2/"
    assert "盖章文件.pdf" in auditor.get("/releases/2/").content.decode()
    release = officer.get("/releases/2/").content.decode()
    assert "测试〔2026〕7号" in release
    assert "1,200万元" in release
    rule = officer.get("/rules/hubei.credit.talent_loan/").content.decode()
    assert "1,200万元" in rule
    assert "demo-draft" in rule


def _approval(client: Client, address: str) -> object:
    return client.get(address).context["approval"]

"""A draft is saved with its mistakes, handed in with number, day and document, and released after two others agreed."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, connection, transaction

from kerong.records.approvals import actions as approvals
from kerong.records.approvals.queries import approval
from kerong.records.documents.actions import upload
from kerong.records.evidence.actions import acting
from kerong.records.packs import actions, queries
from kerong.records.packs.models import DraftVersion, Release
from kerong.records.packs.queries.value_lines import NoPlaceError, with_value
from kerong.records.parties.models import User

if TYPE_CHECKING:
    from collections.abc import Callable

    from kerong.basics.acting import Actor
    from kerong.records.packs.models import Submission
    from kerong.records.packs.queries import CurrentLaw

OFFICE = "office:dept_finance"
TALENT = "hubei/credit/talent_loan.yaml"
DAY = date(2027, 1, 1)
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF\n"
)


@pytest.fixture
def officer(law: CurrentLaw, person_in: Callable[..., Actor]) -> Actor:
    del law
    return person_in("finance_officer", OFFICE, stepped_up=True)


@pytest.fixture
def others(person_in: Callable[..., Actor]) -> list[tuple[str, Actor]]:
    return [
        ("review", person_in("finance_reviewer", OFFICE, stepped_up=True)),
        ("approve", person_in("provincial_approver", "office:provincial_finance_office", stepped_up=True)),
    ]


def text_of(path: str) -> str:
    return queries.texts_of(queries.base_release())[path]


def with_new_value(text: str, value: str = "1200") -> str:
    return with_value(
        text,
        "single_loan_max",
        start=DAY,
        seen_since=None,
        value=value,
        cites="kerong-assumptions#verdict-is-not-a-certificate",
        checked_on=date(2026, 11, 23),
        verified="assumption",
        note="测试",
    )


def drafted(officer: Actor, text: str | None = None, title: str = "调高额度") -> DraftVersion:
    with acting(officer):
        return actions.save_draft(title=title, texts={TALENT: text or with_new_value(text_of(TALENT))})


def handed_in(officer: Actor, version: DraftVersion, **said: object) -> Submission:
    with acting(officer):
        document = upload(owner=OFFICE, name="通知.pdf", content=PDF, kind="approval_document")
        given = {
            "document_number": "测试〔2026〕9号",
            "in_force_from": DAY,
            "attachment": str(document.id),
            **said,
        }
        return actions.submit_draft(draft_id=version.draft_id, **given)


def agreed(submission: Submission, others: list[tuple[str, Actor]]) -> None:
    for step, actor in others:
        with acting(actor):
            approvals.decide(approval_id=submission.approval, step=step, agreed=True, remark="")


def released(officer: Actor, submission: Submission) -> Release:
    with acting(officer):
        return actions.release_draft(draft_id=submission.version.draft_id, approval_id=submission.approval)


def problems(officer: Actor, version: DraftVersion, **said: object) -> list[str]:
    with pytest.raises(actions.DraftRefusedError) as refused:
        handed_in(officer, version, **said)
    return sorted(refused.value.problems)


def test_a_value_is_added_and_every_other_letter_stays(law: CurrentLaw) -> None:
    del law
    before = text_of(TALENT)
    after = with_new_value(before)

    added = [line for line in after.splitlines() if line not in before.splitlines()]
    assert [line.strip() for line in added] == [
        (
            "- {from: 2027-01-01, value: 1200, cites: kerong-assumptions#verdict-is-not-a-certificate,"
            ' checked_on: 2026-11-23, verified: assumption, note: "测试"}'
        )
    ]
    assert after.replace(added[0] + "\n", "") == before
    with pytest.raises(NoPlaceError):
        with_value(
            before,
            "nothing",
            start=DAY,
            seen_since=None,
            value="1",
            cites="a#b",
            checked_on=DAY,
            verified="press",
        )


def test_a_draft_becomes_a_release_after_two_others_agreed(
    officer: Actor, others: list[tuple[str, Actor]]
) -> None:
    version = drafted(officer)
    submission = handed_in(officer, version)
    with pytest.raises(actions.DraftRefusedError) as early:
        released(officer, submission)
    agreed(submission, others)
    made = released(officer, submission)

    assert sorted(early.value.problems) == ["approval"]
    assert (made.number, made.origin, made.document_number, made.in_force_from) == (
        2,
        "official",
        "测试〔2026〕9号",
        DAY,
    )
    assert (made.attachment, made.attachment_sha256, made.approval) == (
        submission.attachment,
        submission.attachment_sha256,
        submission.approval,
    )
    with acting(officer):
        assert queries.texts_of(made) == queries.whole_texts(version)
    assert queries.texts_of(made)[TALENT] == with_new_value(text_of_release(1))
    assert queries.current_release(today=date(2026, 12, 31)).number == 1
    assert queries.current_release(today=DAY).number == 2


def text_of_release(number: int) -> str:
    return queries.texts_of(queries.release(number))[TALENT]


def test_a_draft_with_mistakes_is_saved_named_and_not_handed_in(officer: Actor) -> None:
    broken = text_of(TALENT).replace("kind: product", "kind: produce", 1)
    version = drafted(officer, broken)

    assert version.library_sha256 == ""
    assert {mistake["file"] for mistake in version.mistakes} >= {TALENT}
    line = next(number for number, text in enumerate(broken.splitlines(), 1) if "kind: produce" in text)
    assert (TALENT, line) in {(mistake["file"], mistake["line"]) for mistake in version.mistakes}
    assert all(mistake["expected"] and mistake["cure"] for mistake in version.mistakes)
    assert problems(officer, version) == ["mistakes"]


def test_number_day_and_document_are_needed(officer: Actor) -> None:
    version = drafted(officer)

    assert problems(officer, version, document_number=" ", in_force_from=None, attachment="") == [
        "attachment",
        "document_number",
        "in_force_from",
    ]


def test_overwriting_a_number_is_refused_unless_declared_a_correction(
    officer: Actor, others: list[tuple[str, Actor]]
) -> None:
    text = text_of("hubei/credit/knowledge_value_loan.yaml")
    assert text.count("value: 80,") == 1
    with acting(officer):
        version = actions.save_draft(
            title="更正",
            texts={
                "hubei/credit/knowledge_value_loan.yaml": text.replace("value: 80,", "value: 75,"),
                "hubei/credit/knowledge_value_loan.cases.yaml": None,
            },
        )

    assert version.mistakes == []
    assert problems(officer, version) == ["correction"]
    submission = handed_in(officer, version, correction="录入错误：原文为 75%（测试）")
    agreed(submission, others)
    made = released(officer, submission)
    assert made.correction == "录入错误：原文为 75%（测试）"
    assert "hubei/credit/knowledge_value_loan.cases.yaml" not in queries.texts_of(made)


def test_a_change_after_handing_in_ends_the_approval(officer: Actor, others: list[tuple[str, Actor]]) -> None:
    version = drafted(officer)
    submission = handed_in(officer, version)
    agreed(submission, others)

    with acting(officer):
        actions.save_draft(draft_id=version.draft_id, texts={TALENT: with_new_value(text_of(TALENT), "1300")})
        assert approval(submission.approval).state == "void"
    with pytest.raises(actions.DraftRefusedError) as refused:
        released(officer, submission)
    assert "approval" in refused.value.problems


def test_release_needs_a_step_up_and_the_same_person_never_checks(
    officer: Actor, person_in: Callable[..., Actor]
) -> None:
    submission = handed_in(officer, drafted(officer))
    with acting(person_in("finance_officer", OFFICE)), pytest.raises(approvals.StepUpNeededError):
        actions.release_draft(draft_id=submission.version.draft_id, approval_id=submission.approval)
    name = User.objects.get(id=officer.user).username
    same = person_in("finance_reviewer", OFFICE, username=name, stepped_up=True)
    with acting(same), pytest.raises(approvals.DecisionRefusedError, match="asker"):
        approvals.decide(approval_id=submission.approval, step="review", agreed=True, remark="")


def test_a_draft_behind_a_newer_release_is_put_on_it(officer: Actor, others: list[tuple[str, Actor]]) -> None:
    first, second = drafted(officer, title="一"), drafted(officer, title="二")
    submission = handed_in(officer, first)
    agreed(submission, others)
    released(officer, submission)

    assert problems(officer, second) == ["base"]
    with acting(officer), pytest.raises(actions.DraftRefusedError) as both:
        actions.rebase_draft(draft_id=second.draft_id)
    assert list(both.value.problems) == [TALENT]


def test_differences_name_each_value(law: CurrentLaw) -> None:
    del law
    before = {TALENT: text_of(TALENT)}
    found = queries.differences(before, {TALENT: with_new_value(before[TALENT])})

    (file,) = found
    (each,) = file.values
    assert (each.how, each.parameter, each.value.start) == ("added", "single_loan_max", "2027-01-01")
    assert (each.value.old.words(), each.value.new.words()) == (("1,000万元",), ("1,200万元",))
    assert queries.overwriting(found) == []
    assert [line[0] for line in file.lines if line[0] in "+-"] == ["+"]


def test_drafts_are_their_offices_and_the_checkers(officer: Actor, person_in: Callable[..., Actor]) -> None:
    version = drafted(officer)
    seen = []
    for role, party in (
        ("finance_officer", OFFICE),
        ("science_officer", "office:dept_science"),
        ("provincial_reviewer", "office:provincial_finance_office"),
        ("agent", "enterprise:X9420100DEM000014E"),
    ):
        with acting(person_in(role, party)):
            seen.append(queries.draft(version.draft_id) is not None)
    assert seen == [True, False, True, False]


@pytest.mark.parametrize("table", ["packs_draft", "packs_draftversion"])
def test_versions_never_change(officer: Actor, table: str) -> None:
    drafted(officer)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table}")  # noqa: S608 - a name of ours

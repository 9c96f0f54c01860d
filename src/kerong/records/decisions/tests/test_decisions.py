"""A decision is stored whole, prints the same under any later law, and comes out again from what is stored."""

from __future__ import annotations

import json
import shutil
from datetime import date
from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from kerong.basics.canonical import canonical, digest
from kerong.basics.policies_folder import policies_folder
from kerong.records.decisions import actions, queries
from kerong.records.decisions.models import Decision
from kerong.records.decisions.queries.printing import printed
from kerong.records.decisions.tests.conftest import FIRM, VALUES
from kerong.records.evidence.actions import acting
from kerong.records.evidence.queries import events
from kerong.records.packs import queries as packs
from kerong.records.packs.actions import release_folder

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kerong.basics.acting import Actor

RULE = "hubei.credit.talent_loan"


def pre_assessed(agent: Actor, rule: str = RULE) -> Decision:
    with acting(agent):
        return actions.pre_assess(subject=FIRM, rule=rule)


def test_record_holds_the_law_the_facts_and_who_decided(agent: Actor) -> None:
    made = pre_assessed(agent)

    release = packs.releases().get()
    body = json.loads(made.body)
    with acting(agent):
        whole = queries.record(queries.decision(made.id))
    assert digest(body) == made.body_digest
    assert (whole["release"]["number"], whole["release"]["texts_sha256"]) == (
        release.number,
        release.texts_sha256,
    )
    assert whole["by"]["user"] == agent.user
    assert whole["evaluation"]["verdict"] == made.verdict
    inputs = {each["name"]: (each["value"], each["source"], each["as_of"]) for each in whole["inputs"]}
    assert inputs == {name: (VALUES[name], "applicant", "2026-10-31") for name in inputs}
    assert "has_serious_dishonesty" in inputs
    assert "annual_revenue_fen" in inputs
    assert whole["evaluation"]["parameters"]
    assert {each["mark"]["cites"] for each in whole["evaluation"]["clauses"]} <= set(whole["citations"])


def test_every_rule_in_force_comes_out_identical_from_its_record(agent: Actor) -> None:
    law = packs.current()
    for rule in law.catalogue.rules:
        made = pre_assessed(agent, rule.key)
        with acting(agent):
            assert queries.replay(made.id).outcome == "identical"


def test_it_is_sealed_and_never_changes(agent: Actor) -> None:
    made = pre_assessed(agent)

    sealed = events(row_table="decisions_decision", row_id=str(made.id)).get()
    assert sealed.content_digest == digest({name: getattr(made, name) for name in Decision.SEALED})
    for statement in ("UPDATE decisions_decision SET verdict = 'met'", "DELETE FROM decisions_decision"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_only_the_subject_and_named_readers_see_it(agent: Actor, person_in: Callable[..., Actor]) -> None:
    made = pre_assessed(agent)
    seen = {}
    for role, party in (
        ("agent", FIRM),
        ("agent", "enterprise:X9420100DEM0000229"),
        ("relationship_manager", "institution:demo_bank_01"),
        ("auditor", "office:audit_office"),
    ):
        with acting(person_in(role, party)):
            seen[role, party] = queries.decision(made.id) is not None
    assert list(seen.values()) == [True, False, False, True]


def test_a_rule_that_is_not_in_force_is_refused(agent: Actor) -> None:
    with acting(agent), pytest.raises(actions.RuleNotInForceError):
        actions.pre_assess(subject=FIRM, rule="hubei.credit.none")


def test_negative_items_stand_encrypted_and_removal_keeps_the_digest(agent: Actor, house: None) -> None:
    del house
    made = pre_assessed(agent)
    assert "has_serious_dishonesty" in made.sealed_items
    stored = json.loads(made.body)
    kept = next(each for each in stored["inputs"] if each["name"] == "has_serious_dishonesty")
    assert sorted(kept) == ["items", "label", "label_en", "name", "sealed"]

    actions.remove_by_law(subject=FIRM, item="has_serious_dishonesty", basis="信用修复决定（虚构）1号")

    after = queries.decision(made.id)
    whole = queries.record(after)
    gone = next(each for each in whole["inputs"] if each["name"] == "has_serious_dishonesty")
    still = next(each for each in whole["inputs"] if each["name"] == "is_on_abnormal_list")
    assert (gone.get("is_removed"), "value" in gone, still["value"]) == (True, False, 0)
    assert after.body == made.body
    assert queries.is_intact(after)
    assert queries.replay(made.id).outcome == "removed"
    assert actions.remove_by_law(subject=FIRM, item="has_serious_dishonesty", basis="又一次") == []
    printed(whole, "zh")


@pytest.mark.parametrize(
    ("subject", "is_person"),
    [
        ("person:01890000-0000-7000-8000-000000000001", True),
        ("enterprise:92420100MA00000000", True),
        (FIRM, False),
    ],
)
def test_natural_persons_are_told_apart(subject: str, *, is_person: bool) -> None:
    assert queries.is_about_person(subject) is is_person


def test_tampering_with_a_stored_row_is_seen(agent: Actor) -> None:
    made = pre_assessed(agent)
    changed = made.body.replace('"verdict":"', '"verdict":"x', 1)
    tampered = Decision(**{name: getattr(made, name) for name in Decision.SEALED} | {"body": changed})

    sealed = events(row_table="decisions_decision", row_id=str(made.id)).get()
    assert changed != made.body
    assert not queries.is_intact(tampered)
    assert digest({name: getattr(tampered, name) for name in Decision.SEALED}) != sealed.content_digest


def test_review_is_asked_once_by_a_due_day_and_given_by_somebody_else(
    agent: Actor, person_in: Callable[..., Actor]
) -> None:
    made = pre_assessed(agent)
    officer = person_in("operator", "platform")
    with acting(agent):
        asked = actions.ask_review(decision_id=made.id, because="不良记录已修复")
        with pytest.raises(actions.ReviewRefusedError, match="asked"):
            actions.ask_review(decision_id=made.id, because="再问一次")
        with pytest.raises(actions.ReviewRefusedError, match="own"):
            actions.give_review(decision_id=made.id, confirmed=True, remark="自己确认")
    days = packs.current().library.packs["hubei.assumptions.human_review"].parameters["review_days_max"]
    assert (asked.due_on - asked.at.astimezone().date()).days == days.values[0].value
    with acting(officer), pytest.raises(actions.ReviewRefusedError, match="gone"):
        actions.give_review(decision_id=made.id, confirmed=True, remark="看不到的不能复核")


def test_firm_stores_a_pre_assessment_from_the_page(agent: Actor, sign_in: Callable[..., Client]) -> None:
    del agent
    client = sign_in("agent", FIRM, username="page-agent")
    address = f"/firms/{FIRM.removeprefix('enterprise:')}/rules/{RULE}/pre-assess/"

    assert client.post(address.replace("014E", "0229")).status_code == 404
    answer = client.post(address)

    made = Decision.objects.filter(by_user=client.actor.user)
    with acting(client.actor):
        found = made.get()
    assert answer["Location"] == f"/decisions/{found.id}/"
    page = client.get(answer["Location"]).content.decode()
    assert found.body_digest in page
    stored = client.get(f"/decisions/{found.id}/record.json").content
    assert stored == found.body.encode()
    assert canonical(json.loads(stored)) == stored
    assert "逐字节相同" in client.get(f"/decisions/{found.id}/replay/").content.decode()
    assert Client().get(f"/decisions/{found.id}/").status_code == 302


def test_it_prints_the_same_after_the_next_release_changes_labels_and_values(
    agent: Actor, sign_in: Callable[..., Client], tmp_path: Path
) -> None:
    client = sign_in("agent", FIRM, username="print-agent")
    made = pre_assessed(agent)
    before = printed_article(client, made)
    folder = shutil.copytree(policies_folder(), tmp_path / "policies")
    pack = folder / "hubei/credit/talent_loan.yaml"
    text = pack.read_text(encoding="utf-8")
    pack.write_text(
        text.replace("label: 科技人才贷", "label: 改了名的贷款", 1).replace("value: 1000,", "value: 700,", 1),
        encoding="utf-8",
    )
    (folder / "hubei/credit/talent_loan.cases.yaml").unlink()
    next_release = release_folder(
        folder=folder, by="测试", document_number="测试〔2026〕2号", in_force_from=date(2026, 1, 2)
    )
    packs.forget()

    law = packs.current()
    assert (law.release_number, law.library.packs[RULE].label) == (
        next_release.number,
        "改了名的贷款（企业）",
    )
    assert printed_article(client, made) == before
    assert "改了名的贷款" not in before
    with acting(agent):
        assert queries.replay(made.id).outcome == "identical"


def printed_article(client: Client, made: Decision) -> str:
    page = client.get(f"/decisions/{made.id}/").content.decode()
    return page[page.index("<article") : page.index("</article>")]

"""Pages of the consents: a firm gives, signs, refuses, withdraws; an institution asks and sees what it holds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client

from kerong.adapters import e_sign
from kerong.basics import crypto
from kerong.basics.acting import Actor
from kerong.records.consents.actions import ConsentError, prepare
from kerong.records.consents.models import (
    FLAGS,
    Consent,
    ConsentRequest,
    Refusal,
    UnsignedConsent,
    Withdrawal,
)
from kerong.records.consents.queries import signers_of
from kerong.records.evidence.actions import acting, house
from kerong.records.notices.models import Notice
from kerong.records.parties.actions import claim_firm, sign
from kerong.records.parties.models import Enterprise, Institution, Person

USCC = "X9420100DEM000014E"
FIRM, BANK = f"enterprise:{USCC}", "institution:demo_bank_01"
CHOSEN = {"recipient": BANK, "purposes": ["pre_assessment"], "data_types": ["tax"], "until": "2027-01-31"}


@pytest.fixture(autouse=True)
def cast(db: None) -> None:
    del db
    Enterprise.objects.create(uscc=USCC, name="光谷样例光电（虚构）", is_demo=True)
    Institution.objects.create(
        key="demo_bank_01", name="样例江城银行（虚构）", kind="bank", region_code="420100", is_demo=True
    )


def _token(page: HttpResponse) -> str:
    return page.content.decode().partition("/sign/")[2].partition("/")[0]


def _sign(page: HttpResponse, waiting: UnsignedConsent) -> None:
    token, phone = _token(page), Client()
    phone.get(f"/sign/{token}/")
    phone.post(f"/sign/{token}/confirm/", {"code": e_sign.demo_code(waiting.signing_request_id)})


def _give_phone(person_id: str, phone: str) -> None:
    with transaction.atomic(), house("a test gives a person a telephone number"):
        person = Person.objects.get(id=person_id)
        person.phone_sealed = crypto.provider().seal(
            phone, purpose="person.phone", context=f"person:{person_id}"
        )
        person.save()


def _all(model: type) -> list:
    with transaction.atomic(), house("to see what was made"):
        return list(model.objects.all())


def test_legal_representative_gives_and_withdraws(sign_in: Callable[..., Client]) -> None:
    boss = sign_in("legal_representative", FIRM)

    given = boss.post("/consents/give/", CHOSEN | {"sensitive": "on"}, follow=True)
    (consent,) = _all(Consent)
    assert given.redirect_chain == [(f"/consents/{consent.pk}/", 302)]
    assert "核对无误" in given.content.decode()
    assert {flag: getattr(consent, flag) for flag in FLAGS} == {flag: flag == "sensitive" for flag in FLAGS}

    ended = boss.post(f"/consents/{consent.pk}/withdraw/", {"because": "不再合作"}, follow=True)
    assert "已撤回" in ended.content.decode()
    assert [row.because for row in _all(Withdrawal)] == ["不再合作"]


def test_unknown_fields_and_values_set_nothing(sign_in: Callable[..., Client]) -> None:
    boss = sign_in("legal_representative", FIRM)

    refused = boss.post("/consents/give/", CHOSEN | {"purposes": ["everything"]})
    boss.post("/consents/give/", CHOSEN | {"owner": "enterprise:X9420100DEM0000229", "publish_all": "on"})

    assert refused.status_code == 400
    (consent,) = _all(Consent)
    assert (consent.owner, consent.publish) == (FIRM, False)


def test_nothing_typed_is_lost_when_something_is_missing(sign_in: Callable[..., Client]) -> None:
    boss = sign_in("legal_representative", FIRM)

    answer = boss.post("/consents/give/", {**CHOSEN, "data_types": [], "cross_border": "on"})

    text = answer.content.decode()
    assert answer.status_code == 400
    assert "请至少选一种资料。" in text
    assert text.count("checked") == 2


def test_nothing_is_ticked_beforehand(sign_in: Callable[..., Client]) -> None:
    boss = sign_in("legal_representative", FIRM)

    assert "checked" not in boss.get("/consents/give/").content.decode()


def test_agent_sends_it_to_the_phone_and_the_firm_sees_whose_signature_is_missing(
    sign_in: Callable[..., Client],
) -> None:
    agent = sign_in("agent", FIRM)

    sent = agent.post(
        "/consents/give/",
        CHOSEN | {"signer_name": "样例法人（虚构）", "signer_phone": "13800000000"},
        follow=True,
    )
    (waiting,) = _all(UnsignedConsent)
    assert _all(Consent) == []
    assert "/sign/" in sent.content.decode()
    assert "/sign/" not in agent.get(f"/consents/waiting/{waiting.pk}/").content.decode()
    assert "样例法人（虚构）" in agent.get("/consents/").content.decode()

    token = sent.content.decode().partition("/sign/")[2].partition("/")[0]
    phone = Client()
    phone.get(f"/sign/{token}/")
    phone.post(f"/sign/{token}/confirm/", {"code": e_sign.demo_code(waiting.signing_request_id)})

    (consent,) = _all(Consent)
    assert (consent.channel, consent.signature_id) == ("signature", waiting.signing_request_id)
    assert "样例法人（虚构）" not in agent.get("/consents/").content.decode()


def test_signer_whom_nobody_verified_is_named_so_to_firm_and_recipient(
    sign_in: Callable[..., Client],
) -> None:
    agent, banker = sign_in("agent", FIRM), sign_in("relationship_manager", BANK)

    sent = agent.post(
        "/consents/give/",
        CHOSEN | {"signer_name": "样例法人（虚构）", "signer_phone": "13800000000"},
        follow=True,
    )
    (waiting,) = _all(UnsignedConsent)
    assert "平台没有核验过签署人的身份" in sent.content.decode()
    _sign(sent, waiting)

    (consent,) = _all(Consent)
    after = agent.get(f"/consents/waiting/{waiting.pk}/")
    assert (after.status_code, after.headers["Location"]) == (302, f"/consents/{consent.pk}/")
    assert (consent.signer_name, consent.signer_standing) == ("样例法人（虚构）", "typed")
    for reader in (agent, banker):
        page = reader.get(f"/consents/{consent.pk}/").content.decode()
        assert "样例法人（虚构）" in page
        assert "身份未核验" in page
    assert "签署人身份未核验" in banker.get("/consents/").content.decode()
    told = [each.title for each in _all(Notice) if each.kind == "consent_given"]
    assert told == ["光谷样例光电（虚构）给了授权（签署人身份未核验）"]


def test_nobody_but_the_registered_signer_can_sign(person_in: Callable[..., Actor]) -> None:
    boss, agent = person_in("legal_representative", FIRM), person_in("agent", FIRM)
    _give_phone(boss.person, "13900000001")
    terms = {"subject": FIRM, **CHOSEN, "until": date(2027, 1, 31)}

    with transaction.atomic(), acting(agent):
        (known,) = signers_of(FIRM)
        with pytest.raises(ConsentError):
            prepare(**terms, signer_name=known.name, signer_phone="13800000000")
        waiting, _address = prepare(**terms, signer_name=known.name, signer_phone=known.phone)
    assert (known.standing, waiting.signer_standing) == ("mandate", "mandate")


def test_who_signed_the_claim_signs_where_no_mandate_names_anybody(
    person_in: Callable[..., Actor], sign_in: Callable[..., Client]
) -> None:
    newcomer = person_in("agent", "enterprise:X9420100DEM0000229")
    with transaction.atomic(), acting(newcomer):
        _claim, request = claim_firm(
            uscc=USCC, position="会计", representative="样例法人（虚构）", phone="13900000002"
        )
        sign(token=request.token, signer_code=e_sign.demo_code(request.id))
        signers = signers_of(FIRM)

    assert [(each.name, each.phone, each.standing) for each in signers] == [
        ("样例法人（虚构）", "13900000002", "claim")
    ]
    page = sign_in("agent", FIRM).get("/consents/give/").content.decode()
    assert "样例法人（虚构）" in page
    assert 'name="signer_phone"' not in page


def test_lost_link_is_made_again_and_what_is_not_wanted_is_taken_back(
    sign_in: Callable[..., Client],
) -> None:
    agent, stranger = sign_in("agent", FIRM), sign_in("agent", "enterprise:X9420100DEM0000229")
    typed = {"signer_name": "样例法人（虚构）", "signer_phone": "13800000000"}
    first = agent.post("/consents/give/", CHOSEN | typed, follow=True)
    (waiting,) = _all(UnsignedConsent)
    place = f"/consents/waiting/{waiting.pk}/"

    assert stranger.post(place + "again/").status_code == 404
    assert stranger.post(place + "take-back/").status_code == 404
    second = agent.post(place + "again/", follow=True)
    assert Client().get(f"/sign/{_token(first)}/").status_code == 404
    assert Client().get(f"/sign/{_token(second)}/").status_code == 200

    agent.post(place + "take-back/")
    _sign(second, waiting)
    assert _all(Consent) == []
    assert "样例法人（虚构）" not in agent.get("/consents/").content.decode()
    assert [each.done_at is not None for each in _all(Notice) if each.kind == "consent_unsigned"] == [True]


def test_credit_report_authorisation_is_a_text_of_its_own_and_waits_for_the_person(
    sign_in: Callable[..., Client],
) -> None:
    boss = sign_in("legal_representative", FIRM)

    boss.post(
        "/consents/credit-report/demo_bank_01/",
        {"until": "2027-01-31", "signer_name": "样例法人（虚构）", "signer_phone": "13800000000"},
    )

    (waiting,) = _all(UnsignedConsent)
    assert (waiting.kind, waiting.credit_query, waiting.sensitive) == (
        "credit_report_authorisation",
        True,
        False,
    )
    assert _all(Consent) == []
    assert boss.get("/consents/credit-report/demo_bank_07/").status_code == 404


def test_bank_asks_firm_answers_in_part_or_refuses_and_is_left_in_peace(
    sign_in: Callable[..., Client],
) -> None:
    bank, boss = sign_in("relationship_manager", BANK), sign_in("legal_representative", FIRM)
    asked = {
        "uscc": USCC,
        "purposes": ["pre_assessment", "credit_approval"],
        "data_types": ["tax", "invoices"],
        "until": "2027-01-31",
        "why": "贷款预审",
    }

    bank.post("/consents/ask/", asked)
    (wish,) = _all(ConsentRequest)
    assert [notice.link for notice in _all(Notice) if notice.is_todo] == [f"/consents/requests/{wish.pk}/"]
    page = boss.get(f"/consents/requests/{wish.pk}/").content.decode()
    assert "checked" not in page
    assert 'value="social_security"' not in page

    boss.post(f"/consents/requests/{wish.pk}/refuse/")
    assert sorted(row.purpose for row in _all(Refusal)) == ["credit_approval", "pre_assessment"]
    again = bank.post("/consents/ask/", asked)
    assert again.status_code == 400
    assert "90 天内不能再请求" in again.content.decode()
    assert "已拒绝" in bank.get("/consents/").content.decode()


def test_bank_sees_what_it_holds_and_another_bank_nothing(sign_in: Callable[..., Client]) -> None:
    boss = sign_in("legal_representative", FIRM)
    bank, other = (
        sign_in("relationship_manager", BANK),
        sign_in("relationship_manager", "institution:demo_bank_02"),
    )
    boss.post("/consents/give/", CHOSEN)
    (consent,) = _all(Consent)

    assert "光谷样例光电" in bank.get("/consents/").content.decode()
    assert bank.get(f"/consents/{consent.pk}/").status_code == 200
    assert bank.post(f"/consents/{consent.pk}/withdraw/").status_code == 403
    assert bank.get("/consents/export/csv/").content.decode("utf-8-sig").count("\r\n") == 2
    assert other.get(f"/consents/{consent.pk}/").status_code == 404
    assert "光谷样例光电" not in other.get("/consents/").content.decode()


def test_register_of_other_grounds_is_open_to_everybody_signed_in(sign_in: Callable[..., Client]) -> None:
    assert sign_in("agent", FIRM).get("/consents/register/").status_code == 200
    assert Client().get("/consents/register/").status_code == 302

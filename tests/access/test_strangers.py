"""What belongs to one party does not exist for another: 404, word for word as for nobody's (SEC-3, SEC-8)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from access.routes import PUBLIC, ROUTES
from access.samples import SAMPLES, STRANGERS, Sample
from django.urls import reverse

from kerong.basics.acting import house_actor
from kerong.records.evidence.actions import acting
from kerong.records.parties.queries import ROLES

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse
    from django.test import Client

NOT_FOUND, FORBIDDEN, FAILED = 404, 403, 500
LONG = 8
"""An identifier as long as this stands nowhere in a page by chance."""
REFERENCE = re.compile(
    rb"<code>[^<]*</code>|value=\"[^\"]*\"|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
)
# Objects that belong to one account or to the platform, not to a party, with the test that guards them.
ELSEWHERE = {
    "consents:credit_report": "a page of a public bank, not of an object",
    "decisions:pre_assess": "the address of a public rule",
    "documents:verify_code": "public by its purpose",
    "evidence_event": "by duty, over everybody",
    "evidence_proof": "by duty, over everybody",
    "facts:batch": "by duty, over everybody",
    "mfa_edit_webauthn": "allauth's own",
    "mfa_remove_webauthn": "allauth's own",
    "parties:access_account": "by duty, over everybody",
    "parties:access_end": "by duty, over everybody",
    "parties:access_switch": "by duty, over everybody",
    "parties:branch": "a branch is public",
    "parties:branch_add": "an institution is public",
    "parties:claim_resend": "of one account: parties/tests/test_mandates.py",
    "parties:claim_withdraw": "of one account: parties/tests/test_mandates.py",
    "parties:licence_add": "an institution is public",
    "system_alarm": "by duty, of the platform",
    "system_alarm_close": "by duty, of the platform",
    "system_job_dismiss": "by duty, of the platform",
    "system_job_retry": "by duty, of the platform",
}


@pytest.fixture
def samples(request: pytest.FixtureRequest, law: None) -> list[Sample]:
    del law
    with acting(house_actor("samples")):
        return SAMPLES[request.param]()


def ask(client: Client, sample: Sample, arguments: dict[str, object]) -> HttpResponse:
    address = reverse(sample.route, kwargs=arguments) + sample.query
    return client.post(address) if sample.method == "post" else client.get(address)


def answer(client: Client, sample: Sample, arguments: dict[str, object]) -> tuple[int, bytes]:
    response = ask(client, sample, arguments)
    content = REFERENCE.sub(b"", response.content)
    for each in arguments.values():
        if len(str(each)) >= LONG:
            content = content.replace(str(each).encode(), b"")
    return response.status_code, content


@pytest.mark.parametrize("samples", SAMPLES, indirect=True)
def test_strangers_learn_nothing(samples: list[Sample], sign_in: Callable[..., Client]) -> None:
    wrong = {}
    for key, role in ROLES.items():
        client = sign_in(key, STRANGERS[role.party_kind])
        for sample in samples:
            if key in sample.seen_by:
                continue
            found, unknown = (answer(client, sample, each) for each in (sample.arguments, sample.unknown))
            # A role without the duty is refused before anything is looked up, and equally so for both.
            if found != unknown or found[0] not in {NOT_FOUND, FORBIDDEN}:
                wrong[key, sample.route, sample.method] = (found[0], unknown[0])

    assert wrong == {}


@pytest.mark.parametrize("samples", SAMPLES, indirect=True)
def test_insiders_get_past_the_door(samples: list[Sample], sign_in: Callable[..., Client]) -> None:
    clients = {insider: sign_in(*insider) for insider in {each.insider for each in samples} if any(insider)}
    wrong = {}
    for sample in samples:
        if any(sample.insider):
            status = ask(clients[sample.insider], sample, sample.arguments).status_code
            if status in {NOT_FOUND, FORBIDDEN} or status >= FAILED:
                wrong[sample.route, sample.method] = status

    assert wrong == {}


@pytest.mark.usefixtures("law")
def test_every_route_about_one_object_has_a_sample() -> None:
    with acting(house_actor("samples")):
        sampled = {sample.route for make in SAMPLES.values() for sample in make()}
    about_one = {
        name
        for name, route in ROUTES.items()
        if route.arguments and NOT_FOUND in route.gives and route.audience != PUBLIC
    }

    assert (sorted(about_one - sampled - ELSEWHERE.keys()), sorted(sampled & ELSEWHERE.keys())) == ([], [])

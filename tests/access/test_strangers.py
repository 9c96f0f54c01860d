"""What belongs to one party does not exist for another: 404, word for word as for nobody's (SEC-3, SEC-8)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from access.samples import SAMPLES, STRANGERS, Sample
from django.urls import reverse

from kerong.basics.acting import house_actor
from kerong.records.evidence.actions import acting
from kerong.records.parties.queries import ROLES

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

NOT_FOUND = 404
REFERENCE = re.compile(rb"<code>[^<]*</code>|value=\"[^\"]*\"")


def answer(client: Client, sample: Sample, arguments: dict[str, object]) -> tuple[int, bytes]:
    address = reverse(sample.route, kwargs=arguments)
    response = client.post(address) if sample.method == "post" else client.get(address)
    return response.status_code, REFERENCE.sub(b"", response.content)


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.usefixtures("db")
def test_strangers_learn_nothing(name: str, sign_in: Callable[..., Client]) -> None:
    with acting(house_actor("samples")):
        sample = SAMPLES[name]()
    wrong = {}
    for key, role in ROLES.items():
        if key in sample.seen_by:
            continue
        client = sign_in(key, STRANGERS[role.party_kind])
        found, unknown = (answer(client, sample, each) for each in (sample.arguments, sample.unknown))
        # A role without the duty is refused before anything is looked up, and equally so for both.
        if found != unknown or found[0] not in {NOT_FOUND, 403}:
            wrong[key] = (found[0], unknown[0])

    assert wrong == {}

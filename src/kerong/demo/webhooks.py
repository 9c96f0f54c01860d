"""Demo endpoints of 样例银行一: one that answers, one that is gone. Nothing is sent: the partner is played here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from kerong.adapters.outbound import Answer
from kerong.demo.cast import actor
from kerong.records.evidence.actions import acting
from kerong.records.outbox import queries
from kerong.records.outbox.actions import deliver_round, ping, register_endpoint, rotate_secret

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kerong.portal.preparation import Preparation

ADMIN = "bank01.admin"
# Names under .example lead nowhere, and only this kind is wanted: no event of the demo waits for them for ever.
DEMO_KIND = "demo_event"
ANSWERING, GONE_AWAY = "https://kerong-hook.bank01.example/in", "https://old-hook.bank01.example/in"
GONE = 410


class _Partner:
    """Plays the bank's system: the old address is gone, the other one takes every message."""

    def send(self, _method: str, url: str, *, headers: Mapping[str, str], body: bytes) -> Answer:
        """Answer as the bank would."""
        del headers, body
        if url == GONE_AWAY:
            return Answer(GONE, {}, "演示应答（没有真的发出）：此地址已停用".encode())
        return Answer(200, {}, "演示应答（没有真的发出）：已收到".encode())


def load_demo_webhooks(_preparation: Preparation) -> Iterable[str]:
    """Register both endpoints, send each a test message, and change one key; does nothing the second time."""
    admin = actor(ADMIN)
    with transaction.atomic(), acting(admin):
        if queries.endpoints(owner=admin.party).exists():
            return []
        made = [
            register_endpoint(owner=admin.party, url=url, kinds=[DEMO_KIND], is_demo=True)[0]
            for url in (ANSWERING, GONE_AWAY)
        ]
        for endpoint in made:
            ping(endpoint_id=endpoint.id)
        rotate_secret(endpoint_id=made[0].id)
    for endpoint in made:
        deliver_round(endpoint_id=str(endpoint.id), client=_Partner())  # type: ignore[arg-type] - has `send`
    return []

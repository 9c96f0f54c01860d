"""SEC-25 with kill -9: senders die at random moments; every message has its effect once and in order, none is lost."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from django.db import connection, transaction

from kerong.adapters.webhooks import checked_id
from kerong.basics.acting import house_actor
from kerong.basics.clock import current_clock
from kerong.records.evidence.actions import acting
from kerong.records.outbox.models import Delivery, Endpoint, Message

if TYPE_CHECKING:
    from collections.abc import Iterator

KILLS = int(os.environ.get("KERONG_ADVERSITY_KILLS", "6"))
AGGREGATES = 3

SENDER = """
import os, sys, random
os.environ["DJANGO_SETTINGS_MODULE"] = "kerong.portal.settings"
import django; django.setup()
from datetime import timedelta
from django.db import transaction
from kerong.adapters.outbound import Outbound
from kerong.basics.acting import house_actor
from kerong.records.evidence.actions import acting
from kerong.records.outbox.actions import deliver_round, delivering, publish
delivering.CLAIM = timedelta(seconds=1)
endpoint, first, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
client = Outbound("test", None, loopback=True)
for number in range(first, first + count):
    with transaction.atomic(), acting(house_actor("sender")):
        publish(kind="thing_done", subject="s", payload={"n": number}, key=f"kill:{number}",
                audience=["institution:kill"], aggregate=f"a{number % 3}")
        if number % 5 == 4:
            transaction.set_rollback(True)
    if number % 4 == 3:
        deliver_round(endpoint_id=endpoint, client=client)
while True:
    deliver_round(endpoint_id=endpoint, client=client)
"""


class Receiver(BaseHTTPRequestHandler):
    """A partner: checks the signature, keeps an inbox, and now and then answers with an error."""

    key = ""
    inbox: dict[str, Any] = {}
    effects: list[tuple[str, int]] = []
    lock = threading.Lock()

    def do_POST(self) -> None:
        """Take one message."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        identifier = checked_id(
            headers=dict(self.headers.items()), body=body, keys=[self.key], now=current_clock().now()
        )
        with self.lock:
            if identifier not in self.inbox:
                event = json.loads(body)
                self.inbox[identifier] = event
                self.effects.append((event["sequence"].partition("#")[0], event["data"]["n"]))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def receiver() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    server.daemon_threads = True
    Receiver.inbox, Receiver.effects = {}, []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def _is_published(number: int) -> bool:
    with transaction.atomic(), acting(house_actor("test")):
        return Message.objects.filter(key=f"kill:{number}").exists()


def address() -> str:
    at = connection.settings_dict
    return (
        f"postgresql://{at['USER']}:{quote(at['PASSWORD'], safe='')}@/{at['NAME']}"
        f"?host={quote(at['HOST'], safe='')}&port={at['PORT']}"
    )


@pytest.mark.adversity
@pytest.mark.django_db(transaction=True)
def test_SEC_25_senders_killed_at_random_lose_nothing_and_repeat_no_effect(receiver: str) -> None:  # noqa: N802 - named after its id
    from kerong.adapters.webhooks import new_secret
    from kerong.basics import crypto
    from kerong.basics.identifiers import new_identifier
    from kerong.records.outbox.actions.delivering import SECRET_PURPOSE

    now = current_clock().now()
    Receiver.key = new_secret()
    identifier = new_identifier(now)
    with transaction.atomic(), acting(house_actor("test")):
        Endpoint.objects.create(
            id=identifier,
            owner="institution:kill",
            url=receiver,
            kinds=["*"],
            secret_sealed=crypto.provider().seal(
                Receiver.key, purpose=SECRET_PURPOSE, context=f"endpoint:{identifier}"
            ),
            created_at=now,
        )
    chance, number = random.Random(20_261_123), 0  # noqa: S311 - when to kill, guards nothing
    for round_ in range(KILLS + 1):
        sender = subprocess.Popen(
            [sys.executable, "-c", SENDER, str(identifier), str(number), "60"],
            env=os.environ | {"DATABASE_URL": address()},
        )
        if round_ < KILLS:
            time.sleep(2.0 + chance.random() * 1.5)
            sender.send_signal(signal.SIGKILL)
            sender.wait()
            number += 60
        else:
            # The last one lives, publishes and sends whatever the dead left.
            # Its last message but one is the last to stay: nothing may be waiting before that one is there.
            deadline = time.monotonic() + 240
            while time.monotonic() < deadline and not (_is_published(number + 58) and not _waiting()):
                time.sleep(0.3)
            sender.kill()
            sender.wait()

    with transaction.atomic(), acting(house_actor("test")):
        committed = list(
            Delivery.objects.order_by("aggregate", "position").values_list("aggregate", "message__body")
        )
        assert set(Delivery.objects.values_list("state", flat=True)) == {"delivered"}
    wanted = [(name, json.loads(body)["data"]["n"]) for name, body in committed]
    assert len(wanted) > KILLS * 5
    assert not [n for _name, n in Receiver.effects if n % 5 == 4], "something that was rolled back was sent"
    for name in {name for name, _n in wanted}:
        assert [n for each, n in Receiver.effects if each == name] == [
            n for each, n in wanted if each == name
        ]


def _waiting() -> bool:
    with transaction.atomic(), acting(house_actor("test")):
        return not Delivery.objects.exists() or Delivery.objects.filter(state="waiting").exists()

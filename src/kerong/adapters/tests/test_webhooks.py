"""SEC-26: Standard Webhooks, by its public vector, and everything that must be refused."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest

from kerong.adapters.webhooks import (
    SecretError,
    SignatureRefusedError,
    checked_id,
    new_secret,
    shown_key,
    signature_headers,
)
from kerong.basics.crypto import ed25519

# The vector of the reference libraries.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
IDENTIFIER, AT = "msg_p5jXN8AQM9LWM0D4loKWxJek", datetime.fromtimestamp(1_614_265_330, UTC)
BODY = b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def headers(**changed: str) -> dict[str, str]:
    made = {"webhook-id": IDENTIFIER, "webhook-timestamp": "1614265330", "webhook-signature": SIGNATURE}
    return made | {name.replace("_", "-"): value for name, value in changed.items()}


def test_SEC_26_public_vector_of_v1() -> None:  # noqa: N802 - named after its id
    assert signature_headers(identifier=IDENTIFIER, at=AT, body=BODY, keys=[SECRET]) == headers()
    assert checked_id(headers=headers(), body=BODY, keys=[SECRET], now=AT) == IDENTIFIER


def test_SEC_26_v1a_signs_with_ed25519() -> None:  # noqa: N802 - named after its id
    """The primitive by RFC 8032 (7.1, test 1), then the message by its own public key."""
    seed = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    assert (
        ed25519.public_key(seed).hex() == "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    )
    assert ed25519.sign(seed, b"").hex() == (
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd"
        "25bf5f0595bbe24655141438e7a100b"
    )

    private = "whsk_" + base64.b64encode(seed).decode()
    made = signature_headers(identifier="m", at=AT, body=BODY, keys=[private])

    assert made["webhook-signature"].startswith("v1a,")
    assert checked_id(headers=made, body=BODY, keys=[shown_key(private)], now=AT) == "m"


@pytest.mark.parametrize(
    ("changed", "body", "minutes", "message"),
    [
        ({}, b'{"test": 2432232315}', 0, "no signature holds"),
        ({"webhook_id": "msg_other"}, BODY, 0, "no signature holds"),
        ({"webhook_timestamp": "1614265331"}, BODY, 0, "no signature holds"),
        ({}, BODY, 5.1, "more than five minutes old"),
        ({}, BODY, -5.1, "more than five minutes ahead"),
        ({"webhook_timestamp": "soon"}, BODY, 0, "not a number"),
        ({"webhook_timestamp": "9" * 13}, BODY, 0, "not a number"),
        ({"webhook_timestamp": "-1614265330"}, BODY, 0, "not a number"),
        ({"webhook_id": ""}, BODY, 0, "are needed"),
        ({"webhook_signature": ""}, BODY, 0, "are needed"),
        ({"webhook_signature": SIGNATURE.replace("v1,", "v2,")}, BODY, 0, "no signature holds"),
        ({"webhook_signature": SIGNATURE.replace("v1,", "v1a,")}, BODY, 0, "no signature holds"),
        ({"webhook_signature": "v1,不是"}, BODY, 0, "no signature holds"),
    ],
)
def test_SEC_26_altered_old_or_incomplete_message_is_refused(  # noqa: N802 - named after its id
    changed: dict[str, str], body: bytes, minutes: float, message: str
) -> None:
    with pytest.raises(SignatureRefusedError, match=message):
        checked_id(headers=headers(**changed), body=body, keys=[SECRET], now=AT + timedelta(minutes=minutes))


@pytest.mark.parametrize("scheme", ["v1", "v1a"])
def test_SEC_26_wrong_secret_is_refused(scheme: str) -> None:  # noqa: N802 - named after its id
    made = signature_headers(identifier="m", at=AT, body=BODY, keys=[new_secret(scheme)])

    with pytest.raises(SignatureRefusedError, match="no signature holds"):
        checked_id(headers=made, body=BODY, keys=[shown_key(new_secret(scheme))], now=AT)


@pytest.mark.parametrize("scheme", ["v1", "v1a"])
def test_SEC_26_rotation_receiver_may_hold_the_old_or_the_new_key(scheme: str) -> None:  # noqa: N802 - as above
    old, new, other = new_secret(scheme), new_secret(scheme), new_secret(scheme)
    made = signature_headers(identifier="m", at=AT, body=BODY, keys=[new, old])

    held = [
        checked_id(headers=made, body=BODY, keys=[shown_key(key) for key in keys], now=AT)
        for keys in ([old], [new], [other, old])
    ]

    assert held == ["m", "m", "m"]


@pytest.mark.parametrize(
    "secret",
    [
        "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "whsec_" + base64.b64encode(b"x" * 23).decode(),
        "whsec_" + base64.b64encode(b"x" * 65).decode(),
        "whsec_***",
        "whsk_" + base64.b64encode(b"x" * 31).decode(),
    ],
)
def test_a_secret_of_the_wrong_form_is_refused_and_not_repeated(secret: str) -> None:
    with pytest.raises(SecretError) as refused:
        signature_headers(identifier="m", at=AT, body=BODY, keys=[secret])

    assert secret.partition("_")[2] not in str(refused.value) or not secret.partition("_")[2]

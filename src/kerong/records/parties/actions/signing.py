"""Asks a named person to sign a text by a one-time link, and takes the signature.

What follows a signature is named in the table that `settings.KERONG_SIGNED` points to, and happens in the same
transaction.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.module_loading import import_string

from kerong.adapters import e_sign
from kerong.basics import crypto
from kerong.basics.acting import current_actor
from kerong.basics.canonical import canonical
from kerong.basics.clock import current_clock
from kerong.basics.identifiers import new_identifier
from kerong.records.evidence.actions import house, seal
from kerong.records.parties.models import SigningRequest
from kerong.records.parties.queries.signing import PHONE, digest_of, request_by_token, statement_of

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

STREAM = "signing"
LIVES = timedelta(hours=72)
CODE_LIVES = timedelta(minutes=10)
WRONG_CODES_MAX = 5
TOKEN_BYTES = 32
PURPOSE = "consent"
"""The key that signs: one for everything that people agree to."""


class SigningError(ValueError):
    """A text that cannot be signed now; ``reason`` is gone, withdrawn, expired, signed, too_many or wrong_code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@transaction.atomic
def request_signature(  # noqa: PLR0913 - what a signature is about
    *,
    kind: str,
    subject: str,
    signer_name: str,
    signer_phone: str,
    title: str,
    text: str,
    reference: str,
    expires_at: datetime | None = None,
) -> SigningRequest:
    """Ask a person to sign; the request returned carries ``token`` and ``address``, which are never shown again.

    ``kind`` names what follows (see `portal/journeys.py`), ``subject`` the party that is bound, ``reference`` whatever
    the follower needs. Raises NoSignerError where no signature service is connected.
    """
    e_sign.signer()
    actor, now = current_actor(), current_clock().now()
    key = new_identifier(now)
    made = SigningRequest(
        id=key,
        owner=actor.party or (f"person:{actor.person}" if actor.person else subject),
        asked_by=actor.user,
        kind=kind,
        subject=subject,
        signer_name=signer_name,
        signer_phone_sealed=crypto.provider().seal(signer_phone, purpose=PHONE, context=f"signing:{key}"),
        title=title,
        text=text,
        text_digest=digest_of(text),
        reference=reference,
        asked_at=now,
        expires_at=expires_at or now + LIVES,
    )
    token = _give_token(made)
    with house("a person without a mandate may ask for the signature that gives one"):
        made.save(force_insert=True)
    seal(made, stream=STREAM, kind="signature_requested", subject=subject)
    return _with_address(made, token)


@transaction.atomic
def resend(*, request_id: UUID | str) -> SigningRequest:
    """Give an open request a fresh link and fresh time; the old link works no more. Raises SigningError."""
    found = _own_open(request_id, even_expired=True)
    now = current_clock().now()
    token = _give_token(found)
    found.expires_at, found.wrong_codes, found.code_digest, found.code_sent_at = now + LIVES, 0, "", None
    _save(found)
    seal(found, stream=STREAM, kind="signature_requested_again", subject=found.subject)
    return _with_address(found, token)


@transaction.atomic
def withdraw_request(*, request_id: UUID | str) -> SigningRequest:
    """Take a request back before it is signed. Raises SigningError."""
    found = _own_open(request_id, even_expired=True)
    found.withdrawn_at = current_clock().now()
    _save(found)
    seal(found, stream=STREAM, kind="signature_request_withdrawn", subject=found.subject)
    return found


@transaction.atomic
def open_link(*, token: str) -> SigningRequest:
    """Note that the signer opened the link, and return what is to be signed. Raises SigningError."""
    found = _open(token)
    if found.opened_at is None:
        found.opened_at = current_clock().now()
        _save(found)
        seal(found, stream=STREAM, kind="signing_link_opened", subject=found.subject)
    return found


@transaction.atomic
def send_code(*, token: str) -> SigningRequest:
    """Send the signer a code by telephone; it works for ten minutes. Raises SigningError."""
    found = _open(token)
    phone = crypto.provider().open(found.signer_phone_sealed, purpose=PHONE, context=f"signing:{found.id}")
    code = e_sign.signer().send_code(request=found.id, phone=phone)
    found.code_digest, found.code_sent_at = _code_digest(found, code), current_clock().now()
    _save(found)
    return found


def sign(*, token: str, signer_code: str) -> SigningRequest:
    """Sign with the code that was sent, and do what follows. Five wrong codes close the link.

    With the invented service of the demo the code (`adapters.e_sign.demo_code`) holds without being sent first.
    Raises SigningError. A wrong code is counted, so it is not undone with the caller's savepoint unless the caller
    rolls back.
    """
    with transaction.atomic():
        found = _open(token)
        if not _code_holds(found, signer_code):
            found.wrong_codes += 1
            _save(found)
            refused = "too_many" if found.wrong_codes >= WRONG_CODES_MAX else "wrong_code"
        else:
            refused = ""
            _sign(found)
    if refused:
        raise SigningError(refused)
    return found


def _sign(found: SigningRequest) -> None:
    found.signed_at = current_clock().now()
    found.signed_with = e_sign.signer().label
    found.signature = crypto.provider().sign(canonical(statement_of(found)), purpose=PURPOSE)
    _save(found)
    seal(found, stream=STREAM, kind="signed", subject=found.subject)
    followers: dict[str, str] = _named(settings.KERONG_SIGNED)
    if place := followers.get(found.kind):
        with house("the signer has no account; what was signed for is done by the service"):
            _named(place)(signing_request_id=str(found.id))


def _named(place: str) -> object:
    return import_string(place.replace(":", "."))


def _give_token(request: SigningRequest) -> str:
    token = secrets.token_urlsafe(TOKEN_BYTES)
    request.token_digest = hashlib.sha256(token.encode()).hexdigest()
    return token


def _with_address(request: SigningRequest, token: str) -> SigningRequest:
    request.token = token  # type: ignore[attr-defined] - shown once, never stored
    request.address = reverse("parties:sign", args=[token])  # type: ignore[attr-defined] - as above
    return request


def _open(token: str) -> SigningRequest:
    found = request_by_token(token, for_update=True)
    if found is None:
        raise SigningError("gone")
    if found.signed_at:
        raise SigningError("signed")
    if found.withdrawn_at:
        raise SigningError("withdrawn")
    if found.expires_at <= current_clock().now():
        raise SigningError("expired")
    if found.wrong_codes >= WRONG_CODES_MAX:
        raise SigningError("too_many")
    return found


def _own_open(request_id: UUID | str, *, even_expired: bool) -> SigningRequest:
    """Return a request that the actor may see, by row security, and that is not finished."""
    found = SigningRequest.objects.filter(id=request_id).first()
    actor = current_actor()
    if found is None or found.owner not in {actor.party, f"person:{actor.person}"}:
        raise SigningError("gone")
    if found.signed_at or found.withdrawn_at:
        raise SigningError("signed" if found.signed_at else "withdrawn")
    if not even_expired and found.expires_at <= current_clock().now():
        raise SigningError("expired")
    return found


def _save(request: SigningRequest) -> None:
    with house("a one-time link is its own key: the signer has no account"):
        request.save()


def _code_digest(request: SigningRequest, code: str) -> str:
    return crypto.provider().blind(f"{request.id}:{code}", purpose="signing.code")


def _code_holds(request: SigningRequest, code: str) -> bool:
    given, service = code.strip(), e_sign.signer()
    if isinstance(service, e_sign.DemoSigner):
        return hmac.compare_digest(given.encode(), e_sign.demo_code(request.id).encode())
    if not request.code_sent_at or current_clock().now() > request.code_sent_at + CODE_LIVES:
        return False
    return hmac.compare_digest(request.code_digest, _code_digest(request, given))

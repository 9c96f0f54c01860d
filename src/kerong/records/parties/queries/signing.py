"""Reads about signatures: by link, by party, and whether one still covers a text."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any
from uuid import UUID

from kerong.basics import crypto
from kerong.basics.canonical import canonical
from kerong.basics.clock import current_clock
from kerong.records.evidence.actions import house
from kerong.records.parties.models import FirmClaim, SigningRequest
from kerong.records.parties.queries.people import masked_phone

if TYPE_CHECKING:
    from django.db.models import QuerySet

PHONE = "signing.phone"
CLAIM_PHONE = "claim.phone"
SIGNING_PURPOSE = "consent"


def digest_of(text: str) -> str:
    """Return the SHA-256 of a text as it was shown to the signer."""
    return hashlib.sha256(text.encode()).hexdigest()


def statement_of(request: SigningRequest) -> dict[str, Any]:
    """Return what the signature covers: who signed which text for whom, when and by which service."""
    return {
        "id": request.id,
        "kind": request.kind,
        "subject": request.subject,
        "signer": request.signer_name,
        "title": request.title,
        "text_digest": request.text_digest,
        "reference": request.reference,
        "signed_at": request.signed_at,
        "signed_with": request.signed_with,
    }


def verify_signature(*, request_id: UUID | str, text: str) -> bool:
    """Tell whether a request was signed and its signature covers exactly this text (T20)."""
    with house("whoever relies on a signature may verify it; nothing is shown"):
        found = SigningRequest.objects.filter(id=request_id).first()
    if found is None or found.signed_at is None or digest_of(text) != found.text_digest:
        return False
    return signature_holds(found)


def signature_holds(request: SigningRequest) -> bool:
    """Tell whether the stored text, its digest and the signature still fit together."""
    if not request.signature or digest_of(request.text) != request.text_digest:
        return False
    message = canonical(statement_of(request))
    return crypto.provider().verify(message, request.signature, purpose=SIGNING_PURPOSE)


def request_by_token(token: str, *, for_update: bool = False) -> SigningRequest | None:
    """Return what a one-time link points to, in whatever state it is, or None."""
    with house("a one-time link is its own key: the signer has no account"):
        found = SigningRequest.objects.filter(token_digest=hashlib.sha256(token.encode()).hexdigest())
        return (found.select_for_update() if for_update else found).first()


def signing_request(request_id: UUID | str) -> SigningRequest | None:
    """Return a signing request that the actor may see, or None."""
    try:
        return SigningRequest.objects.filter(id=UUID(str(request_id))).first()
    except ValueError:
        return None


def signing_requests(
    *, kind: str = "", subject: str = "", open_only: bool = False
) -> QuerySet[SigningRequest]:
    """Return the signing requests that the actor may see, the latest first."""
    wanted = {"kind": kind, "subject": subject}
    found = SigningRequest.objects.filter(**{name: value for name, value in wanted.items() if value})
    if open_only:
        found = found.filter(
            signed_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=current_clock().now()
        )
    return found.order_by("-asked_at")


def state_of(request: SigningRequest) -> str:
    """Return where a request stands: signed, withdrawn, expired, opened or waiting."""
    if request.signed_at:
        return "signed"
    if request.withdrawn_at:
        return "withdrawn"
    if request.expires_at <= current_clock().now():
        return "expired"
    return "opened" if request.opened_at else "waiting"


def masked_signer_phone(request: SigningRequest) -> str:
    """Return the signer's telephone number for the eye."""
    phone = crypto.provider().open(
        request.signer_phone_sealed, purpose=PHONE, context=f"signing:{request.id}"
    )
    return masked_phone(phone)


def representatives_who_signed(uscc: str) -> list[tuple[str, str, str]]:
    """Return id, name and telephone number of those who signed a claim on a firm that stands, the latest first.

    Name and number were written by whoever claimed: nobody verified them.
    """
    with house("an agent sends a text to those who signed for the same firm"):
        return [
            (
                str(claim.id),
                claim.representative,
                crypto.provider().open(claim.phone_sealed, purpose=CLAIM_PHONE, context=f"claim:{claim.id}"),
            )
            for claim in FirmClaim.objects.filter(uscc=uscc, granted_at__isnull=False).order_by("-granted_at")
        ]


def claims_of(owner: str) -> QuerySet[FirmClaim]:
    """Return the claims of a person on firms, the latest first."""
    return FirmClaim.objects.filter(owner=owner).order_by("-asked_at")

"""Reads of consents for pages: what was allowed, what waits, whether one may ask again, whether it is intact."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Literal
from uuid import UUID

from django.conf import settings

from kerong.basics.canonical import digest
from kerong.basics.clock import current_clock
from kerong.records.consents.models import Consent, ConsentRequest, ConsentText, Refusal, UnsignedConsent
from kerong.records.consents.queries.wording import wording_of
from kerong.records.consents.queries.words import current_text, text_of_version
from kerong.records.evidence.actions import house
from kerong.records.parties import queries as parties

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import QuerySet

State = Literal["live", "withdrawn", "over", "outdated"]
SILENCE_DAYS = 90
SIGNING_ROLES = ("legal_representative", "actual_controller")


@dataclass(frozen=True, slots=True)
class Check:
    """What the verification of a consent found: every line must be true. ``signature`` is None where none is needed."""

    text: bool
    wording: bool
    signature: bool | None

    @property
    def is_intact(self) -> bool:
        """Tell whether nothing was changed after it was given."""
        return self.text and self.wording and self.signature is not False


@dataclass(frozen=True, slots=True)
class Signer:
    """Somebody who may sign for a firm: the mandate's id, the name, the telephone number (never shown whole)."""

    key: str
    name: str
    standing: str
    phone: str


def signers_of(subject: str) -> list[Signer]:
    """Return who may sign for a firm and has a telephone number: mandates say so.

    Where no mandate does, those who signed the claim on the firm; their identity nobody verified.
    """
    found: list[Signer] = []
    with house("an agent sends a text to those who may sign for the same firm"):
        for role in SIGNING_ROLES:
            for mandate in parties.live_memberships(party=subject, role=role).select_related("user__person"):
                person = mandate.user.person
                phone = parties.phone_of(person) if person else ""
                if person and phone:
                    found.append(Signer(str(mandate.pk), person.name, "mandate", phone))
    kind, _colon, uscc = subject.partition(":")
    if not found and kind == "enterprise":
        known = {(name, phone): key for key, name, phone in parties.representatives_who_signed(uscc)}
        found = [Signer(key, name, "claim", phone) for (name, phone), key in known.items()]
    return found


def silence_days() -> int:
    """Return for how many days a refused request is not shown again (KERONG_CONSENT_SILENCE_DAYS)."""
    return int(getattr(settings, "KERONG_CONSENT_SILENCE_DAYS", SILENCE_DAYS))


def consents(*, subject: str = "", recipient: str = "") -> QuerySet[Consent]:
    """Return the consents that the session sees, the latest first, with their withdrawals."""
    wanted = {"owner": subject, "recipient": recipient}
    return (
        Consent.objects.select_related("withdrawal")
        .filter(**{name: value for name, value in wanted.items() if value})
        .order_by("-given_at", "-id")
    )


def consent(key: str | UUID) -> Consent | None:
    """Return a consent that the session sees, or None."""
    found = _identifier(key)
    return consents().filter(pk=found).first() if found else None


def state_of(consent: Consent, *, on: date | None = None) -> State:
    """Tell whether a consent holds, and if not, why not."""
    if getattr(consent, "withdrawal", None) is not None:
        return "withdrawn"
    if consent.until < (on or current_clock().today()):
        return "over"
    return "live" if consent.text_version >= current_text(consent.text_key).counts_from else "outdated"


def requests_to(subject: str) -> list[ConsentRequest]:
    """Return the requests a subject has neither answered nor refused, the latest first."""
    answered = set(
        Consent.objects.filter(owner=subject).exclude(request_id="").values_list("request_id", flat=True)
    )
    refused = set(
        Refusal.objects.filter(owner=subject).exclude(request_id="").values_list("request_id", flat=True)
    )
    today = current_clock().today()
    return [
        each
        for each in ConsentRequest.objects.filter(owner=subject, until__gte=today).order_by(
            "-asked_at", "-id"
        )
        if str(each.pk) not in answered | refused
    ]


def requests_by(recipient: str) -> QuerySet[ConsentRequest]:
    """Return what a recipient asked for, the latest first."""
    return ConsentRequest.objects.filter(recipient=recipient).order_by("-asked_at", "-id")


def request(key: str | UUID) -> ConsentRequest | None:
    """Return a request that the session sees, or None."""
    found = _identifier(key)
    return ConsentRequest.objects.filter(pk=found).first() if found else None


def answer_to(request: ConsentRequest) -> Literal["given", "refused", "waiting"]:
    """Tell how a request was answered."""
    key = str(request.pk)
    if Consent.objects.filter(owner=request.owner, request_id=key).exists():
        return "given"
    return "refused" if Refusal.objects.filter(owner=request.owner, request_id=key).exists() else "waiting"


def unsigned(subject: str) -> list[UnsignedConsent]:
    """Return the consents of a subject that wait for a signature, the latest first."""
    signed = Consent.objects.filter(owner=subject, channel="signature").values("signature_id")
    taken_back = [
        str(key)
        for key in parties.signing_requests(kind="consent", subject=subject)
        .filter(withdrawn_at__isnull=False)
        .values_list("id", flat=True)
    ]
    return list(
        UnsignedConsent.objects.filter(owner=subject, expires_at__gt=current_clock().now())
        .exclude(signing_request_id__in=signed)
        .exclude(signing_request_id__in=taken_back)
        .order_by("-prepared_at", "-id")
    )


def signed_from(key: str | UUID) -> Consent | None:
    """Return the consent that came of one that waited for a signature, as far as the session sees it, or None."""
    found = _identifier(key)
    prepared = UnsignedConsent.objects.filter(pk=found).first() if found else None
    return consents().filter(signature_id=prepared.signing_request_id).first() if prepared else None


def may_ask_again(*, subject: str, recipient: str, purpose: str) -> bool:
    """Tell whether a recipient may ask a subject for this purpose: not while a refusal is younger than the silence.

    Looks at all refusals, whoever asks; needs an open transaction.
    """
    since = current_clock().now() - timedelta(days=silence_days())
    with house("a recipient shall not learn more of a refusal than that it must wait"):
        return not Refusal.objects.filter(
            owner=subject, recipient=recipient, purpose=purpose, refused_at__gt=since
        ).exists()


def refusals_of(subject: str) -> QuerySet[Refusal]:
    """Return what a subject refused, the latest first."""
    return Refusal.objects.filter(owner=subject).order_by("-refused_at", "-id")


def check_consent(consent: Consent, *, stored: ConsentText | None = None) -> Check:
    """Verify that the text, the whole wording and the signature of a consent are what they were.

    ``stored`` is the text version to compare with, if it is not to be the one in the database.
    """
    stored = stored or ConsentText.objects.filter(key=consent.text_key, version=consent.text_version).first()
    return Check(
        text=stored is not None
        and stored.digest == consent.text_digest
        and stored.words in consent.wording
        and stored.digest == _text_digest(consent, stored),
        wording=digest(consent.wording) == consent.wording_digest and wording_matches(consent),
        signature=parties.verify_signature(request_id=consent.signature_id, text=consent.wording)
        if consent.signature_id
        else None,
    )


def _text_digest(consent: Consent, stored: ConsentText) -> str:
    text = text_of_version(consent.text_key, consent.text_version)
    return text.digest if text is not None and text.words == stored.words else ""


def wording_matches(consent: Consent) -> bool:
    """Tell whether the columns of a consent say what its wording says."""
    return wording_of(consent) == consent.wording


def _identifier(key: str | UUID) -> UUID | None:
    try:
        return key if isinstance(key, UUID) else UUID(key)
    except ValueError:
        return None

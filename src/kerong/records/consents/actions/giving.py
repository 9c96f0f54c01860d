"""Gives and withdraws consents: the subject's side alone, with the wording that was shown and a signature over it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.urls import reverse

from kerong.basics.acting import current_actor
from kerong.basics.canonical import digest
from kerong.basics.clock import current_clock
from kerong.basics.identifiers import new_identifier
from kerong.records.consents.actions.sides import STREAM, check_side
from kerong.records.consents.models import FLAGS, Consent, ConsentText, UnsignedConsent, Withdrawal
from kerong.records.consents.queries.reading import signers_of
from kerong.records.consents.queries.wording import CATEGORIES, name_of_recipient, write_wording
from kerong.records.consents.queries.words import check_words, current_text
from kerong.records.evidence.actions import house, seal
from kerong.records.notices import actions as notices
from kerong.records.outbox import actions as outbox
from kerong.records.parties import actions as parties
from kerong.records.parties.queries import signing_request

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date
    from uuid import UUID

    from kerong.records.consents.queries.words import TextVersion

CREDIT_REPORT = "credit_report_authorisation"
SIGNING_KIND = "consent"
_SIGNING_DAYS = 7


class ConsentError(ValueError):
    """A consent that cannot be: a text that does not fit, a period too long, a signature that does not verify."""


def give(  # noqa: PLR0913 - what a consent says
    *,
    subject: str,
    recipient: str,
    purposes: Iterable[str],
    data_types: Iterable[str],
    until: date,
    text_key: str = "platform_data",
    flags: Collection[str] = (),
    signature_id: str = "",
    request_id: str = "",
) -> Consent:
    """Give a consent, now, and return it.

    Only the subject's side can: the legal representative or actual controller (duty ``firm.sign``), a natural person
    for themselves, or the agent (``firm.act``) with a signature over this very wording. ``flags`` are names of FLAGS;
    none implies another. A credit report authorisation always needs the signature. Anybody else is refused and the
    attempt recorded. Raises NotTheSubjectError, ConsentError, WordError.
    """
    may_sign = check_side(subject, "give")
    terms = _terms(subject, recipient, purposes, data_types, until, text_key, flags, request_id)
    if not signature_id and (not may_sign or terms["kind"] == CREDIT_REPORT):
        raise ConsentError("this consent needs a signature: use prepare(), which asks for it")
    if signature_id:
        signing = signing_request(signature_id)
        terms |= {"signer_name": signing.signer_name if signing else "", "signer_standing": "typed"}
    return _store(terms, signature_id=signature_id)


def prepare(  # noqa: PLR0913 - what a consent says
    *,
    subject: str,
    recipient: str,
    purposes: Iterable[str],
    data_types: Iterable[str],
    until: date,
    signer_name: str,
    signer_phone: str,
    text_key: str = "platform_data",
    flags: Collection[str] = (),
    request_id: str = "",
) -> tuple[UnsignedConsent, str]:
    """Write a consent and send it to a phone for signature; return it with the address of the signing page.

    It gives nobody anything until it is signed; what was signed becomes a consent by `consent_signed`. Where the
    platform knows who may sign for the firm, nobody else can; where it knows nobody, the signer is whom the agent
    names, and the consent says for ever that nobody verified them. Raises NotTheSubjectError, ConsentError, WordError.
    """
    check_side(subject, "prepare")
    standing = _standing(subject, signer_name, signer_phone)
    terms = _terms(subject, recipient, purposes, data_types, until, text_key, flags, request_id)
    now, actor = current_clock().now(), current_actor()
    key, expires_at = new_identifier(now), now + timedelta(days=_SIGNING_DAYS)
    with transaction.atomic():
        signing = parties.request_signature(
            kind=SIGNING_KIND,
            subject=subject,
            signer_name=signer_name,
            signer_phone=signer_phone,
            title=terms["wording"].partition("\n")[0],
            text=terms["wording"],
            reference=str(key),
            expires_at=expires_at,
        )
        row = UnsignedConsent.objects.create(
            id=key,
            signing_request_id=str(signing.id),
            signer_name=signer_name,
            signer_standing=standing,
            prepared_at=now,
            prepared_by=actor.user,
            expires_at=expires_at,
            **terms,
        )
        seal(
            row,
            stream=STREAM,
            kind="consent_prepared",
            subject=subject,
            detail={"signer_standing": standing},
        )
        notices.tell(
            to_party=subject,
            kind="consent_unsigned",
            title=f"等{signer_name}签署：{name_of_recipient(recipient)}的授权",
            body="签署之前不生效。",
            link=reverse("consents:waiting", args=[row.pk]),
            due_on=expires_at.date(),
            is_todo=True,
            key=f"consent_unsigned:{row.signing_request_id}",
        )
    return row, signing.address


def send_again(*, unsigned_id: str | UUID) -> str:
    """Give what waits for a signature a fresh link, and return it; the old link works no more.

    Raises NotTheSubjectError, UnsignedConsent.DoesNotExist, parties.SigningError.
    """
    row = UnsignedConsent.objects.get(pk=unsigned_id)
    check_side(row.owner, "send again")
    return str(parties.resend(request_id=row.signing_request_id).address)


def take_back(*, unsigned_id: str | UUID) -> None:
    """Take back what waits for a signature: the link works no more, and it no longer stands among the to-dos.

    Raises NotTheSubjectError, UnsignedConsent.DoesNotExist, parties.SigningError.
    """
    row = UnsignedConsent.objects.get(pk=unsigned_id)
    check_side(row.owner, "take back")
    with transaction.atomic():
        parties.withdraw_request(request_id=row.signing_request_id)
        notices.done(key=f"consent_unsigned:{row.signing_request_id}")


def consent_signed(signing_request_id: str) -> Consent:
    """Turn a prepared consent into a consent, in the transaction in which its signature was made.

    Called after a signature, whoever holds the phone; the signature itself is verified against the wording. Raises
    ConsentError.
    """
    with house("who signs by a link on the phone has no account, so no row of the firm is visible"):
        row = UnsignedConsent.objects.filter(signing_request_id=signing_request_id).first()
        if row is None:
            raise ConsentError(f"nothing waits for the signature {signing_request_id}")
        if already := Consent.objects.filter(signature_id=signing_request_id).first():
            return already
        if row.text_version < current_text(row.text_key).counts_from:
            raise ConsentError("the text has changed since this was prepared; prepare it again")
        names = [field.name for field in row._meta.concrete_fields if hasattr(Consent, field.name)]
        terms = {name: getattr(row, name) for name in names if name != "id"}
        return _store(terms, signature_id=signing_request_id)


def withdraw(*, consent_id: str | UUID, because: str = "") -> Withdrawal:
    """End a consent at once, and return the withdrawal; a second one changes nothing.

    Either duty of the firm suffices, so that ending never takes more steps than giving. Raises NotTheSubjectError,
    Consent.DoesNotExist.
    """
    consent = Consent.objects.get(pk=consent_id)
    check_side(consent.owner, "withdraw")
    now = current_clock().now()
    with transaction.atomic():
        row, is_new = Withdrawal.objects.get_or_create(
            consent=consent,
            defaults={
                "id": new_identifier(now),
                "owner": consent.owner,
                "because": because,
                "withdrawn_at": now,
                "withdrawn_by": current_actor().user,
            },
        )
        if is_new:
            seal(row, stream=STREAM, kind="consent_withdrawn", subject=consent.owner)
            _announce(consent, "withdrawn", "撤回了授权，从现在起不能再看")
    return row


def _standing(subject: str, name: str, phone: str) -> str:
    known = signers_of(subject)
    for signer in known:
        if (signer.name, signer.phone) == (name, phone):
            return signer.standing
    if known:
        raise ConsentError("only those who are registered as signing for this firm can sign")
    return "typed"


def _terms(  # noqa: PLR0913, PLR0917 - what a consent says
    subject: str,
    recipient: str,
    purposes: Iterable[str],
    data_types: Iterable[str],
    until: date,
    text_key: str,
    flags: Collection[str],
    request_id: str,
) -> dict[str, Any]:
    chosen, kinds, ticked = tuple(sorted(set(purposes))), tuple(sorted(set(data_types))), tuple(sorted(flags))
    check_words(purposes=chosen, data_types=kinds, flags=ticked)
    text = current_text(text_key)
    _check_fit(text, subject, recipient, chosen, kinds, until)
    if text.kind == CREDIT_REPORT:
        # The authorisation is nothing but the leave to query credit information.
        ticked = ("credit_query",)
    stored = _stored_text(text)
    wording = write_wording(
        title=text.title,
        words=text.words,
        subject_name=name_of_recipient(subject),
        subject=subject,
        recipient_name=name_of_recipient(recipient),
        recipient=recipient,
        purposes=chosen,
        data_types=kinds,
        until=until,
        flags=ticked,
    )
    return {
        "owner": subject,
        "recipient": recipient,
        "readers": [] if recipient in CATEGORIES else [recipient],
        "purposes": list(chosen),
        "data_types": list(kinds),
        "until": until,
        "text_key": text.key,
        "kind": text.kind,
        "text_version": text.version,
        "text_digest": stored.digest,
        "wording": wording,
        "wording_digest": digest(wording),
        "request_id": request_id,
        **{flag: flag in ticked for flag in FLAGS},
    }


def _check_fit(  # noqa: PLR0913, PLR0917 - what a consent says
    text: TextVersion,
    subject: str,
    recipient: str,
    purposes: tuple[str, ...],
    kinds: tuple[str, ...],
    until: date,
) -> None:
    today = current_clock().today()
    bank = text.key.partition(".")[2]
    problems = [
        words
        for is_wrong, words in (
            (not purposes or not kinds, "a consent names at least one purpose and one kind of data"),
            (not set(purposes) <= set(text.purposes), f"the text {text.key} does not cover these purposes"),
            (
                not set(kinds) <= set(text.data_types),
                f"the text {text.key} does not cover these kinds of data",
            ),
            (subject == recipient, "the recipient is the subject itself"),
            (":" not in recipient and recipient != "platform", f"{recipient!r} is no recipient"),
            (recipient.startswith("category:") and recipient not in CATEGORIES, f"no category {recipient!r}"),
            (
                bool(bank) and recipient != f"institution:{bank}",
                f"the text {text.key} belongs to another bank",
            ),
            (until < today, "the last day has passed"),
            (until > today + timedelta(days=text.days_max), f"longer than {text.days_max} days"),
        )
        if is_wrong
    ]
    if problems:
        raise ConsentError("; ".join(problems))


def _stored_text(text: TextVersion) -> ConsentText:
    """Return the stored row of a text, made at its first use. Raises ConsentError where the file was edited."""
    stored, is_new = ConsentText.objects.get_or_create(
        key=text.key,
        version=text.version,
        defaults={
            "kind": text.kind,
            "words": text.words,
            "words_en": text.words_en,
            "digest": text.digest,
            "stored_at": current_clock().now(),
        },
    )
    if is_new:
        seal(stored, stream=STREAM, kind="consent_text_stored")
    if stored.digest != text.digest:
        raise ConsentError(
            f"the text {text.key} version {text.version} was edited after it was used; "
            "restore it in texts.yaml and add a new version below"
        )
    return stored


def _store(terms: dict[str, Any], *, signature_id: str) -> Consent:
    if signature_id and not parties.verify_signature(request_id=signature_id, text=terms["wording"]):
        raise ConsentError("the signature does not belong to this wording")
    actor, now = current_actor(), current_clock().now()
    with transaction.atomic():
        row = Consent.objects.create(
            id=new_identifier(now),
            channel="signature" if signature_id else "session",
            signature_id=signature_id,
            given_at=now,
            given_by=actor.user,
            given_in_role=actor.role,
            **terms,
        )
        seal(
            row,
            stream=STREAM,
            kind="consent_given",
            subject=row.owner,
            detail={"signer_standing": row.signer_standing},
        )
        _announce(row, "given", "给了授权" + ("（签署人身份未核验）" if row.is_signer_unverified else ""))
        if signature_id:
            notices.done(key=f"consent_unsigned:{signature_id}")
        if row.request_id:
            notices.done(key=f"consent_request:{row.request_id}")
    return row


def _announce(consent: Consent, what: str, words: str) -> None:
    """Tell the recipient, people and machines, what happened to a consent that is addressed to it alone."""
    if not consent.readers:
        return
    notices.tell(
        to_party=consent.recipient,
        kind=f"consent_{what}",
        title=f"{name_of_recipient(consent.owner)}{words}",
        link=reverse("consents:consent", args=[consent.pk]),
        key=f"consent:{consent.pk}:{what}",
    )
    outbox.publish(
        kind=f"consent_{what}",
        subject=consent.owner,
        payload={"consent": str(consent.pk), "purposes": consent.purposes, "data_types": consent.data_types},
        key=f"consent:{consent.pk}:{what}",
        audience=[consent.recipient],
    )

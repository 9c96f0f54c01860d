"""Lets a person claim a firm: the legal representative signs, and the mandate follows."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from kerong.basics import crypto, party_reference
from kerong.basics.acting import current_actor
from kerong.basics.clock import current_clock
from kerong.basics.identifiers import new_identifier
from kerong.records.evidence.actions import house, seal
from kerong.records.parties.actions.mandates import HeldAlreadyError, MandateRefusedError, grant_membership
from kerong.records.parties.actions.signing import request_signature, resend, withdraw_request
from kerong.records.parties.models import FirmClaim, SigningRequest, User
from kerong.records.parties.queries import enterprise, live_memberships, phone_of, role
from kerong.records.parties.queries.signing import CLAIM_PHONE

KIND = "firm_claim"
# The text that is signed is Chinese law's business, so it is Chinese on every page.
AUTHORISATION = (
    "{firm}（统一社会信用代码 {uscc}）的法定代表人 {representative} 授权 {agent}（{position}）"
    "作为本企业在科融平台的经办人，代表本企业填报资料、提交申请、查看办理进度。\n\n"
    "本授权不包括：签署融资合同、担保合同，以及法律规定须由法定代表人或股东会决定的事项。\n\n"
    "授权自签署之时起生效。法定代表人变更，或本企业书面终止，本授权即行终止。"
)


class ClaimRefusedError(ValueError):
    """A claim that cannot be made; ``field`` is where the page says so."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@transaction.atomic
def claim_firm(
    *, uscc: str, position: str, representative: str, phone: str
) -> tuple[FirmClaim, SigningRequest]:
    """Ask a firm's legal representative to authorise the actor; return the claim and the request with its link.

    Raises ClaimRefusedError.
    """
    actor, now = current_actor(), current_clock().now()
    firm = enterprise(uscc)
    if firm is None:
        raise ClaimRefusedError("uscc", _("没有这家企业，请核对统一社会信用代码。"))
    user = User.objects.get(id=actor.user)
    if user.memberships.filter(
        party=party_reference.enterprise(uscc), role="agent", ended_at__isnull=True
    ).exists():
        raise ClaimRefusedError("uscc", _("您已经是这家企业的经办人。"))
    roles = [role(held.role) for held in live_memberships(user=user)]
    if any(held is not None and held.party_kind != "enterprise" for held in roles):
        raise ClaimRefusedError("uscc", _("机构、部门和平台的账号不能认领企业；请用企业经办人自己的账号。"))
    _check_representative(party_reference.enterprise(uscc), phone)
    key = new_identifier(now)
    text = AUTHORISATION.format(
        firm=firm.name, uscc=uscc, representative=representative, agent=user.display_name, position=position
    )
    request = request_signature(
        kind=KIND,
        subject=party_reference.enterprise(uscc),
        signer_name=representative,
        signer_phone=phone,
        title=f"授权 {user.display_name} 为 {firm.name} 的经办人"[:128],
        text=text,
        reference=str(key),
    )
    claim = FirmClaim(
        id=key,
        owner=party_reference.person(actor.person),
        user=user,
        uscc=uscc,
        position=position,
        representative=representative,
        phone_sealed=crypto.provider().seal(phone, purpose=CLAIM_PHONE, context=f"claim:{key}"),
        signing_request=request.id,
        asked_at=now,
    )
    try:
        with transaction.atomic(), house("a person without a mandate claims a firm"):
            claim.save(force_insert=True)
    except IntegrityError:
        raise ClaimRefusedError("uscc", _("您对这家企业的认领正在等待签署；可以重发或撤回。")) from None
    seal(claim, stream="parties", kind="firm_claimed", subject=party_reference.enterprise(uscc))
    return claim, request


@transaction.atomic
def resend_claim(*, claim_id: str) -> SigningRequest:
    """Give the legal representative a fresh link. Raises FirmClaim.DoesNotExist and SigningError."""
    return resend(request_id=_own(claim_id).signing_request)


@transaction.atomic
def withdraw_claim(*, claim_id: str) -> FirmClaim:
    """Take a claim back. Raises FirmClaim.DoesNotExist and SigningError."""
    claim = _own(claim_id)
    withdraw_request(request_id=claim.signing_request)
    claim.withdrawn_at = current_clock().now()
    with house("a person without a mandate takes a claim back"):
        claim.save(update_fields=["withdrawn_at"])
    seal(claim, stream="parties", kind="firm_claim_withdrawn", subject=f"enterprise:{claim.uscc}")
    return claim


@transaction.atomic
def claim_signed(*, signing_request_id: str) -> None:
    """Give the mandate that was signed for; called when the legal representative has signed."""
    with house("the legal representative signs without an account"):
        claim = FirmClaim.objects.select_for_update().get(signing_request=signing_request_id)
        party = party_reference.enterprise(claim.uscc)
        try:
            grant_membership(
                user=claim.user, party=party, role="agent", proof=f"signing:{signing_request_id}"
            )
        except HeldAlreadyError:
            # Somebody gave it in between: what was signed for is there.
            pass
        except MandateRefusedError as error:
            # The account got powers in between that exclude this one. The signature stands, the mandate is not given.
            seal(
                claim,
                stream="parties",
                kind="firm_claim_not_granted",
                subject=party,
                detail={"why": str(error)},
            )
            return
        claim.granted_at = current_clock().now()
        claim.save(update_fields=["granted_at"])
        seal(claim, stream="parties", kind="firm_claim_granted", subject=party)


def _check_representative(firm: str, phone: str) -> None:
    """Refuse another number than the registered one: otherwise whoever claims would sign for the representative."""
    with house("a claim is signed by the representative whom the platform knows, if it knows one"):
        mandates = live_memberships(party=firm, role="legal_representative").select_related("user__person")
        known = {phone_of(mandate.user.person) for mandate in mandates if mandate.user.person} - {""}
    if known and phone not in known:
        raise ClaimRefusedError("phone", _("这不是平台登记的法定代表人手机号；授权书只发给登记的那位。"))


def _own(claim_id: str) -> FirmClaim:
    return FirmClaim.objects.get(id=claim_id, owner=party_reference.person(current_actor().person))

"""What somebody is asked to sign by a one-time link, and who claims to act for a firm."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class SigningRequest(models.Model):
    """A text that one named person is asked to sign on a telephone, by a link that works once.

    Of the link only the digest is kept. Once signed the row never changes again (a trigger sees to it).
    """

    id = models.UUIDField(primary_key=True, editable=False)
    # Who asked: the party, or the person as long as there is no mandate yet.
    owner = models.CharField(_("发起方"), max_length=96)
    asked_by = models.CharField(_("发起账号"), max_length=36)
    kind = models.CharField(_("事项"), max_length=32)
    # The party that the signer binds.
    subject = models.CharField(_("签署方"), max_length=96)
    signer_name = models.CharField(_("签署人"), max_length=64)
    signer_phone_sealed = models.TextField(_("签署人手机号（加密）"))
    title = models.CharField(_("标题"), max_length=128)
    text = models.TextField(_("签署内容"))
    text_digest = models.CharField(_("内容摘要"), max_length=64)
    # What the caller wants to find again after the signature.
    reference = models.CharField(_("关联"), max_length=200)
    token_digest = models.CharField(_("链接摘要"), max_length=64, unique=True)
    asked_at = models.DateTimeField(_("发起时间"))
    expires_at = models.DateTimeField(_("有效至"))
    opened_at = models.DateTimeField(_("打开时间"), null=True, blank=True)
    code_digest = models.CharField(_("验证码摘要"), max_length=64, blank=True)
    code_sent_at = models.DateTimeField(_("验证码发送时间"), null=True, blank=True)
    wrong_codes = models.PositiveSmallIntegerField(_("验证码错误次数"), default=0)
    withdrawn_at = models.DateTimeField(_("撤回时间"), null=True, blank=True)
    signed_at = models.DateTimeField(_("签署时间"), null=True, blank=True)
    signature = models.TextField(_("签名"), blank=True)
    # Which service signed; an invented one says so wherever the signature is shown.
    signed_with = models.CharField(_("签署服务"), max_length=64, blank=True)

    SEALED = (
        *("id", "owner", "kind", "subject", "signer_name", "text_digest", "reference", "expires_at"),
        *("withdrawn_at", "signed_at", "signature", "signed_with"),
    )

    class Meta:
        """What the database itself insists on."""

        verbose_name = _("签署请求")
        verbose_name_plural = _("签署请求")
        ordering = ["-asked_at"]
        indexes = [
            models.Index(fields=["owner", "-asked_at"], name="parties_signing_owner"),
            models.Index(fields=["subject", "-asked_at"], name="parties_signing_subject"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["owner", "id"], name="parties_signing_of_owner"),
            models.CheckConstraint(
                name="parties_signed_or_withdrawn",
                condition=Q(signed_at__isnull=True) | Q(withdrawn_at__isnull=True),
            ),
            models.CheckConstraint(
                name="parties_signed_with_a_signature",
                condition=Q(signed_at__isnull=True, signature="")
                | (Q(signed_at__isnull=False) & ~Q(signature="") & ~Q(signed_with="")),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class FirmClaim(models.Model):
    """Somebody's wish to act for a firm, waiting for the signature of its legal representative."""

    id = models.UUIDField(primary_key=True, editable=False)
    # The person who claims, as a party reference; a stranger sees nothing of it.
    owner = models.CharField(_("申请人"), max_length=96)
    user = models.ForeignKey("User", on_delete=models.PROTECT, related_name="claims", verbose_name=_("账号"))
    uscc = models.CharField(_("统一社会信用代码"), max_length=18)
    position = models.CharField(_("职务"), max_length=32)
    representative = models.CharField(_("法定代表人"), max_length=64)
    phone_sealed = models.TextField(_("法定代表人手机号（加密）"))
    signing_request = models.UUIDField(_("签署请求"))
    asked_at = models.DateTimeField(_("申请时间"))
    withdrawn_at = models.DateTimeField(_("撤回时间"), null=True, blank=True)
    granted_at = models.DateTimeField(_("认领时间"), null=True, blank=True)

    SEALED = ("id", "owner", "user_id", "uscc", "position", "representative", "signing_request", "granted_at")

    class Meta:
        """What the database itself insists on."""

        verbose_name = _("企业认领")
        verbose_name_plural = _("企业认领")
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "uscc"],
                condition=Q(withdrawn_at__isnull=True, granted_at__isnull=True),
                name="parties_one_open_claim",
            ),
        ]

    def __str__(self) -> str:
        return self.uscc

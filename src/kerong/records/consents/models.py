"""Tables of the consents, all append-only: texts, requests, consents, withdrawals, refusals, other legal bases."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

HEX_64 = "^[0-9a-f]{64}$"
PARTY_LENGTH = 96
KEY_LENGTH = 48

KINDS = (
    ("platform_data", _("平台资料授权")),
    ("credit_report_authorisation", _("征信查询授权书")),
)
STANDINGS = (
    ("mandate", _("平台登记的法定代表人或实际控制人")),
    ("claim", _("认领企业时签署过的人，身份未核验")),
    ("typed", _("经办人填写的签署人，身份未核验")),
)
FLAGS = ("to_third_party", "sensitive", "publish", "cross_border", "credit_query")


def _keys(words: object) -> ArrayField:
    return ArrayField(models.CharField(max_length=KEY_LENGTH), verbose_name=words)


class ConsentText(models.Model):
    """One version of a consent's words, as it was when the first person saw it."""

    key = models.CharField(_("文本"), max_length=KEY_LENGTH)
    version = models.PositiveIntegerField(_("版本"))
    kind = models.CharField(_("类别"), max_length=32, choices=KINDS)
    words = models.TextField(_("正文"))
    words_en = models.TextField(_("英文正文"))
    digest = models.CharField(_("摘要"), max_length=64)
    stored_at = models.DateTimeField(_("启用时间"))

    SEALED = ("id", "key", "version", "kind", "words", "words_en", "digest", "stored_at")

    class Meta:
        """What the database itself insists on."""

        verbose_name = _("授权文本")
        verbose_name_plural = _("授权文本")
        constraints = [
            models.UniqueConstraint(fields=["key", "version"], name="consents_one_text_of_a_version"),
            models.CheckConstraint(name="consents_text_digest_is_sha256", condition=Q(digest__regex=HEX_64)),
        ]

    def __str__(self) -> str:
        return f"{self.key} v{self.version}"


class Scope(models.Model):
    """What a request and a consent have in common: who, to whom, for what, which data, until when."""

    id = models.UUIDField(primary_key=True, editable=False)
    # The subject: whose data it is about. Row security shows it to the subject and to ``readers``.
    owner = models.CharField(_("主体"), max_length=PARTY_LENGTH)
    # A party reference, or "category:bank" for all institutions of a kind.
    recipient = models.CharField(_("接收方"), max_length=PARTY_LENGTH)
    readers = ArrayField(
        models.CharField(max_length=PARTY_LENGTH), verbose_name=_("可见"), default=list, blank=True
    )
    purposes = _keys(_("用途"))
    data_types = _keys(_("资料"))
    until = models.DateField(_("至（含）"))
    text_key = models.CharField(_("文本"), max_length=KEY_LENGTH)

    class Meta:
        """The columns are shared, the tables are not."""

        abstract = True


class ConsentRequest(Scope):
    """A recipient's wish for a consent. It gives nobody anything."""

    why = models.CharField(_("说明"), max_length=200)
    asked_at = models.DateTimeField(_("请求时间"))
    asked_by = models.CharField(_("请求人"), max_length=36, blank=True)

    SEALED = (
        *("id", "owner", "recipient", "purposes", "data_types", "until", "text_key"),
        *("why", "asked_at", "asked_by"),
    )

    class Meta:
        """How requests are found."""

        verbose_name = _("授权请求")
        verbose_name_plural = _("授权请求")
        indexes = [models.Index(fields=["owner", "-asked_at"], name="consents_request_owner")]

    def __str__(self) -> str:
        return f"{self.recipient} → {self.owner}"


class Worded(Scope):
    """What stands in the text that is signed: the version, the whole wording, and each flag by itself."""

    kind = models.CharField(_("类别"), max_length=32, choices=KINDS)
    text_version = models.PositiveIntegerField(_("文本版本"))
    text_digest = models.CharField(_("文本摘要"), max_length=64)
    # The whole wording as it was shown and signed: text, recipient, purposes, data, period, flags.
    wording = models.TextField(_("授权书全文"))
    wording_digest = models.CharField(_("全文摘要"), max_length=64)
    to_third_party = models.BooleanField(_("可再提供给第三方"))
    sensitive = models.BooleanField(_("含敏感信息"))
    publish = models.BooleanField(_("可公开"))
    cross_border = models.BooleanField(_("可出境"))
    credit_query = models.BooleanField(_("可查询信贷信息"))
    request_id = models.CharField(_("应答的请求"), max_length=36, blank=True)
    # Who signs on the phone, and what is known of them: whoever relies on it must see it. Empty without a signature.
    signer_name = models.CharField(_("签署人"), max_length=64, blank=True, default="")
    signer_standing = models.CharField(
        _("签署人身份"), max_length=16, choices=STANDINGS, blank=True, default=""
    )

    class Meta:
        """The columns are shared, the tables are not."""

        abstract = True

    @property
    def is_signer_unverified(self) -> bool:
        """Tell whether nobody but the agent says who the signer is."""
        return self.signer_standing in {"claim", "typed"}


_WORDED = (
    *("id", "owner", "recipient", "purposes", "data_types", "until", "kind", "text_key", "text_version"),
    *("text_digest", "wording", "wording_digest", *FLAGS, "request_id", "signer_name", "signer_standing"),
)


class UnsignedConsent(Worded):
    """A consent that the firm prepared and that waits for a signature. It gives nobody anything."""

    signing_request_id = models.CharField(_("签署请求"), max_length=36, unique=True)
    prepared_at = models.DateTimeField(_("准备时间"))
    prepared_by = models.CharField(_("准备人"), max_length=36)
    expires_at = models.DateTimeField(_("签署期限"))

    SEALED = (*_WORDED, "signing_request_id", "prepared_at", "prepared_by", "expires_at")

    class Meta:
        """How unsigned consents are found."""

        verbose_name = _("待签授权")
        verbose_name_plural = _("待签授权")
        indexes = [models.Index(fields=["owner", "-prepared_at"], name="consents_unsigned_owner")]

    def __str__(self) -> str:
        return f"{self.owner} → {self.recipient}"


class Consent(Worded):
    """What a subject allowed: never changed, ended by its last day or by a withdrawal."""

    CHANNELS = (("session", _("本人登录办理")), ("signature", _("手机链接签署")))

    channel = models.CharField(_("办理方式"), max_length=16, choices=CHANNELS)
    signature_id = models.CharField(_("签署"), max_length=36, blank=True)
    given_at = models.DateTimeField(_("授权时间"))
    given_by = models.CharField(_("授权人"), max_length=36, blank=True)
    given_in_role = models.CharField(_("身份"), max_length=32, blank=True)

    SEALED = (*_WORDED, "readers", "channel", "signature_id", "given_at", "given_by", "given_in_role")

    class Meta:
        """What the database itself insists on."""

        verbose_name = _("授权")
        verbose_name_plural = _("授权")
        indexes = [
            models.Index(fields=["owner", "recipient"], name="consents_consent_pair"),
            models.Index(fields=["recipient", "-given_at"], name="consents_consent_recipient"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["owner", "id"], name="consents_owner_and_id"),
            models.UniqueConstraint(
                fields=["signature_id"], condition=~Q(signature_id=""), name="consents_one_by_a_signature"
            ),
            models.CheckConstraint(
                name="consents_digests_are_sha256",
                condition=Q(text_digest__regex=HEX_64) & Q(wording_digest__regex=HEX_64),
            ),
            models.CheckConstraint(
                name="consents_say_what_for", condition=Q(purposes__len__gt=0) & Q(data_types__len__gt=0)
            ),
            models.CheckConstraint(
                name="consents_by_phone_are_signed",
                condition=Q(channel="session") | (Q(channel="signature") & ~Q(signature_id="")),
            ),
            # A firm's credit report is looked up with a signature only, whoever sits at the keyboard.
            models.CheckConstraint(
                name="consents_credit_report_is_signed",
                condition=~Q(kind="credit_report_authorisation") | ~Q(signature_id=""),
            ),
            models.CheckConstraint(name="consents_recipient_is_another", condition=~Q(owner=F("recipient"))),
        ]

    def __str__(self) -> str:
        return f"{self.owner} → {self.recipient}"


class Withdrawal(models.Model):
    """The end of a consent by its subject. What was lawfully done before stays lawful."""

    id = models.UUIDField(primary_key=True, editable=False)
    owner = models.CharField(_("主体"), max_length=PARTY_LENGTH)
    # With (owner, consent_id) → (owner, id) in the migration: nobody withdraws another's consent.
    consent = models.OneToOneField(
        Consent, on_delete=models.PROTECT, related_name="withdrawal", verbose_name=_("授权")
    )
    because = models.CharField(_("原因"), max_length=200, blank=True)
    withdrawn_at = models.DateTimeField(_("撤回时间"))
    withdrawn_by = models.CharField(_("撤回人"), max_length=36, blank=True)

    SEALED = ("id", "owner", "consent_id", "because", "withdrawn_at", "withdrawn_by")

    class Meta:
        """How a withdrawal is called."""

        verbose_name = _("撤回")
        verbose_name_plural = _("撤回")

    def __str__(self) -> str:
        return str(self.consent_id)


class Refusal(models.Model):
    """A subject's no to a recipient for a purpose: the same is not asked again for a while."""

    id = models.UUIDField(primary_key=True, editable=False)
    owner = models.CharField(_("主体"), max_length=PARTY_LENGTH)
    recipient = models.CharField(_("接收方"), max_length=PARTY_LENGTH)
    readers = ArrayField(
        models.CharField(max_length=PARTY_LENGTH), verbose_name=_("可见"), default=list, blank=True
    )
    purpose = models.CharField(_("用途"), max_length=KEY_LENGTH)
    request_id = models.CharField(_("应答的请求"), max_length=36, blank=True)
    refused_at = models.DateTimeField(_("拒绝时间"))
    refused_by = models.CharField(_("拒绝人"), max_length=36, blank=True)

    SEALED = ("id", "owner", "recipient", "purpose", "request_id", "refused_at", "refused_by")

    class Meta:
        """How refusals are found."""

        verbose_name = _("拒绝")
        verbose_name_plural = _("拒绝")
        indexes = [models.Index(fields=["owner", "recipient", "purpose"], name="consents_refusal_what")]

    def __str__(self) -> str:
        return f"{self.owner} ✗ {self.recipient}"


class LegalBasis(models.Model):
    """A ground for using data that is not a consent, with the clause that gives it. Ended by a new row."""

    KINDS = (
        ("statutory_duty", _("履行法定职责")),
        ("contract", _("履行合同")),
        ("published", _("已公开信息")),
        ("synthetic", _("演示数据（虚构）")),
    )
    EVERYBODY = "*"
    INVENTED = "synthetic"

    id = models.UUIDField(primary_key=True, editable=False)
    # Who registered it; the subject itself where it concerns one subject.
    owner = models.CharField(_("主体或登记方"), max_length=PARTY_LENGTH)
    readers = ArrayField(
        models.CharField(max_length=PARTY_LENGTH), verbose_name=_("可见"), default=list, blank=True
    )
    kind = models.CharField(_("类别"), max_length=16, choices=KINDS)
    # A party reference, "*" for all subjects, or "synthetic" for those that do not exist.
    subject = models.CharField(_("对象"), max_length=PARTY_LENGTH)
    # A party reference, "category:…", or "*".
    recipient = models.CharField(_("使用方"), max_length=PARTY_LENGTH)
    purposes = _keys(_("用途"))
    # Empty: all types that need no flag of their own.
    data_types = ArrayField(
        models.CharField(max_length=KEY_LENGTH), verbose_name=_("资料"), default=list, blank=True
    )
    cites = models.CharField(_("依据"), max_length=200)
    words = models.CharField(_("说明"), max_length=300)
    since = models.DateField(_("自"))
    until = models.DateField(_("至（含）"), null=True)
    registered_at = models.DateTimeField(_("登记时间"))
    registered_by = models.CharField(_("登记人"), max_length=36, blank=True)

    SEALED = (
        *("id", "owner", "readers", "kind", "subject", "recipient", "purposes", "data_types"),
        *("cites", "words", "since", "until", "registered_at", "registered_by"),
    )

    class Meta:
        """What the database itself insists on."""

        verbose_name = _("其他合法依据")
        verbose_name_plural = _("其他合法依据")
        constraints = [
            models.CheckConstraint(name="consents_basis_is_cited", condition=~Q(cites="")),
            models.UniqueConstraint(fields=["owner", "id"], name="consents_basis_owner_and_id"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.cites}"


class BasisEnd(models.Model):
    """The end of a registered legal basis."""

    id = models.UUIDField(primary_key=True, editable=False)
    owner = models.CharField(_("主体或登记方"), max_length=PARTY_LENGTH)
    basis = models.OneToOneField(
        LegalBasis, on_delete=models.PROTECT, related_name="end", verbose_name=_("依据")
    )
    because = models.CharField(_("原因"), max_length=200)
    ended_at = models.DateTimeField(_("终止时间"))
    ended_by = models.CharField(_("终止人"), max_length=36, blank=True)

    SEALED = ("id", "owner", "basis_id", "because", "ended_at", "ended_by")

    class Meta:
        """How the end is called."""

        verbose_name = _("依据终止")
        verbose_name_plural = _("依据终止")

    def __str__(self) -> str:
        return str(self.basis_id)

"""Tables of the financings: the agreement and its events, which never change, and where each stands now."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

PARTY_LENGTH = 96
KIND_KEYS = ("loan", "guarantee", "insurance", "equity", "bond", "lease", "factoring", "bill", "trust")
STATUSES = (
    ("agreed", _("已签约")),
    ("active", _("存续")),
    ("overdue", _("逾期")),
    ("settled", _("已结清")),
    ("terminated", _("已终止")),
)
FIVE_CLASSES = (
    ("normal", _("正常")),
    ("special_mention", _("关注")),
    ("substandard", _("次级")),
    ("doubtful", _("可疑")),
    ("loss", _("损失")),
)
EVENT_KINDS = (
    ("drawdown", _("放款")),
    ("repayment", _("还款")),
    ("extension", _("展期")),
    ("refinancing", _("借新还旧")),
    ("rollover", _("无还本续贷")),
    ("overdue", _("逾期")),
    ("overdue_cleared", _("逾期归还")),
    ("five_class", _("五级分类调整")),
    ("settlement", _("结清")),
    ("termination", _("终止")),
    ("void", _("更正（作废一条）")),
)


class Financing(models.Model):
    """One agreement between a debtor and a creditor, as it was signed."""

    id = models.UUIDField(primary_key=True, editable=False)
    # The debtor: the firm that got the money, the cover or the guarantee.
    owner = models.CharField(_("企业"), max_length=PARTY_LENGTH)
    creditor = models.CharField(_("机构"), max_length=PARTY_LENGTH)
    readers = ArrayField(models.CharField(max_length=PARTY_LENGTH), verbose_name=_("可见"), default=list)
    kind = models.CharField(_("类别"), max_length=16)
    # Minor units of the currency; for CNY this is fen.
    principal = models.BigIntegerField(_("金额"))
    currency = models.CharField(_("币种"), max_length=3)
    reference = models.CharField(_("合同编号"), max_length=100)
    # As it is compared: no spaces, one case, one width.
    reference_key = models.CharField(_("合同编号（比对）"), max_length=100)
    agreed_on = models.DateField(_("签约日"))
    starts_on = models.DateField(_("起始日"))
    matures_on = models.DateField(_("到期日"), null=True)
    terms = models.JSONField(_("约定"), default=dict)
    decision_ref = models.CharField(_("决定"), max_length=64, blank=True)
    case_ref = models.CharField(_("事项"), max_length=64, blank=True)
    recorded_at = models.DateTimeField(_("记录时间"))
    recorded_by = models.CharField(_("记录人"), max_length=36, blank=True)

    SEALED = (
        *("id", "owner", "creditor", "readers", "kind", "principal", "currency", "reference", "agreed_on"),
        *("starts_on", "matures_on", "terms", "decision_ref", "case_ref", "recorded_at", "recorded_by"),
    )

    class Meta:
        """What the database itself insists on."""

        verbose_name = _("融资")
        verbose_name_plural = _("融资")
        indexes = [
            models.Index(fields=["owner", "-agreed_on"], name="financings_owner"),
            models.Index(fields=["creditor", "-agreed_on"], name="financings_creditor"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["creditor", "reference_key"], name="financings_one_of_a_reference"
            ),
            models.UniqueConstraint(fields=["owner", "id"], name="financings_owner_and_id"),
            models.CheckConstraint(name="financings_kind_is_known", condition=Q(kind__in=KIND_KEYS)),
            models.CheckConstraint(name="financings_principal_is_positive", condition=Q(principal__gt=0)),
            models.CheckConstraint(
                name="financings_currency_is_a_code", condition=Q(currency__regex="^[A-Z]{3}$")
            ),
            models.CheckConstraint(name="financings_reference_is_said", condition=~Q(reference_key="")),
            models.CheckConstraint(
                name="financings_ends_after_it_starts",
                condition=Q(matures_on__isnull=True) | Q(matures_on__gte=F("starts_on")),
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class Event(models.Model):
    """One thing that happened to a financing. A mistake is voided by a further event, never edited."""

    id = models.UUIDField(primary_key=True, editable=False)
    owner = models.CharField(_("企业"), max_length=PARTY_LENGTH)
    # With (owner, financing_id) → (owner, id) in the migration.
    financing = models.ForeignKey(
        Financing, on_delete=models.PROTECT, related_name="events", verbose_name=_("融资")
    )
    number = models.PositiveIntegerField(_("序号"))
    kind = models.CharField(_("事项"), max_length=16, choices=EVENT_KINDS)
    happened_on = models.DateField(_("发生日"))
    # Principal that moved, in minor units; zero where none did.
    amount = models.BigIntegerField(_("本金"), default=0)
    interest = models.BigIntegerField(_("利息"), default=0)
    # What only some kinds of events say: matures_on, five_class, replaces, voids.
    said = models.JSONField(_("内容"), default=dict, blank=True)
    remark = models.CharField(_("说明"), max_length=200, blank=True)
    # Whoever sends the same key again has not done it again.
    key = models.CharField(_("幂等键"), max_length=100)
    channel = models.CharField(_("来源"), max_length=16, default="page")
    recorded_at = models.DateTimeField(_("记录时间"))
    recorded_by = models.CharField(_("记录人"), max_length=36, blank=True)

    SEALED = (
        *("id", "owner", "financing_id", "number", "kind", "happened_on", "amount", "interest", "said"),
        *("remark", "key", "channel", "recorded_at", "recorded_by"),
    )

    class Meta:
        """What the database itself insists on."""

        verbose_name = _("融资事项")
        verbose_name_plural = _("融资事项")
        constraints = [
            models.UniqueConstraint(fields=["financing", "number"], name="financings_events_are_counted"),
            models.UniqueConstraint(fields=["financing", "key"], name="financings_one_event_of_a_key"),
            models.CheckConstraint(
                name="financings_event_amounts", condition=Q(amount__gte=0) & Q(interest__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.happened_on}"


class Standing(models.Model):
    """Where a financing stands: what its events come to, kept for lists and sealed anew after each event."""

    financing = models.OneToOneField(
        Financing, on_delete=models.PROTECT, primary_key=True, related_name="standing", verbose_name=_("融资")
    )
    owner = models.CharField(_("企业"), max_length=PARTY_LENGTH)
    status = models.CharField(_("状态"), max_length=16, choices=STATUSES)
    drawn = models.BigIntegerField(_("累计放款"))
    outstanding = models.BigIntegerField(_("余额"))
    interest_paid = models.BigIntegerField(_("已付利息"))
    matures_on = models.DateField(_("到期日"), null=True)
    overdue_since = models.DateField(_("逾期自"), null=True)
    five_class = models.CharField(_("五级分类"), max_length=16, choices=FIVE_CLASSES, blank=True)
    event_count = models.PositiveIntegerField(_("事项数"))
    changed_at = models.DateTimeField(_("更新时间"))

    SEALED = (
        *("financing_id", "owner", "status", "drawn", "outstanding", "interest_paid", "matures_on"),
        *("overdue_since", "five_class", "event_count"),
    )

    class Meta:
        """What the database itself insists on."""

        verbose_name = _("融资现状")
        verbose_name_plural = _("融资现状")
        indexes = [models.Index(fields=["matures_on"], name="financings_due")]
        constraints = [
            models.CheckConstraint(
                name="financings_outstanding_within_drawn",
                condition=Q(outstanding__gte=0) & Q(outstanding__lte=F("drawn")) & Q(interest_paid__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return self.status

"""Books, their charts of accounts, the balances kept beside the entries, and closed periods."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kerong.basics.party_reference import LENGTH_MAX
from kerong.engines.bookkeeping.accounts import KINDS

KIND_WORDS = {
    "asset": _("资产"),
    "liability": _("负债"),
    "equity": _("净资产"),
    "income": _("收入"),
    "expense": _("支出"),
}


class Book(models.Model):
    """One set of accounts that a party keeps. Its name is no secret; what is in it is."""

    key = models.CharField(_("账套编号"), max_length=64, primary_key=True)
    name = models.CharField(_("账套"), max_length=120)
    keeper = models.CharField(_("记账单位"), max_length=LENGTH_MAX)
    # Which references every entry must name: decision_ref, pack_hash, approval_ref.
    requires = ArrayField(
        models.CharField(max_length=16), verbose_name=_("必填依据"), default=list, blank=True
    )
    is_demo = models.BooleanField(_("演示数据"), default=False)
    opened_at = models.DateTimeField(_("建账时间"))

    SEALED = ("key", "name", "keeper", "requires")

    class Meta:
        """How books are called."""

        verbose_name = _("账套")
        verbose_name_plural = _("账套")

    def __str__(self) -> str:
        return self.name


class Account(models.Model):
    """One account of a book. What it is never changes; its owner sees its statement."""

    id = models.UUIDField(primary_key=True, editable=False)
    book = models.ForeignKey(Book, on_delete=models.PROTECT, related_name="accounts", verbose_name=_("账套"))
    code = models.CharField(_("科目编号"), max_length=32)
    name = models.CharField(_("科目"), max_length=120)
    owner = models.CharField(_("户主"), max_length=LENGTH_MAX)
    keeper = models.CharField(_("记账单位"), max_length=LENGTH_MAX)
    kind = models.CharField(_("类别"), max_length=12, choices=list(KIND_WORDS.items()))
    currency = models.CharField(_("币种"), max_length=3)
    floor = models.BigIntegerField(_("下限"), null=True, blank=True)
    ceiling = models.BigIntegerField(_("上限"), null=True, blank=True)
    # A bank account in the real world, whose statements are imported and matched.
    is_bank = models.BooleanField(_("银行专户"), default=False)
    opened_at = models.DateTimeField(_("开户时间"))

    SEALED = ("book_id", "code", "name", "owner", "keeper", "kind", "currency", "floor", "ceiling", "is_bank")

    class Meta:
        """What the database itself insists on."""

        verbose_name = _("科目")
        verbose_name_plural = _("科目")
        constraints = [
            models.UniqueConstraint(fields=["book", "code"], name="ledger_one_account_of_a_code"),
            models.UniqueConstraint(fields=["owner", "id"], name="ledger_account_owner"),
            models.UniqueConstraint(fields=["keeper", "id"], name="ledger_account_keeper"),
            models.CheckConstraint(name="ledger_account_kind", condition=Q(kind__in=KINDS)),
            models.CheckConstraint(name="ledger_account_currency", condition=Q(currency__regex="^[A-Z]{3}$")),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Balance(models.Model):
    """What an account holds now, in minor units: changed under a lock when something is posted, checked every hour.

    The limits stand here a second time, so that the database itself refuses a balance beyond them.
    """

    account = models.OneToOneField(
        Account, on_delete=models.PROTECT, primary_key=True, related_name="balance"
    )
    owner = models.CharField(_("户主"), max_length=LENGTH_MAX)
    keeper = models.CharField(_("记账单位"), max_length=LENGTH_MAX)
    sign = models.SmallIntegerField(_("方向"))
    floor = models.BigIntegerField(_("下限"), null=True)
    ceiling = models.BigIntegerField(_("上限"), null=True)
    debit = models.BigIntegerField(_("借方累计"), default=0)
    credit = models.BigIntegerField(_("贷方累计"), default=0)
    debit_pending = models.BigIntegerField(_("借方在途"), default=0)
    credit_pending = models.BigIntegerField(_("贷方在途"), default=0)
    # No leg of the account is recorded earlier than this, whatever the computer's clock does.
    last_recorded_at = models.DateTimeField(_("最近记账"), null=True)

    class Meta:
        """What the database itself insists on; the limits are in the migration."""

        verbose_name = _("余额")
        verbose_name_plural = _("余额")
        constraints = [
            models.CheckConstraint(
                name="ledger_no_negative_sums",
                condition=Q(debit__gte=0, credit__gte=0, debit_pending__gte=0, credit_pending__gte=0),
            ),
            models.CheckConstraint(name="ledger_sign", condition=Q(sign__in=(1, -1))),
        ]

    def __str__(self) -> str:
        return str(self.account_id)


class Closing(models.Model):
    """A closed period: nothing is dated on or before this day any more. Never changed."""

    id = models.UUIDField(primary_key=True, editable=False)
    book = models.ForeignKey(Book, on_delete=models.PROTECT, related_name="closings", verbose_name=_("账套"))
    owner = models.CharField(_("记账单位"), max_length=LENGTH_MAX)
    through = models.DateField(_("结账至（含）"))
    closed_at = models.DateTimeField(_("结账时间"))
    # Of the trial balance on that day, so that it can be shown later to be the same.
    balances_digest = models.CharField(_("余额表摘要"), max_length=64)
    approval_ref = models.CharField(_("审批"), max_length=96, blank=True)

    SEALED = ("book_id", "through", "closed_at", "balances_digest", "approval_ref")

    class Meta:
        """What the database itself insists on; that closings go forward is in the migration."""

        verbose_name = _("结账")
        verbose_name_plural = _("结账")
        constraints = [models.UniqueConstraint(fields=["book", "through"], name="ledger_one_closing_a_day")]

    def __str__(self) -> str:
        return f"{self.book_id} {self.through}"


class Inspection(models.Model):
    """One run of the invariants over all books, and how far it replayed."""

    id = models.UUIDField(primary_key=True, editable=False)
    made_at = models.DateTimeField(_("时间"))
    replayed_through = models.BigIntegerField(_("重算至"))
    entries = models.BigIntegerField(_("凭证数"))
    breaches = models.JSONField(_("不符"), default=list)

    class Meta:
        """How inspections are ordered."""

        verbose_name = _("账务自查")
        verbose_name_plural = _("账务自查")
        ordering = ["-made_at"]

    def __str__(self) -> str:
        return f"{self.made_at} {len(self.breaches)}"

"""What the bank says: imported statements of special accounts, and which entry each line belongs to."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kerong.basics.party_reference import LENGTH_MAX
from kerong.records.ledger.models.books import Account


class BankStatement(models.Model):
    """One imported 专户对账单: its period, and the balances that the bank states."""

    id = models.UUIDField(primary_key=True, editable=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="bank_statements")
    owner = models.CharField(_("记账单位"), max_length=LENGTH_MAX)
    name = models.CharField(_("文件"), max_length=200)
    file_digest = models.CharField(_("文件摘要"), max_length=64)
    first_day = models.DateField(_("自"))
    last_day = models.DateField(_("至"))
    opening_minor = models.BigIntegerField(_("期初余额"))
    closing_minor = models.BigIntegerField(_("期末余额"))
    imported_at = models.DateTimeField(_("导入时间"))

    SEALED = ("account_id", "name", "file_digest", "first_day", "last_day", "opening_minor", "closing_minor")

    class Meta:
        """What the database itself insists on."""

        verbose_name = _("专户对账单")
        verbose_name_plural = _("专户对账单")
        constraints = [
            models.UniqueConstraint(fields=["account", "file_digest"], name="ledger_statement_once"),
            models.UniqueConstraint(fields=["owner", "id"], name="ledger_statement_owner"),
        ]

    def __str__(self) -> str:
        return self.name


class BankLine(models.Model):
    """One line of a bank statement: 回单号, day, amount (money in is positive), who was on the other side."""

    id = models.UUIDField(primary_key=True, editable=False)
    statement = models.ForeignKey(BankStatement, on_delete=models.PROTECT, related_name="lines")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="bank_lines")
    owner = models.CharField(_("记账单位"), max_length=LENGTH_MAX)
    happened_on = models.DateField(_("日期"))
    receipt = models.CharField(_("回单号"), max_length=64)
    amount_minor = models.BigIntegerField(_("金额"))
    counterpart = models.CharField(_("对方户名"), max_length=120, blank=True)
    text = models.CharField(_("附言"), max_length=200, blank=True)

    SEALED = ("statement_id", "happened_on", "receipt", "amount_minor", "counterpart", "text")

    class Meta:
        """What the database itself insists on."""

        verbose_name = _("对账单行")
        verbose_name_plural = _("对账单行")
        constraints = [
            models.UniqueConstraint(fields=["account", "receipt"], name="ledger_receipt_once"),
            models.UniqueConstraint(fields=["owner", "id"], name="ledger_line_owner"),
            models.CheckConstraint(name="ledger_line_not_zero", condition=~Q(amount_minor=0)),
        ]

    def __str__(self) -> str:
        return self.receipt


class BankMatch(models.Model):
    """Which entry a bank line belongs to: one to one, and for good."""

    line = models.OneToOneField(BankLine, on_delete=models.PROTECT, primary_key=True, related_name="match")
    entry_ref = models.BigIntegerField(_("分录号"), unique=True)
    owner = models.CharField(_("记账单位"), max_length=LENGTH_MAX)
    matched_at = models.DateTimeField(_("勾对时间"))
    # "receipt" where the line settled a waiting payment, "same" where an entry was there already.
    how = models.CharField(_("方式"), max_length=12)

    SEALED = ("line_id", "entry_ref", "how")

    class Meta:
        """How matches are called."""

        verbose_name = _("勾对")
        verbose_name_plural = _("勾对")

    def __str__(self) -> str:
        return f"{self.line_id} {self.entry_ref}"

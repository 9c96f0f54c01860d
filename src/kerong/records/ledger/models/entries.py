"""Entries and their legs, which are never changed, and the totals of each account and day."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kerong.basics.party_reference import LENGTH_MAX
from kerong.engines.bookkeeping.entries import KINDS
from kerong.records.ledger.models.books import Account, Book

KIND_WORDS = {
    "posted": _("记账"),
    "pending": _("在途"),
    "settlement": _("在途转实"),
    "void": _("在途撤销"),
    "reversal": _("冲销"),
}


class Entry(models.Model):
    """One balanced movement. Its number grows in the order in which entries reached their accounts."""

    id = models.BigIntegerField(_("分录号"), primary_key=True)
    book = models.ForeignKey(Book, on_delete=models.PROTECT, related_name="entries", db_index=False)
    key = models.CharField(_("业务键"), max_length=120)
    kind = models.CharField(_("性质"), max_length=12, choices=list(KIND_WORDS.items()))
    happened_on = models.DateField(_("记账日期"))
    recorded_at = models.DateTimeField(_("登记时间"))
    what = models.CharField(_("摘要"), max_length=200)
    decision_ref = models.CharField(_("决定"), max_length=96, blank=True)
    pack_hash = models.CharField(_("规则版本"), max_length=64, blank=True)
    approval_ref = models.CharField(_("审批"), max_length=96, blank=True)
    # The entry that is settled, voided or reversed; it is followed once at most.
    original = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        related_name="follower",
        verbose_name=_("原分录"),
        db_constraint=False,
    )
    legs_count = models.SmallIntegerField(_("笔数"))
    content_digest = models.CharField(_("内容摘要"), max_length=64)
    owner = models.CharField(_("记账单位"), max_length=LENGTH_MAX)
    # The owners of its accounts, each of whom sees the entry and its own legs.
    readers = ArrayField(models.CharField(max_length=LENGTH_MAX), verbose_name=_("户主"))

    SEALED = (
        "id", "book_id", "key", "kind", "happened_on", "recorded_at", "what", "decision_ref", "pack_hash",
        "approval_ref", "original_id", "legs_count", "content_digest", "owner",
    )  # fmt: skip

    class Meta:
        """What the database itself insists on; balance, closed periods and references are in the migration."""

        verbose_name = _("分录")
        verbose_name_plural = _("分录")
        constraints = [
            models.UniqueConstraint(fields=["book", "key"], name="ledger_entry_once"),
            models.CheckConstraint(name="ledger_entry_kind", condition=Q(kind__in=KINDS)),
            models.CheckConstraint(
                name="ledger_entry_original",
                condition=Q(kind__in=["posted", "pending"], original=None)
                | Q(kind__in=["settlement", "void", "reversal"], original__isnull=False),
            ),
            models.CheckConstraint(name="ledger_entry_has_legs", condition=Q(legs_count__gte=2)),
        ]
        indexes = [models.Index(fields=["book", "happened_on", "id"], name="ledger_entry_day")]

    def __str__(self) -> str:
        return f"{self.id} {self.what}"


class Leg(models.Model):
    """One account's part of an entry, with what the account held after it. Debits are positive, credits negative.

    Entry, account, days and owner are checked by a trigger for all legs of a statement at once, which is cheaper
    than a foreign key for each and says more.
    """

    pk = models.CompositePrimaryKey("entry_id", "position")
    entry = models.ForeignKey(
        Entry, on_delete=models.DO_NOTHING, related_name="legs", db_constraint=False, db_index=False
    )
    position = models.SmallIntegerField(_("行"))
    account = models.ForeignKey(
        Account, on_delete=models.DO_NOTHING, related_name="legs", db_constraint=False, db_index=False
    )
    owner = models.CharField(_("户主"), max_length=LENGTH_MAX)
    keeper = models.CharField(_("记账单位"), max_length=LENGTH_MAX)
    amount_minor = models.BigIntegerField(_("金额"))
    currency = models.CharField(_("币种"), max_length=3)
    happened_on = models.DateField(_("记账日期"))
    recorded_at = models.DateTimeField(_("登记时间"))
    # False for reservations and voids, which move nothing.
    is_posted = models.BooleanField(_("已记账"))
    debit_after = models.BigIntegerField(_("借方累计"))
    credit_after = models.BigIntegerField(_("贷方累计"))
    debit_pending_after = models.BigIntegerField(_("借方在途"))
    credit_pending_after = models.BigIntegerField(_("贷方在途"))

    class Meta:
        """What the database itself insists on."""

        verbose_name = _("分录行")
        verbose_name_plural = _("分录行")
        constraints = [models.CheckConstraint(name="ledger_leg_not_zero", condition=~Q(amount_minor=0))]
        indexes = [
            models.Index(fields=["account", "recorded_at", "entry", "position"], name="ledger_leg_moment"),
            models.Index(
                fields=["account", "happened_on", "entry", "position"],
                name="ledger_leg_day",
                condition=Q(is_posted=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id}/{self.position}"


class DayTotal(models.Model):
    """What was posted to an account with one day's date: makes a balance on any day a short sum."""

    pk = models.CompositePrimaryKey("account_id", "day")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="day_totals", db_index=False)
    day = models.DateField(_("记账日期"))
    owner = models.CharField(_("户主"), max_length=LENGTH_MAX)
    keeper = models.CharField(_("记账单位"), max_length=LENGTH_MAX)
    debit = models.BigIntegerField(_("借方"))
    credit = models.BigIntegerField(_("贷方"))
    legs = models.BigIntegerField(_("笔数"))

    class Meta:
        """How totals are called."""

        verbose_name = _("日合计")
        verbose_name_plural = _("日合计")

    def __str__(self) -> str:
        return f"{self.account_id} {self.day}"

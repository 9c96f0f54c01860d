"""Manual vouchers: asked by one person, reviewed and approved by two others, then posted."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from kerong.basics.party_reference import LENGTH_MAX
from kerong.records.ledger.models.books import Book


class Voucher(models.Model):
    """An entry that somebody asks for. What is asked never changes; whether it was approved, the approval says."""

    id = models.UUIDField(primary_key=True, editable=False)
    book = models.ForeignKey(Book, on_delete=models.PROTECT, related_name="vouchers", verbose_name=_("账套"))
    owner = models.CharField(_("记账单位"), max_length=LENGTH_MAX)
    # [[account code, amount in minor units, currency], …]
    legs = models.JSONField(_("分录行"))
    happened_on = models.DateField(_("记账日期"))
    what = models.CharField(_("摘要"), max_length=200)
    decision_ref = models.CharField(_("决定"), max_length=96, blank=True)
    pack_hash = models.CharField(_("规则版本"), max_length=64, blank=True)
    # A payment waits for the bank's receipt: it is reserved first and posted on the receipt.
    waits_for_bank = models.BooleanField(_("待银行回单"), default=False)
    # The entry that this one shall undo: a posted one is reversed, a reserved one let go.
    undoes = models.BigIntegerField(_("冲销的分录"), null=True, blank=True)
    asked_at = models.DateTimeField(_("制单时间"))
    asked_by = models.CharField(_("制单人"), max_length=36)
    content_digest = models.CharField(_("内容摘要"), max_length=64)
    approval_ref = models.CharField(_("审批"), max_length=96)
    entry_ref = models.CharField(_("分录号"), max_length=20, blank=True)

    SEALED = (
        "book_id", "legs", "happened_on", "what", "decision_ref", "pack_hash", "waits_for_bank", "undoes", "asked_by",
        "content_digest", "approval_ref", "entry_ref",
    )  # fmt: skip

    class Meta:
        """How vouchers are ordered."""

        verbose_name = _("凭证")
        verbose_name_plural = _("凭证")
        ordering = ["-asked_at"]

    def __str__(self) -> str:
        return self.what

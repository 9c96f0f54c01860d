"""Tables of the decisions: each stored whole, the looks a person took at it, and what the law had removed from it."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Decision(models.Model):
    """One decision: its record as canonical JSON, and the columns by which it is found. Never changed."""

    id = models.UUIDField(primary_key=True, editable=False)
    owner = models.CharField(_("主体"), max_length=96)
    readers = ArrayField(models.CharField(max_length=96), verbose_name=_("可读方"), default=list, blank=True)
    kind = models.CharField(_("事项"), max_length=64)
    rule = models.CharField(_("规则"), max_length=128)
    on = models.DateField(_("规则日"))
    verdict = models.CharField(_("结论"), max_length=16)
    decided_at = models.DateTimeField(_("时间"))
    by_what = models.CharField(_("作出方式"), max_length=200)
    by_user = models.CharField(_("账号"), max_length=36, blank=True)
    by_person = models.CharField(_("自然人"), max_length=36, blank=True)
    by_party = models.CharField(_("代表"), max_length=96, blank=True)
    by_role = models.CharField(_("角色"), max_length=32, blank=True)
    # About a natural person, sole traders included: not final until a person has looked at it.
    about_person = models.BooleanField(_("涉及自然人"))
    release_number = models.PositiveIntegerField(_("发布序号"), null=True)
    texts_sha256 = models.CharField(_("全文摘要"), max_length=64, blank=True)
    pack_sha256 = models.CharField(_("规则摘要"), max_length=64)
    library_sha256 = models.CharField(_("全部规则摘要"), max_length=64)
    # The record itself. Personal and negative items stand in it encrypted.
    body = models.TextField(_("记录"))
    body_digest = models.CharField(_("记录摘要"), max_length=64)
    # The encrypted items, by name, so that a removal finds the decisions it concerns.
    sealed_items = ArrayField(
        models.CharField(max_length=64), verbose_name=_("加密项"), default=list, blank=True
    )

    SEALED = (
        *("id", "owner", "readers", "kind", "rule", "on", "verdict", "decided_at", "by_what", "by_user"),
        *("by_person", "by_party", "by_role", "about_person", "release_number", "texts_sha256"),
        *("pack_sha256", "library_sha256", "body", "body_digest", "sealed_items"),
    )

    class Meta:
        """What the database itself insists on."""

        verbose_name = _("决定")
        verbose_name_plural = _("决定")
        ordering = ["-decided_at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="decisions_hashes_are_sha256",
                condition=Q(body_digest__regex="^[0-9a-f]{64}$")
                & Q(pack_sha256__regex="^[0-9a-f]{64}$")
                & Q(library_sha256__regex="^[0-9a-f]{64}$"),
            ),
            models.CheckConstraint(
                name="decisions_verdict_is_known", condition=Q(verdict__in=["met", "not_met", "unknown"])
            ),
        ]
        indexes = [
            models.Index(fields=["owner", "-decided_at"], name="decisions_by_owner"),
            models.Index(fields=["rule", "-decided_at"], name="decisions_by_rule"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.rule} {self.on}"


class Review(models.Model):
    """A person's part in a machine's decision: asked for by a day, or given. Never changed."""

    class Step(models.TextChoices):
        """What happened."""

        ASKED = "asked", _("申请人工复核")
        CONFIRMED = "confirmed", _("人工确认")
        OVERTURNED = "overturned", _("人工否定")

    id = models.UUIDField(primary_key=True, editable=False)
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="reviews")
    step = models.CharField(_("事项"), max_length=16, choices=Step)
    due_on = models.DateField(_("答复期限（含）"), null=True)
    remark = models.CharField(_("意见"), max_length=1000)
    at = models.DateTimeField(_("时间"))
    user = models.CharField(_("账号"), max_length=36)
    person = models.CharField(_("自然人"), max_length=36, blank=True)
    party = models.CharField(_("代表"), max_length=96)
    role = models.CharField(_("角色"), max_length=32)
    name = models.CharField(_("姓名"), max_length=64, blank=True)

    SEALED = (
        "id",
        "decision_id",
        "step",
        "due_on",
        "remark",
        "at",
        "user",
        "person",
        "party",
        "role",
        "name",
    )

    class Meta:
        """What the database itself insists on."""

        verbose_name = _("人工复核")
        verbose_name_plural = _("人工复核")
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(
                name="decisions_review_step_is_known",
                condition=Q(step__in=["asked", "confirmed", "overturned"]),
            ),
            models.UniqueConstraint(
                fields=["decision"], condition=~Q(step="asked"), name="decisions_reviewed_once"
            ),
            models.UniqueConstraint(
                fields=["decision"], condition=Q(step="asked"), name="decisions_review_asked_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.decision_id} {self.step}"


class Removal(models.Model):
    """One item of one decision whose key was destroyed by law. The record and its digest stay as they are."""

    id = models.UUIDField(primary_key=True, editable=False)
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="removals")
    item = models.CharField(_("项目"), max_length=64)
    basis = models.CharField(_("依据"), max_length=500)
    at = models.DateTimeField(_("时间"))
    by_user = models.CharField(_("账号"), max_length=36, blank=True)
    by_party = models.CharField(_("代表"), max_length=96, blank=True)

    SEALED = ("id", "decision_id", "item", "basis", "at", "by_user", "by_party")

    class Meta:
        """An item is removed once."""

        verbose_name = _("依法移除")
        verbose_name_plural = _("依法移除")
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["decision", "item"], name="decisions_removed_once"),
        ]

    def __str__(self) -> str:
        return f"{self.decision_id} {self.item}"

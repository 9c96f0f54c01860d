"""Tables of objections to facts, of what was done about them, and of what subjects say of a fact."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Dispute(models.Model):
    """A subject's objection to one fact: marked at once, answered in writing within twenty calendar days."""

    class State(models.TextChoices):
        """Open, or one of the three outcomes of the rule on objections."""

        OPEN = "open", _("核查中")
        CORRECTED = "corrected", _("已更正")
        MARK_REMOVED = "mark_removed", _("核实无误，取消标注")
        RECORDED = "recorded", _("仍不能确认，予以记载")

    id = models.UUIDField(primary_key=True, editable=False)
    owner = models.CharField(_("主体"), max_length=96)
    name = models.CharField(_("事实"), max_length=64)
    reason = models.TextField(_("异议理由"))
    document = models.CharField(_("证明材料"), max_length=64, blank=True)
    # What was held when the objection came: which observation, and from whom. The value stands there.
    observation = models.CharField(_("记载"), max_length=36, blank=True)
    source = models.CharField(_("来源"), max_length=64, blank=True)
    filed_at = models.DateTimeField(_("提出时间"))
    filed_by = models.CharField(_("提出人"), max_length=36, blank=True)
    due_on = models.DateField(_("答复期限（含）"))
    state = models.CharField(_("状态"), max_length=16, choices=State, default=State.OPEN)
    answer = models.TextField(_("书面答复"), blank=True)
    answered_at = models.DateTimeField(_("答复时间"), null=True, blank=True)
    answered_by = models.CharField(_("答复人"), max_length=36, blank=True)
    reminded_at = models.DateTimeField(_("提醒时间"), null=True, blank=True)
    escalated_at = models.DateTimeField(_("预警时间"), null=True, blank=True)

    SEALED = (
        *("id", "owner", "name", "reason", "document", "observation", "filed_at", "due_on"),
        *("state", "answer", "answered_at", "answered_by"),
    )

    class Meta:
        """What the database itself insists on."""

        verbose_name = _("异议")
        verbose_name_plural = _("异议")
        ordering = ["due_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "name"], condition=Q(state="open"), name="facts_one_open_dispute"
            ),
            models.UniqueConstraint(fields=["owner", "id"], name="facts_dispute_of_owner"),
            models.CheckConstraint(
                name="facts_dispute_answered_in_writing",
                condition=Q(state="open", answered_at__isnull=True)
                | (Q(answered_at__isnull=False) & ~Q(state="open") & ~Q(answer="")),
            ),
        ]
        indexes = [models.Index(fields=["state", "due_on"], name="facts_dispute_due")]

    def __str__(self) -> str:
        return f"{self.owner} {self.name}"


class DisputeStep(models.Model):
    """One step in the story of an objection. Never changed."""

    class Kind(models.TextChoices):
        """What happened."""

        FILED = "filed", _("提出异议")
        NOTED = "noted", _("核查记录")
        REMINDED = "reminded", _("到期提醒")
        ESCALATED = "escalated", _("逾期预警")
        ANSWERED = "answered", _("书面答复")

    id = models.UUIDField(primary_key=True, editable=False)
    owner = models.CharField(_("主体"), max_length=96)
    # With `owner` a foreign key of two columns, made by the migration.
    dispute_id = models.UUIDField(_("异议"))
    kind = models.CharField(_("事项"), max_length=16, choices=Kind)
    text = models.TextField(_("内容"), blank=True)
    at = models.DateTimeField(_("时间"))
    by_user = models.CharField(_("账号"), max_length=36, blank=True)
    by_party = models.CharField(_("单位"), max_length=96, blank=True)

    class Meta:
        """How steps are ordered."""

        verbose_name = _("异议办理记录")
        verbose_name_plural = _("异议办理记录")
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["dispute_id", "at"], name="facts_step_of_dispute")]

    def __str__(self) -> str:
        return f"{self.dispute_id} {self.kind}"


class Declaration(models.Model):
    """What a subject says of one fact, shown wherever the fact is. The latest counts, an empty one takes it back."""

    id = models.UUIDField(primary_key=True, editable=False)
    owner = models.CharField(_("主体"), max_length=96)
    name = models.CharField(_("事实"), max_length=64)
    text = models.CharField(_("主体声明"), max_length=500, blank=True)
    at = models.DateTimeField(_("时间"))
    by_user = models.CharField(_("账号"), max_length=36, blank=True)

    SEALED = ("id", "owner", "name", "text", "at")

    class Meta:
        """How declarations are found."""

        verbose_name = _("主体声明")
        verbose_name_plural = _("主体声明")
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["owner", "name", "-at"], name="facts_declaration_owner")]

    def __str__(self) -> str:
        return f"{self.owner} {self.name}"

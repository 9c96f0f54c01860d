"""Tables of the approvals: what was asked, and what was decided on it step by step."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Approval(models.Model):
    """One thing that somebody asked others to check: bound to the digest of its content."""

    class State(models.TextChoices):
        """Where it stands."""

        OPEN = "open", _("办理中")
        AGREED = "agreed", _("已同意")
        RETURNED = "returned", _("已退回")
        WITHDRAWN = "withdrawn", _("已撤回")
        VOID = "void", _("已作废")

    id = models.UUIDField(primary_key=True, editable=False)
    owner = models.CharField(_("经办方"), max_length=96)
    # Further parties whose people may read and decide.
    readers = ArrayField(models.CharField(max_length=96), verbose_name=_("参与方"), default=list, blank=True)
    # Duties whose holders may read and decide, of whichever party; empty for approvals inside a party.
    open_to = ArrayField(models.CharField(max_length=64), verbose_name=_("职责"), default=list, blank=True)
    kind = models.CharField(_("事项"), max_length=64)
    subject = models.CharField(_("对象"), max_length=128)
    what = models.CharField(_("内容"), max_length=500)
    link = models.CharField(_("链接"), max_length=300, blank=True)
    content_digest = models.CharField(_("内容摘要"), max_length=64)
    steps = ArrayField(models.CharField(max_length=32), verbose_name=_("步骤"))
    # How many steps are agreed: the index of the step that is open.
    position = models.PositiveSmallIntegerField(_("已完成步骤数"), default=0)
    state = models.CharField(_("状态"), max_length=16, choices=State, default=State.OPEN)
    asked_at = models.DateTimeField(_("提交时间"))
    asked_user = models.CharField(_("经办账号"), max_length=36, blank=True)
    asked_person = models.CharField(_("经办人"), max_length=36, blank=True)
    asked_role = models.CharField(_("经办角色"), max_length=32, blank=True)
    asked_name = models.CharField(_("经办人姓名"), max_length=64, blank=True)
    closed_at = models.DateTimeField(_("办结时间"), null=True)
    closed_because = models.CharField(_("办结说明"), max_length=500, blank=True)

    SEALED = (
        *("id", "owner", "readers", "open_to", "kind", "subject", "what", "link", "content_digest", "steps"),
        *("position", "state", "asked_at", "asked_user", "asked_person", "asked_role", "asked_name"),
        *("closed_at", "closed_because"),
    )

    class Meta:
        """What the database itself insists on."""

        verbose_name = _("审批事项")
        verbose_name_plural = _("审批事项")
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="approvals_digest_is_sha256", condition=Q(content_digest__regex="^[0-9a-f]{64}$")
            ),
            models.CheckConstraint(
                name="approvals_state_is_known",
                condition=Q(state__in=["open", "agreed", "returned", "withdrawn", "void"]),
            ),
            models.CheckConstraint(
                name="approvals_open_until_closed",
                condition=Q(state="open", closed_at__isnull=True)
                | (~Q(state="open") & Q(closed_at__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(fields=["state", "-asked_at"], name="approvals_by_state"),
            models.Index(fields=["subject"], name="approvals_by_subject"),
        ]

    def __str__(self) -> str:
        return self.what

    @property
    def step(self) -> str:
        """The step that is open now; empty when none is."""
        return self.steps[self.position] if self.state == self.State.OPEN else ""


class StepDecision(models.Model):
    """What one person decided on one step. Never changed."""

    id = models.UUIDField(primary_key=True, editable=False)
    approval = models.ForeignKey(Approval, on_delete=models.PROTECT, related_name="decisions")
    step = models.CharField(_("步骤"), max_length=32)
    agreed = models.BooleanField(_("同意"))
    remark = models.CharField(_("意见"), max_length=500, blank=True)
    content_digest = models.CharField(_("所见内容摘要"), max_length=64)
    decided_at = models.DateTimeField(_("时间"))
    user = models.CharField(_("账号"), max_length=36)
    person = models.CharField(_("自然人"), max_length=36)
    party = models.CharField(_("代表"), max_length=96)
    role = models.CharField(_("角色"), max_length=32)
    name = models.CharField(_("姓名"), max_length=64)

    SEALED = (
        *("id", "approval_id", "step", "agreed", "remark", "content_digest", "decided_at", "user", "person"),
        *("party", "role", "name"),
    )

    class Meta:
        """What the database itself insists on."""

        verbose_name = _("审批意见")
        verbose_name_plural = _("审批意见")
        ordering = ["decided_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["approval", "step"], name="approvals_one_decision_a_step"),
            models.UniqueConstraint(fields=["approval", "person"], name="approvals_one_step_a_person"),
        ]

    def __str__(self) -> str:
        return f"{self.step} {self.name}"

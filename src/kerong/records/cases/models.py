"""Tables of the cases: the case, who takes part, its story, its clocks, and reasons that stay in the institution."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

PARTY_MAX = 96
HEX_64 = "^[0-9a-f]{64}$"


class FrozenWorkflow(models.Model):
    """The text of a workflow as it was when the first case was opened by it. Never changed."""

    sha256 = models.CharField(primary_key=True, max_length=64)
    key = models.CharField(_("流程"), max_length=255)
    text = models.TextField(_("全文"))

    class Meta:
        """What the database itself insists on."""

        verbose_name = _("冻结的流程")
        verbose_name_plural = _("冻结的流程")
        constraints = [
            models.CheckConstraint(name="cases_workflow_hash_is_sha256", condition=Q(sha256__regex=HEX_64))
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.sha256[:12]}"


class YearNumber(models.Model):
    """The last number given to a case in a year."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        """How it is called."""

        verbose_name = _("编号")
        verbose_name_plural = _("编号")

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"


class Case(models.Model):
    """One matter on its way through a workflow. ``readers`` are the parties that take part in it."""

    id = models.UUIDField(primary_key=True, editable=False)
    number = models.CharField(_("编号"), max_length=24, unique=True)
    owner = models.CharField(_("归属"), max_length=PARTY_MAX)
    readers = ArrayField(models.CharField(max_length=PARTY_MAX), verbose_name=_("参与方"), default=list)
    subject = models.CharField(_("对象"), max_length=PARTY_MAX)
    title = models.CharField(_("事项"), max_length=200)
    workflow = models.CharField(_("流程"), max_length=255)
    workflow_sha256 = models.CharField(_("流程摘要"), max_length=64)
    release_sha256 = models.CharField(_("发布摘要"), max_length=64)
    state = models.CharField(_("状态"), max_length=64)
    reference = models.CharField(_("关联编号"), max_length=128, blank=True)
    opened_at = models.DateTimeField(_("开始时间"))
    changed_at = models.DateTimeField(_("最近变动"))
    closed_at = models.DateTimeField(_("结束时间"), null=True)
    paused_on = models.DateField(_("暂停自"), null=True)
    pause_reason = models.CharField(_("暂停原因"), max_length=64, blank=True)
    # What came back from outside since the case entered its state; empty: nothing did.
    returned = models.CharField(_("外部回传"), max_length=200, blank=True)
    is_escalated = models.BooleanField(_("已上报督办"), default=False)
    is_demo = models.BooleanField(_("演示"), default=False)
    # The line of the story that whoever is to act was last told of.
    told_events = models.PositiveIntegerField(_("已通知到"), default=0)
    events_count = models.PositiveIntegerField(_("记录数"), default=0)

    SEALED = (
        *("id", "number", "owner", "subject", "title", "workflow", "workflow_sha256", "release_sha256"),
        *("state", "reference", "opened_at", "closed_at", "paused_on", "events_count"),
    )

    class Meta:
        """What the database itself insists on."""

        verbose_name = _("事项")
        verbose_name_plural = _("事项")
        indexes = [
            models.Index(fields=["owner", "-changed_at"], name="cases_case_owner"),
            models.Index(fields=["workflow", "state"], name="cases_case_state"),
            models.Index(fields=["subject"], name="cases_case_subject"),
        ]
        constraints = [
            models.CheckConstraint(
                name="cases_case_hashes_are_sha256",
                condition=Q(workflow_sha256__regex=HEX_64) & Q(release_sha256__regex=HEX_64),
            ),
            models.CheckConstraint(
                name="cases_case_pause_has_a_reason",
                condition=Q(paused_on__isnull=True) | ~Q(pause_reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class Participant(models.Model):
    """A party that takes part in a case, in one part, and the person there who works on it."""

    id = models.UUIDField(primary_key=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="participants")
    party = models.CharField(_("参与方"), max_length=PARTY_MAX)
    part = models.CharField(_("角色"), max_length=64)
    user = models.CharField(_("负责账号"), max_length=36, blank=True)
    user_name = models.CharField(_("负责人"), max_length=64, blank=True)
    since = models.DateTimeField(_("参与时间"))

    class Meta:
        """What the database itself insists on."""

        verbose_name = _("参与方")
        verbose_name_plural = _("参与方")
        constraints = [
            models.UniqueConstraint(
                fields=["case", "party", "part"], name="cases_participant_once_in_a_part"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.part}: {self.party}"


class ExternalNumber(models.Model):
    """The number of the same matter in another system. One need is one case, whichever system it came from."""

    id = models.UUIDField(primary_key=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="external_numbers")
    source = models.CharField(_("来源系统"), max_length=64)
    number = models.CharField(_("外部编号"), max_length=128)
    is_master = models.BooleanField(_("以其为准"), default=False)

    class Meta:
        """What the database itself insists on."""

        verbose_name = _("外部编号")
        verbose_name_plural = _("外部编号")
        constraints = [
            models.UniqueConstraint(
                fields=["source", "number"], name="cases_one_case_for_an_external_number"
            ),
            models.UniqueConstraint(
                fields=["case"], condition=Q(is_master=True), name="cases_one_master_for_a_case"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.number}"


class CaseEvent(models.Model):
    """One line of a case's story: a move, a note, a pause. Never changed; every participant may read it."""

    class Kind(models.TextChoices):
        """What happened."""

        OPENED = "opened", _("开始")
        MOVED = "moved", _("办理")
        NOTED = "noted", _("留言")
        ASSIGNED = "assigned", _("分派")
        PAUSED = "paused", _("暂停计时")
        RESUMED = "resumed", _("恢复计时")
        RETURNED = "returned", _("外部回传")
        ESCALATED = "escalated", _("超时上报")

    id = models.UUIDField(primary_key=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="events")
    sequence = models.PositiveIntegerField(_("序号"))
    kind = models.CharField(_("事项"), max_length=16, choices=Kind)
    transition = models.CharField(_("动作"), max_length=64, blank=True)
    from_state = models.CharField(_("原状态"), max_length=64, blank=True)
    to_state = models.CharField(_("新状态"), max_length=64, blank=True)
    at = models.DateTimeField(_("时间"))
    actor_user = models.CharField(_("账号"), max_length=36, blank=True)
    actor_person = models.CharField(_("自然人"), max_length=36, blank=True)
    actor_party = models.CharField(_("代表"), max_length=PARTY_MAX, blank=True)
    actor_role = models.CharField(_("角色"), max_length=32, blank=True)
    # 对企口径: what everybody who takes part may read.
    remark = models.TextField(_("说明"), blank=True)
    reasons = ArrayField(models.CharField(max_length=64), verbose_name=_("对企原因"), default=list)
    evidence = models.JSONField(_("材料"), default=dict, blank=True)
    approval_ref = models.CharField(_("审批编号"), max_length=64, blank=True)
    assigned_user = models.CharField(_("分派给"), max_length=36, blank=True)

    SEALED = (
        *("id", "case_id", "sequence", "kind", "transition", "from_state", "to_state", "at", "actor_user"),
        *("actor_person", "actor_party", "actor_role", "remark", "reasons", "evidence", "approval_ref"),
        "assigned_user",
    )

    class Meta:
        """What the database itself insists on."""

        verbose_name = _("经过")
        verbose_name_plural = _("经过")
        ordering = ["sequence"]
        constraints = [
            models.UniqueConstraint(fields=["case", "sequence"], name="cases_one_event_at_a_place"),
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.kind}"


class InternalReason(models.Model):
    """行内口径: what an institution writes down for itself. Nobody but it reads it, and no text leaves with it."""

    id = models.UUIDField(primary_key=True, editable=False)
    owner = models.CharField(_("机构"), max_length=PARTY_MAX)
    # The case and its event by number alone: whoever may not see this row learns nothing from a joined one.
    case_id = models.UUIDField(_("事项"))
    event_id = models.UUIDField(_("经过"), unique=True, null=True)
    codes = ArrayField(models.CharField(max_length=64), verbose_name=_("行内原因"), default=list)
    note = models.TextField(_("行内备注"), blank=True)
    at = models.DateTimeField(_("时间"))

    SEALED = ("id", "owner", "case_id", "event_id", "codes", "note", "at")

    class Meta:
        """How it is found."""

        verbose_name = _("行内原因")
        verbose_name_plural = _("行内原因")
        indexes = [models.Index(fields=["case_id"], name="cases_internal_case")]

    def __str__(self) -> str:
        return f"{self.owner} {self.at:%Y-%m-%d}"


class RunningClock(models.Model):
    """One run of one clock of a case. ``due_on`` is None where no length was published or assumed."""

    id = models.UUIDField(primary_key=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="clocks")
    clock = models.CharField(_("时限"), max_length=64)
    started_on = models.DateField(_("起算日"))
    due_on = models.DateField(_("到期日"), null=True)
    yellow_from = models.DateField(_("黄灯日"), null=True)
    stopped_on = models.DateField(_("停止日"), null=True)
    # Days that did not count, as [[first, last], …] in ISO text.
    pauses = models.JSONField(_("暂停"), default=list, blank=True)
    is_calendar_published = models.BooleanField(_("日历已公布"), default=True)
    warned_at = models.DateTimeField(_("已提醒"), null=True)
    escalated_at = models.DateTimeField(_("已上报"), null=True)

    class Meta:
        """What the database itself insists on."""

        verbose_name = _("时限")
        verbose_name_plural = _("时限")
        indexes = [
            models.Index(fields=["due_on"], condition=Q(stopped_on__isnull=True), name="cases_clock_running")
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "clock"], condition=Q(stopped_on__isnull=True), name="cases_clock_runs_once"
            ),
            models.CheckConstraint(
                name="cases_clock_yellow_before_due",
                condition=Q(due_on__isnull=True) | Q(yellow_from__lte=F("due_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.clock} {self.started_on}"

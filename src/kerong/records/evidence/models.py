"""Tables of the evidence: what happened, where it stands in its chain, and the signed checkpoints over all of it."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

HEX_64 = "^[0-9a-f]{64}$"


class Event(models.Model):
    """One thing that happened: who did what to whom, and the digest of what was written. Never changed.

    It commits together with the business row. Parties and rows are named by plain identifiers, because evidence
    stands below every other record.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    stream = models.CharField(_("序列"), max_length=64)
    kind = models.CharField(_("事项"), max_length=64)
    occurred_at = models.DateTimeField(_("时间"))
    actor_user = models.CharField(_("账号"), max_length=36, blank=True)
    actor_person = models.CharField(_("自然人"), max_length=36, blank=True)
    actor_party = models.CharField(_("代表"), max_length=96, blank=True)
    actor_role = models.CharField(_("角色"), max_length=32, blank=True)
    subject = models.CharField(_("对象"), max_length=96, blank=True)
    # Where the sealed row stands and which of its columns the digest covers; empty when no row was sealed.
    row_table = models.CharField(_("表"), max_length=63, blank=True)
    row_id = models.CharField(_("行"), max_length=64, blank=True)
    row_fields = ArrayField(models.CharField(max_length=63), verbose_name=_("列"), default=list, blank=True)
    content_digest = models.CharField(_("内容摘要"), max_length=64)
    # Small, and nothing personal: counts, reasons, former states.
    detail = models.JSONField(_("说明"), default=dict, blank=True)
    request = models.CharField(_("请求"), max_length=64, blank=True)

    class Meta:
        """What the database itself insists on."""

        verbose_name = _("存证事项")
        verbose_name_plural = _("存证事项")
        indexes = [
            models.Index(fields=["row_table", "row_id", "occurred_at"], name="evidence_event_row"),
            models.Index(fields=["subject", "-occurred_at"], name="evidence_event_subject"),
            models.Index(fields=["stream", "-occurred_at"], name="evidence_event_stream"),
        ]
        constraints = [
            models.CheckConstraint(
                name="evidence_digest_is_sha256", condition=Q(content_digest__regex=HEX_64)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stream} {self.kind}"


class Link(models.Model):
    """Where an event stands: its number among all events, its position in its stream, and the chained hash."""

    number = models.BigIntegerField(_("序号"), primary_key=True)
    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="link")
    stream = models.CharField(_("序列"), max_length=64)
    position = models.BigIntegerField(_("位置"))
    leaf = models.CharField(_("叶摘要"), max_length=64)
    hash = models.CharField(_("链摘要"), max_length=64)

    class Meta:
        """What the database itself insists on."""

        verbose_name = _("存证链")
        verbose_name_plural = _("存证链")
        constraints = [
            models.UniqueConstraint(fields=["stream", "position"], name="evidence_one_link_at_a_position"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.stream}#{self.position}"


class Checkpoint(models.Model):
    """A signed statement of how many events there are and of the root of the tree over them."""

    size = models.BigIntegerField(_("事项数"), primary_key=True)
    root = models.CharField(_("根摘要"), max_length=64)
    made_at = models.DateTimeField(_("时间"))
    # The signed note, as it is handed to witnesses: origin, size, root, signatures.
    note = models.TextField(_("签名检查点"))

    class Meta:
        """How checkpoints are ordered."""

        verbose_name = _("检查点")
        verbose_name_plural = _("检查点")
        ordering = ["-size"]

    def __str__(self) -> str:
        return f"{self.size} {self.root[:12]}"


class SubjectKey(models.Model):
    """The own key of one subject, wrapped; emptied when what it sealed is lawfully removed."""

    context = models.CharField(_("对象"), max_length=160, primary_key=True)
    wrapped = models.TextField(_("密钥（加密）"), blank=True)
    created_at = models.DateTimeField(_("时间"))
    destroyed_at = models.DateTimeField(_("销毁时间"), null=True)

    class Meta:
        """What the database itself insists on."""

        verbose_name = _("对象密钥")
        verbose_name_plural = _("对象密钥")
        constraints = [
            models.CheckConstraint(
                name="evidence_destroyed_key_is_empty", condition=Q(destroyed_at__isnull=True) ^ Q(wrapped="")
            ),
        ]

    def __str__(self) -> str:
        return self.context


class Pending(models.Model):
    """An event that stands in no chain yet; a trigger queues it, the sequencer takes it off."""

    event_id = models.UUIDField(primary_key=True)
    queued_at = models.DateTimeField(_("时间"))

    class Meta:
        """How the queue is called."""

        verbose_name = _("待编号事项")
        verbose_name_plural = _("待编号事项")

    def __str__(self) -> str:
        return str(self.event_id)


class Node(models.Model):
    """The hash of a complete subtree of 256, 65,536 … leaves, so that roots and proofs need few rows."""

    level = models.PositiveSmallIntegerField(_("层"))
    index = models.BigIntegerField(_("位置"))
    hash = models.CharField(_("摘要"), max_length=64)

    class Meta:
        """One node at a place."""

        verbose_name = _("树节点")
        verbose_name_plural = _("树节点")
        constraints = [
            models.UniqueConstraint(fields=["level", "index"], name="evidence_one_node_at_a_place")
        ]

    def __str__(self) -> str:
        return f"{self.level}/{self.index}"


class Finding(models.Model):
    """What an integrity check found: which row or position does not hold, in words for the auditor."""

    id = models.UUIDField(primary_key=True, editable=False)
    found_at = models.DateTimeField(_("时间"))
    what = models.CharField(_("类别"), max_length=32)
    place = models.CharField(_("位置"), max_length=160)
    detail = models.TextField(_("说明"))

    class Meta:
        """The latest first."""

        verbose_name = _("核验发现")
        verbose_name_plural = _("核验发现")
        ordering = ["-found_at", "-id"]

    def __str__(self) -> str:
        return f"{self.what} {self.place}"


class Check(models.Model):
    """One run of the integrity check: when, over how much, with how many findings."""

    id = models.UUIDField(primary_key=True, editable=False)
    began_at = models.DateTimeField(_("开始"))
    ended_at = models.DateTimeField(_("结束"))
    event_count = models.BigIntegerField(_("事项数"))
    row_count = models.BigIntegerField(_("封存行数"))
    finding_count = models.IntegerField(_("发现数"))

    class Meta:
        """The latest first."""

        verbose_name = _("完整性核验")
        verbose_name_plural = _("完整性核验")
        ordering = ["-began_at"]

    def __str__(self) -> str:
        return str(self.began_at)

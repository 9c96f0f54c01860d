"""Tables of the outbox: messages, where they go, stored answers, runs of background jobs, alarms."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

PARTY_LENGTH = 96


class Message(models.Model):
    """One event for the outside, committed with the business row it tells of. Never changed.

    ``body`` is the CloudEvents envelope exactly as it is signed and sent, so that every try sends the same bytes.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    # The house's; parties in the audience may read it.
    owner = models.CharField(_("所属方"), max_length=PARTY_LENGTH)
    audience = ArrayField(models.CharField(max_length=PARTY_LENGTH), verbose_name=_("接收方"), default=list)
    kind = models.CharField(_("事项"), max_length=96)
    subject = models.CharField(_("对象"), max_length=PARTY_LENGTH, blank=True)
    key = models.CharField(_("去重键"), max_length=200, unique=True)
    aggregate = models.CharField(_("归并对象"), max_length=200)
    position = models.BigIntegerField(_("次序"))
    body = models.TextField(_("内容"))
    published_at = models.DateTimeField(_("时间"))

    class Meta:
        """What the database itself insists on."""

        verbose_name = _("对外消息")
        verbose_name_plural = _("对外消息")
        ordering = ["-published_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["aggregate", "position"], name="outbox_one_message_at_a_position"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class Endpoint(models.Model):
    """An address of a party that wants to be told, with the secret its messages are signed with (kept sealed)."""

    SEALED: ClassVar = ("id", "owner", "url", "kinds", "scheme", "disabled_because")
    HMAC, ED25519 = "v1", "v1a"
    SCHEMES: ClassVar = [(HMAC, _("共享密钥（HMAC-SHA256）")), (ED25519, _("公钥（Ed25519）"))]

    id = models.UUIDField(primary_key=True, editable=False)
    owner = models.CharField(_("所属方"), max_length=PARTY_LENGTH)
    url = models.CharField(_("接收地址"), max_length=500)
    # Kinds it wants, such as "case_moved"; "*" wants all.
    kinds = ArrayField(models.CharField(max_length=96), verbose_name=_("订阅事项"))
    scheme = models.CharField(_("签名方式"), max_length=3, choices=SCHEMES, default=HMAC)
    secret_sealed = models.TextField(_("密钥（加密）"))
    # After a rotation both sign, so that the receiver can change over without losing a message.
    former_secret_sealed = models.TextField(_("旧密钥（加密）"), blank=True)
    former_until = models.DateTimeField(_("旧密钥有效至"), null=True, blank=True)
    created_at = models.DateTimeField(_("登记时间"))
    disabled_at = models.DateTimeField(_("停用时间"), null=True, blank=True)
    disabled_because = models.CharField(_("停用原因"), max_length=200, blank=True)
    is_demo = models.BooleanField(_("演示数据"), default=False)

    class Meta:
        """What the database itself insists on."""

        verbose_name = _("接收地址")
        verbose_name_plural = _("接收地址")
        ordering = ["created_at"]
        constraints = [models.UniqueConstraint(fields=["owner", "id"], name="outbox_endpoint_of_owner")]

    def __str__(self) -> str:
        return self.url


class Delivery(models.Model):
    """One message on its way to one endpoint."""

    WAITING, DELIVERED, GIVEN_UP = "waiting", "delivered", "given_up"
    STATES: ClassVar = [(WAITING, _("待送")), (DELIVERED, _("已送达")), (GIVEN_UP, _("已放弃"))]

    id = models.UUIDField(primary_key=True, editable=False)
    owner = models.CharField(_("所属方"), max_length=PARTY_LENGTH)
    endpoint = models.ForeignKey(Endpoint, on_delete=models.PROTECT, related_name="deliveries")
    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="deliveries")
    # Copied from the message: the next one to send is found without a join.
    aggregate = models.CharField(_("归并对象"), max_length=200)
    position = models.BigIntegerField(_("次序"))
    state = models.CharField(_("状态"), max_length=10, choices=STATES, default=WAITING)
    tries = models.IntegerField(_("已试次数"), default=0)
    next_at = models.DateTimeField(_("下次时间"))
    # While somebody is sending it, nobody else does; a sender that died is no longer waited for after this.
    claimed_until = models.DateTimeField(_("占用至"), null=True, blank=True)
    ended_at = models.DateTimeField(_("结束时间"), null=True, blank=True)

    class Meta:
        """What the database itself insists on."""

        verbose_name = _("送达")
        verbose_name_plural = _("送达")
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["endpoint", "aggregate", "position"],
                name="outbox_delivery_waiting",
                condition=Q(state="waiting"),
            ),
            models.Index(fields=["endpoint", "-id"], name="outbox_delivery_listed"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["endpoint", "message"], name="outbox_one_delivery_of_a_message"),
            models.UniqueConstraint(fields=["owner", "id"], name="outbox_delivery_of_owner"),
        ]

    def __str__(self) -> str:
        return f"{self.message_id} → {self.endpoint_id}"


class Attempt(models.Model):
    """One try to deliver, and what the other side answered. Never changed."""

    id = models.UUIDField(primary_key=True, editable=False)
    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="attempts")
    at = models.DateTimeField(_("时间"))
    status = models.IntegerField(_("应答状态"), null=True, blank=True)
    answer = models.TextField(_("应答内容"), blank=True)
    error = models.TextField(_("错误"), blank=True)
    took_ms = models.IntegerField(_("毫秒"))

    class Meta:
        """How attempts are ordered."""

        verbose_name = _("送达尝试")
        verbose_name_plural = _("送达尝试")
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.delivery_id} {self.status or self.error}"


class Received(models.Model):
    """The inbox: which messages of whom were already taken, so that a repeated one has no second effect."""

    id = models.BigAutoField(primary_key=True)
    sender = models.CharField(_("发送方"), max_length=PARTY_LENGTH)
    message_id = models.CharField(_("消息编号"), max_length=200)
    digest = models.CharField(_("内容摘要"), max_length=64)
    received_at = models.DateTimeField(_("时间"))

    class Meta:
        """What the database itself insists on."""

        verbose_name = _("已收消息")
        verbose_name_plural = _("已收消息")
        constraints = [
            models.UniqueConstraint(fields=["sender", "message_id"], name="outbox_received_once"),
        ]

    def __str__(self) -> str:
        return f"{self.sender} {self.message_id}"


class StoredAnswer(models.Model):
    """The answer once given to a client's key: the same request gets the same bytes again."""

    id = models.BigAutoField(primary_key=True)
    owner = models.CharField(_("客户端"), max_length=PARTY_LENGTH)
    key = models.CharField(_("幂等键"), max_length=255)
    payload_digest = models.CharField(_("请求摘要"), max_length=64)
    status = models.IntegerField(_("应答状态"))
    body = models.BinaryField(_("应答内容"))
    content_type = models.CharField(_("内容类型"), max_length=100, default="application/json")
    answered_at = models.DateTimeField(_("时间"))
    kept_until = models.DateTimeField(_("保存至"))

    class Meta:
        """What the database itself insists on."""

        verbose_name = _("已存应答")
        verbose_name_plural = _("已存应答")
        indexes = [models.Index(fields=["kept_until"], name="outbox_answer_kept_until")]
        constraints = [models.UniqueConstraint(fields=["owner", "key"], name="outbox_one_answer_to_a_key")]

    def __str__(self) -> str:
        return f"{self.owner} {self.key} {self.status}"


class JobRun(models.Model):
    """The last try of one background job. A success is written with what the job wrote, so it is never repeated."""

    DONE, AGAIN, FAILED, DISMISSED = "done", "again", "failed", "dismissed"
    OUTCOMES: ClassVar = [
        (DONE, _("完成")),
        (AGAIN, _("将重试")),
        (FAILED, _("失败")),
        (DISMISSED, _("已关闭")),
    ]

    owner = models.CharField(_("所属方"), max_length=PARTY_LENGTH)
    job = models.BigIntegerField(_("作业号"), primary_key=True)
    name = models.CharField(_("作业"), max_length=128)
    arguments = models.JSONField(_("参数"), default=dict)
    attempt = models.IntegerField(_("第几次"))
    started_at = models.DateTimeField(_("开始"))
    ended_at = models.DateTimeField(_("结束"))
    outcome = models.CharField(_("结果"), max_length=9, choices=OUTCOMES)
    # What a person quotes; the log has the same text beside the whole trace.
    reference = models.CharField(_("参考号"), max_length=16, blank=True)
    error = models.TextField(_("错误"), blank=True)

    class Meta:
        """What the database itself insists on."""

        verbose_name = _("作业记录")
        verbose_name_plural = _("作业记录")
        indexes = [
            models.Index(fields=["name", "-ended_at"], name="outbox_run_last"),
            models.Index(fields=["-ended_at"], name="outbox_run_failed", condition=Q(outcome="failed")),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.outcome}"


class Alarm(models.Model):
    """Something that somebody must look at, by when; one row while it is open, however often it happens."""

    SEALED: ClassVar = ("id", "kind", "key", "severity", "acknowledged_at", "acknowledged_by", "remark")
    NOTICE, WARNING, SERIOUS = "notice", "warning", "serious"
    SEVERITIES: ClassVar = [(NOTICE, _("提示")), (WARNING, _("警告")), (SERIOUS, _("严重"))]

    id = models.UUIDField(primary_key=True, editable=False)
    owner = models.CharField(_("所属方"), max_length=PARTY_LENGTH)
    kind = models.CharField(_("类别"), max_length=64)
    what = models.TextField(_("发生了什么"))
    severity = models.CharField(_("程度"), max_length=7, choices=SEVERITIES)
    key = models.CharField(_("去重键"), max_length=200)
    # A duty: whoever carries it looks after this.
    addressee = models.CharField(_("负责"), max_length=64)
    deadline = models.DateTimeField(_("处理期限"))
    raised_at = models.DateTimeField(_("首次时间"))
    last_at = models.DateTimeField(_("最近时间"))
    times = models.IntegerField(_("次数"), default=1)
    told_at = models.DateTimeField(_("通知时间"), null=True, blank=True)
    acknowledged_at = models.DateTimeField(_("确认时间"), null=True, blank=True)
    acknowledged_by = models.CharField(_("确认人"), max_length=64, blank=True)
    remark = models.TextField(_("处理说明"), blank=True)

    class Meta:
        """What the database itself insists on."""

        verbose_name = _("告警")
        verbose_name_plural = _("告警")
        ordering = ["-last_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["key"],
                condition=Q(acknowledged_at__isnull=True),
                name="outbox_one_open_alarm_of_a_key",
            ),
        ]

    def __str__(self) -> str:
        return self.what

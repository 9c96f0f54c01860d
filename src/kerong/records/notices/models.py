"""Tables of the notices: what was told to whom, who read it, what to mail, and what to remind of in good time."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Notice(models.Model):
    """One message or one thing to do, for a party, for a person, or for a person acting for a party."""

    id = models.UUIDField(primary_key=True, editable=False)
    # A party reference; empty where a person is told whomever that person acts for.
    to_party = models.CharField(_("收件单位"), max_length=96, blank=True)
    # The id of a natural person; empty where everybody who acts for the party is told.
    to_person = models.CharField(_("收件人"), max_length=36, blank=True)
    # Which of the party's roles it is for, by duty; empty for everybody there.
    for_duty = models.CharField(_("职责"), max_length=48, blank=True)
    kind = models.CharField(_("类别"), max_length=48)
    title = models.CharField(_("标题"), max_length=200)
    body = models.TextField(_("内容"), blank=True)
    # A path of this service, never another address.
    link = models.CharField(_("去处"), max_length=300, blank=True)
    due_on = models.DateField(_("期限"), null=True, blank=True)
    is_todo = models.BooleanField(_("待办"), default=False)
    # What makes telling twice the same as telling once.
    key = models.CharField(_("键"), max_length=200, unique=True)
    told_at = models.DateTimeField(_("时间"))
    done_at = models.DateTimeField(_("办结时间"), null=True, blank=True)

    SEALED = (
        *("id", "to_party", "to_person", "for_duty", "kind", "title", "body", "link"),
        *("due_on", "is_todo", "key", "told_at", "done_at"),
    )

    class Meta:
        """What the database itself insists on."""

        verbose_name = _("通知")
        verbose_name_plural = _("通知")
        constraints = [
            models.CheckConstraint(
                name="notices_notice_is_for_somebody", condition=~Q(to_party="") | ~Q(to_person="")
            ),
            models.CheckConstraint(
                name="notices_link_stays_here", condition=Q(link="") | Q(link__regex="^/([^/\\\\]|$)")
            ),
        ]
        indexes = [
            models.Index(fields=["to_party", "-told_at"], name="notices_notice_party"),
            models.Index(fields=["to_person", "-told_at"], name="notices_notice_person"),
        ]

    def __str__(self) -> str:
        return self.title


class ReadMark(models.Model):
    """One account has read one notice."""

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="read_marks")
    user = models.CharField(_("账号"), max_length=36)
    read_at = models.DateTimeField(_("时间"))

    class Meta:
        """What the database itself insists on."""

        verbose_name = _("已读")
        verbose_name_plural = _("已读")
        constraints = [models.UniqueConstraint(fields=["notice", "user"], name="notices_read_once")]

    def __str__(self) -> str:
        return f"{self.user} {self.notice_id}"


class Preference(models.Model):
    """What one account wants mailed. Without a row: everything."""

    user = models.CharField(_("账号"), max_length=36, primary_key=True)
    by_mail = models.BooleanField(_("发电子邮件"), default=True)
    todos_only = models.BooleanField(_("只发待办"), default=False)

    class Meta:
        """How it is called."""

        verbose_name = _("通知设置")
        verbose_name_plural = _("通知设置")

    def __str__(self) -> str:
        return self.user


class Mail(models.Model):
    """One notice on its way to one account's mailbox."""

    STATES = (("waiting", _("待发")), ("sent", _("已发")), ("failed", _("未送达")))

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="mails")
    user = models.CharField(_("账号"), max_length=36)
    state = models.CharField(_("状态"), max_length=8, choices=STATES, default="waiting")
    attempts = models.PositiveSmallIntegerField(_("次数"), default=0)
    next_at = models.DateTimeField(_("下次发送"))
    sent_at = models.DateTimeField(_("发出时间"), null=True, blank=True)

    class Meta:
        """What the database itself insists on."""

        verbose_name = _("邮件")
        verbose_name_plural = _("邮件")
        constraints = [models.UniqueConstraint(fields=["notice", "user"], name="notices_mailed_once")]
        indexes = [
            models.Index(fields=["next_at"], condition=Q(state="waiting"), name="notices_mail_waiting")
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.user}"


class Reminder(models.Model):
    """Something with a day: so many days before it, somebody is told."""

    key = models.CharField(_("键"), max_length=160, primary_key=True)
    to_party = models.CharField(_("收件单位"), max_length=96, blank=True)
    to_person = models.CharField(_("收件人"), max_length=36, blank=True)
    for_duty = models.CharField(_("职责"), max_length=48, blank=True)
    kind = models.CharField(_("类别"), max_length=48)
    title = models.CharField(_("标题"), max_length=200)
    body = models.TextField(_("内容"), blank=True)
    link = models.CharField(_("去处"), max_length=300, blank=True)
    due_on = models.DateField(_("到期日"))
    # The longest first.
    days = ArrayField(models.PositiveSmallIntegerField(), verbose_name=_("提前天数"))
    is_todo = models.BooleanField(_("待办"), default=True)
    ended_at = models.DateTimeField(_("撤销时间"), null=True, blank=True)

    SEALED = (
        *("key", "to_party", "to_person", "for_duty", "kind", "title", "body", "link"),
        *("due_on", "days", "is_todo", "ended_at"),
    )

    class Meta:
        """What the database itself insists on."""

        verbose_name = _("到期提醒")
        verbose_name_plural = _("到期提醒")
        constraints = [
            models.CheckConstraint(
                name="notices_reminder_is_for_somebody", condition=~Q(to_party="") | ~Q(to_person="")
            ),
        ]
        indexes = [
            models.Index(fields=["due_on"], condition=Q(ended_at__isnull=True), name="notices_reminder_live")
        ]

    def __str__(self) -> str:
        return self.key

"""The table of who looked at whose facts; no role of the application can change it."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


class FactLookup(models.Model):
    """One look at a subject's facts, or one refusal: who, for whom, when, which fields, why. Never changed."""

    class Kind(models.TextChoices):
        """What kind of look it was."""

        READ = "read", _("查询")
        REFUSED = "refused", _("拒绝")
        OWN_USE = "own_use", _("本企业查看")
        SNAPSHOT = "snapshot", _("汇总快照")

    id = models.UUIDField(primary_key=True, editable=False)
    # The subject that was looked at; it may read this row.
    owner = models.CharField(_("主体"), max_length=96)
    kind = models.CharField(_("种类"), max_length=16, choices=Kind)
    at = models.DateTimeField(_("时间"))
    user = models.CharField(_("账号"), max_length=36, blank=True)
    person = models.CharField(_("自然人"), max_length=36, blank=True)
    party = models.CharField(_("查询机构"), max_length=96, blank=True)
    role = models.CharField(_("角色"), max_length=32, blank=True)
    purpose = models.CharField(_("用途"), max_length=64)
    # What was shown, or what was asked for when refused.
    fields = ArrayField(models.CharField(max_length=64), verbose_name=_("字段"), default=list, blank=True)
    # In words and by reference; several when data types rest on different ones.
    basis = models.JSONField(_("依据"), default=list, blank=True)
    consent = models.CharField(_("授权"), max_length=36, blank=True)
    because = models.CharField(_("拒绝原因"), max_length=64, blank=True)
    request = models.CharField(_("请求"), max_length=64, blank=True)

    SEALED = ("id", "owner", "kind", "at", "user", "person", "party", "purpose", "fields", "basis", "consent")

    class Meta:
        """How look-ups are found."""

        verbose_name = _("查询记录")
        verbose_name_plural = _("查询记录")
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["owner", "-at"], name="facts_lookup_owner"),
            models.Index(fields=["party", "-at"], name="facts_lookup_party"),
        ]

    def __str__(self) -> str:
        return f"{self.owner} {self.kind} {self.purpose}"

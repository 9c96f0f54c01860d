"""What the guards at the door remember: passwords used before, and enterprise codes asked for in vain."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class PasswordUsed(models.Model):
    """A password an account had, as its salted hash, so that the last ones are not taken again."""

    user = models.ForeignKey(
        "User", on_delete=models.CASCADE, related_name="passwords_used", verbose_name=_("用户")
    )
    encoded = models.CharField(_("密码摘要"), max_length=256)
    set_at = models.DateTimeField(_("设置时间"))

    class Meta:
        """How the note is called."""

        verbose_name = _("用过的密码")
        verbose_name_plural = _("用过的密码")
        ordering = ["-set_at", "-id"]

    def __str__(self) -> str:
        return str(self.set_at)


class CodeInVain(models.Model):
    """An enterprise code that was asked for and is not there, by which account or from which address."""

    # "user:<id>" or "address:<ip>".
    who = models.CharField(_("来源"), max_length=64)
    code_digest = models.CharField(_("代码摘要"), max_length=64)
    asked_at = models.DateTimeField(_("时间"))

    class Meta:
        """How the note is called."""

        verbose_name = _("查询落空的企业代码")
        verbose_name_plural = _("查询落空的企业代码")
        indexes = [models.Index(fields=["who", "asked_at"], name="parties_in_vain")]

    def __str__(self) -> str:
        return self.who

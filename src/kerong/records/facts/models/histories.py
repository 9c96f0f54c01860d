"""The table of what happened to synthetic firms."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class FirmHistory(models.Model):
    """What one synthetic firm did year by year, and what happened to it on which day."""

    uscc = models.CharField(_("统一社会信用代码"), max_length=18, primary_key=True)
    years = models.JSONField(_("年度记录"))
    events = models.JSONField(_("事件"))
    is_story = models.BooleanField(_("故事企业"), default=True)

    class Meta:
        """What the database itself insists on."""

        verbose_name = _("企业历史")
        verbose_name_plural = _("企业历史")
        constraints = [
            models.CheckConstraint(
                name="facts_demo_history_nobody_can_have", condition=Q(uscc__regex="^X[0-9A-Z]{17}$")
            ),
        ]

    def __str__(self) -> str:
        return self.uscc

"""Tables of known facts and of what happened, for demo firms only until consents exist."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class FirmFacts(models.Model):
    """What is known of one synthetic firm, in stored units."""

    uscc = models.CharField(_("统一社会信用代码"), max_length=18, unique=True)
    name = models.CharField(_("名称"), max_length=128)
    facts = models.JSONField(_("事实"))
    is_demo = models.BooleanField(_("演示数据"))
    as_of = models.DateField(_("截至"))
    source = models.CharField(_("来源"), max_length=128)
    # The few firms that the demo tells stories of; all others are the population.
    is_story = models.BooleanField(_("故事企业"), default=True)

    class Meta:
        """What the database itself insists on."""

        verbose_name = _("企业事实")
        verbose_name_plural = _("企业事实")
        ordering = ["uscc"]
        constraints = [
            models.CheckConstraint(name="facts_only_demo_firms_until_consents", condition=Q(is_demo=True)),
            # No registrar gives codes that begin with X: GB 32100 assigns that department to nobody.
            models.CheckConstraint(
                name="facts_demo_code_nobody_can_have", condition=Q(uscc__regex="^X[0-9A-Z]{17}$")
            ),
        ]

    def __str__(self) -> str:
        return self.name


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

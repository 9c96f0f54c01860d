"""Tables of what sources said, and of what holds now of each subject."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

DEMO_OWNER = "^enterprise:X[0-9A-Z]{17}$"
"""No registrar gives codes that begin with X: GB 32100 assigns that department to nobody."""


class Observation(models.Model):
    """What one source said of one subject as of one day, in stored units. Never changed; null takes a value back.

    A correction is a further row of the same source and day. Rows of demo firms, and only they, may be removed.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    # The subject, by party reference.
    owner = models.CharField(_("主体"), max_length=96)
    source = models.CharField(_("来源"), max_length=64)
    # Which register, return or file of the source exactly.
    origin = models.CharField(_("出处"), max_length=128, blank=True)
    as_of = models.DateField(_("截至"))
    stated_at = models.DateTimeField(_("入库时间"))
    # Why it may be kept: published, own, demonstration, consent:… or statute:….
    basis = models.CharField(_("依据"), max_length=128)
    batch = models.CharField(_("批次"), max_length=36, blank=True)
    values = models.JSONField(_("事实"))
    is_demo = models.BooleanField(_("演示数据"), default=False)

    # The digest of the row as it came with its batch: the batch's one event covers all of them. Null for single rows.
    row_seal = models.BinaryField(_("行摘要"), null=True, editable=False)

    SEALED = ("id", "owner", "source", "origin", "as_of", "stated_at", "basis", "batch", "values")
    SEALED_IN_BATCHES = ("batch", "row_seal", "facts_observation_seal(t)")

    class Meta:
        """What the database itself insists on."""

        verbose_name = _("事实记载")
        verbose_name_plural = _("事实记载")
        constraints = [
            models.CheckConstraint(
                name="facts_observation_demo_is_nobody",
                condition=Q(is_demo=True, owner__regex=DEMO_OWNER)
                | Q(is_demo=False) & ~Q(owner__startswith="enterprise:X"),
            ),
            # What is kept for demonstration only may be replaced at any time, so it is of nobody real.
            models.CheckConstraint(
                name="facts_demonstration_is_of_nobody", condition=Q(is_demo=True) | ~Q(basis="demonstration")
            ),
        ]
        indexes = [
            models.Index(fields=["owner", "source", "as_of"], name="facts_observation_owner"),
            models.Index(fields=["batch"], name="facts_observation_batch", condition=~Q(batch="")),
        ]

    def __str__(self) -> str:
        return f"{self.owner} {self.source} {self.as_of}"


class Dossier(models.Model):
    """What holds now of one subject: the projection of its observations, made anew whenever one comes in."""

    owner = models.CharField(_("主体"), max_length=96, primary_key=True)
    # As the source called it; the directory of enterprises has the name in force.
    name = models.CharField(_("名称"), max_length=128, blank=True)
    values = models.JSONField(_("事实"))
    # The observation of each fact by name; "" names the one of all facts that are not listed.
    origins = models.JSONField(_("出处"))
    is_demo = models.BooleanField(_("演示数据"), default=False)
    # The few firms that the demo tells stories of; all other demo firms are the population.
    is_story = models.BooleanField(_("故事企业"), default=False)
    changed_at = models.DateTimeField(_("变更时间"))

    class Meta:
        """What the database itself insists on."""

        verbose_name = _("企业档案")
        verbose_name_plural = _("企业档案")
        constraints = [
            models.CheckConstraint(
                name="facts_dossier_demo_is_nobody",
                condition=Q(is_demo=True, owner__regex=DEMO_OWNER)
                | Q(is_demo=False, is_story=False) & ~Q(owner__startswith="enterprise:X"),
            ),
        ]
        indexes = [models.Index(fields=["owner"], name="facts_dossier_stories", condition=Q(is_story=True))]

    def __str__(self) -> str:
        return self.name or self.owner

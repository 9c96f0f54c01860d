"""Tables of the released packs: releases, and the text of every file of each release."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Release(models.Model):
    """One release of a whole policies folder. Never changed and never deleted: the next one follows it."""

    class Origin(models.TextChoices):
        """Where the texts come from: a folder put in force, or a 测算稿 that never is."""

        SHIPPED = "shipped", _("随软件提供")
        DRAFT = "draft", _("测算稿")

    number = models.PositiveIntegerField(_("发布序号"), unique=True)
    released_at = models.DateTimeField(_("发布时间"))
    released_by = models.CharField(_("发布人"), max_length=64)
    document_number = models.CharField(_("文号"), max_length=128, blank=True)
    in_force_from = models.DateField(_("施行日"), null=True)
    note = models.TextField(_("附件说明"), blank=True)
    origin = models.CharField(_("来源"), max_length=16, choices=Origin)
    library_sha256 = models.CharField(_("内容摘要"), max_length=64)
    texts_sha256 = models.CharField(_("全文摘要"), max_length=64)

    class Meta:
        """What the database itself insists on."""

        verbose_name = _("政策发布")
        verbose_name_plural = _("政策发布")
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(
                name="packs_release_in_force_needs_number_and_day",
                condition=Q(origin="draft") | (~Q(document_number="") & Q(in_force_from__isnull=False)),
            ),
            models.CheckConstraint(
                name="packs_release_origin_is_known", condition=Q(origin__in=["shipped", "draft"])
            ),
            models.CheckConstraint(
                name="packs_release_hashes_are_sha256",
                condition=Q(library_sha256__regex="^[0-9a-f]{64}$") & Q(texts_sha256__regex="^[0-9a-f]{64}$"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.document_number or self.get_origin_display()}"


class ReleaseText(models.Model):
    """One file of a release, word for word."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="texts")
    path = models.CharField(_("路径"), max_length=255)
    text = models.TextField(_("全文"))
    sha256 = models.CharField(_("摘要"), max_length=64)

    class Meta:
        """One text for each path of a release."""

        verbose_name = _("政策全文")
        verbose_name_plural = _("政策全文")
        constraints = [
            models.UniqueConstraint(fields=["release", "path"], name="packs_text_once_for_each_path"),
        ]

    def __str__(self) -> str:
        return self.path

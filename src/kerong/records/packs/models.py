"""Tables of the released packs: releases, and the text of every file of each release."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Release(models.Model):
    """One release of a whole policies folder. Never changed and never deleted: the next one follows it."""

    class Origin(models.TextChoices):
        """Where the texts come from: a folder put in force, a draft that was approved, or a 测算稿 that never is."""

        SHIPPED = "shipped", _("随软件提供")
        OFFICIAL = "official", _("经审批发布")
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
    # The signed document behind it, in the material library, and the digest of its content.
    attachment = models.CharField(_("附件"), max_length=64, blank=True)
    attachment_sha256 = models.CharField(_("附件摘要"), max_length=64, blank=True)
    draft = models.CharField(_("草案"), max_length=36, blank=True)
    approval = models.CharField(_("审批"), max_length=36, blank=True)
    # Why a number was changed under its old first day; empty where none was.
    correction = models.TextField(_("正误说明"), blank=True)

    SEALED = (
        *("id", "number", "released_at", "released_by", "document_number", "in_force_from", "note", "origin"),
        *(
            "library_sha256",
            "texts_sha256",
            "attachment",
            "attachment_sha256",
            "draft",
            "approval",
            "correction",
        ),
    )

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
                name="packs_release_origin_is_known", condition=Q(origin__in=["shipped", "official", "draft"])
            ),
            models.CheckConstraint(
                name="packs_release_official_is_approved",
                condition=~Q(origin="official")
                | (~Q(attachment="") & Q(attachment_sha256__regex="^[0-9a-f]{64}$") & ~Q(approval="")),
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

    SEALED = ("id", "release_id", "path", "text", "sha256")

    class Meta:
        """One text for each path of a release."""

        verbose_name = _("政策全文")
        verbose_name_plural = _("政策全文")
        constraints = [
            models.UniqueConstraint(fields=["release", "path"], name="packs_text_once_for_each_path"),
        ]

    def __str__(self) -> str:
        return self.path


class Draft(models.Model):
    """A 测算稿: changes to the law that somebody works on. Its content is in its versions."""

    id = models.UUIDField(primary_key=True, editable=False)
    owner = models.CharField(_("起草方"), max_length=96)
    title = models.CharField(_("名称"), max_length=200)
    begun_at = models.DateTimeField(_("起草时间"))
    begun_by = models.CharField(_("起草人"), max_length=64)

    SEALED = ("id", "owner", "title", "begun_at", "begun_by")

    class Meta:
        """How drafts are ordered."""

        verbose_name = _("政策草案")
        verbose_name_plural = _("政策草案")
        ordering = ["-begun_at", "-id"]

    def __str__(self) -> str:
        return self.title


class DraftVersion(models.Model):
    """What a draft changed when it was saved: every changed file whole, over a base release. Never changed."""

    id = models.UUIDField(primary_key=True, editable=False)
    draft = models.ForeignKey(Draft, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("版本"))
    base_number = models.PositiveIntegerField(_("基于的发布"))
    # Path → text; null takes the file away.
    texts = models.JSONField(_("改动的文件"))
    texts_sha256 = models.CharField(_("全文摘要"), max_length=64)
    library_sha256 = models.CharField(_("内容摘要"), max_length=64, blank=True)
    # What the check found when it was saved: file, line, what, expected, cure.
    mistakes = models.JSONField(_("错误"), default=list)
    note = models.CharField(_("说明"), max_length=500, blank=True)
    saved_at = models.DateTimeField(_("保存时间"))
    saved_by = models.CharField(_("保存人"), max_length=64)
    saved_person = models.CharField(_("自然人"), max_length=36, blank=True)

    SEALED = (
        *("id", "draft_id", "number", "base_number", "texts", "texts_sha256", "library_sha256", "mistakes"),
        *("note", "saved_at", "saved_by", "saved_person"),
    )

    class Meta:
        """What the database itself insists on."""

        verbose_name = _("草案版本")
        verbose_name_plural = _("草案版本")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["draft", "number"], name="packs_draft_versions_are_numbered"),
            models.CheckConstraint(
                name="packs_draft_hash_is_sha256", condition=Q(texts_sha256__regex="^[0-9a-f]{64}$")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.draft_id} v{self.number}"


class Submission(models.Model):
    """A version handed in for release: under which 文号, from which day, with which document. Never changed."""

    id = models.UUIDField(primary_key=True, editable=False)
    version = models.ForeignKey(DraftVersion, on_delete=models.PROTECT, related_name="submissions")
    document_number = models.CharField(_("文号"), max_length=128)
    in_force_from = models.DateField(_("施行日"))
    note = models.TextField(_("附件说明"), blank=True)
    attachment = models.CharField(_("附件"), max_length=64)
    attachment_sha256 = models.CharField(_("附件摘要"), max_length=64)
    correction = models.TextField(_("正误说明"), blank=True)
    content_digest = models.CharField(_("内容摘要"), max_length=64)
    approval = models.CharField(_("审批"), max_length=36, unique=True)
    submitted_at = models.DateTimeField(_("提交时间"))

    SEALED = (
        *("id", "version_id", "document_number", "in_force_from", "note", "attachment", "attachment_sha256"),
        *("correction", "content_digest", "approval", "submitted_at"),
    )

    class Meta:
        """How submissions are ordered."""

        verbose_name = _("提交发布")
        verbose_name_plural = _("提交发布")
        ordering = ["-submitted_at", "-id"]

    def __str__(self) -> str:
        return self.document_number

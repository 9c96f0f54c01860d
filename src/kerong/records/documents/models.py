"""Tables of the documents: uploaded materials and their versions, who else may read them, and letters."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

HEX_64 = "^[0-9a-f]{64}$"


class Document(models.Model):
    """One version of one material of one party. Never changed: a replacement is a further version of its series."""

    id = models.UUIDField(primary_key=True, editable=False)
    owner = models.CharField(_("所有者"), max_length=96)
    # The id of the first version.
    series = models.UUIDField(_("材料"))
    version = models.PositiveIntegerField(_("版本"))
    kind = models.CharField(_("种类"), max_length=48)
    name = models.CharField(_("文件名"), max_length=200)
    content_type = models.CharField(_("类型"), max_length=100)
    size = models.BigIntegerField(_("字节数"))
    # Of the content as it was uploaded; what lies in the file store is encrypted.
    sha256 = models.CharField(_("摘要"), max_length=64)
    place = models.CharField(_("存放处"), max_length=64)
    valid_from = models.DateField(_("出具日期"), null=True, blank=True)
    valid_until = models.DateField(_("有效期至"), null=True, blank=True)
    uploaded_at = models.DateTimeField(_("上传时间"))
    uploaded_by = models.CharField(_("上传账号"), max_length=36, blank=True)
    # Taken out of the library: a version without content that ends its series.
    is_withdrawn = models.BooleanField(_("已撤下"), default=False)

    SEALED = (
        *("id", "owner", "series", "version", "kind", "name", "content_type", "size", "sha256", "place"),
        *("valid_from", "valid_until", "uploaded_at", "uploaded_by", "is_withdrawn"),
    )

    class Meta:
        """What the database itself insists on."""

        verbose_name = _("材料")
        verbose_name_plural = _("材料")
        constraints = [
            models.UniqueConstraint(fields=["owner", "id"], name="documents_document_owner"),
            models.UniqueConstraint(fields=["series", "version"], name="documents_one_document_a_version"),
            models.CheckConstraint(name="documents_sha256", condition=Q(sha256__regex=HEX_64)),
        ]
        indexes = [
            models.Index(fields=["owner", "kind", "-uploaded_at"], name="documents_document_owner_kind")
        ]

    def __str__(self) -> str:
        return self.name


class Share(models.Model):
    """One further party may read all versions of a material, until it ends."""

    id = models.UUIDField(primary_key=True, editable=False)
    owner = models.CharField(_("所有者"), max_length=96)
    series = models.UUIDField(_("材料"))
    reader = models.CharField(_("可读者"), max_length=96)
    # What the reader needs it for: a case, an application.
    reference = models.CharField(_("事由"), max_length=96, blank=True)
    shared_at = models.DateTimeField(_("自"))
    until = models.DateField(_("至（含）"), null=True, blank=True)
    ended_at = models.DateTimeField(_("终止时间"), null=True, blank=True)

    SEALED = ("id", "owner", "series", "reader", "reference", "shared_at", "until", "ended_at")

    class Meta:
        """What the database itself insists on."""

        verbose_name = _("材料共享")
        verbose_name_plural = _("材料共享")
        constraints = [
            models.UniqueConstraint(
                fields=["series", "reader", "reference"],
                condition=Q(ended_at__isnull=True),
                name="documents_one_live_share",
            ),
        ]
        indexes = [models.Index(fields=["reader", "series"], name="documents_share_reader")]

    def __str__(self) -> str:
        return f"{self.series} {self.reader}"


class Download(models.Model):
    """Somebody took a material or a letter away. Never changed; its owner sees it."""

    id = models.UUIDField(primary_key=True, editable=False)
    owner = models.CharField(_("所有者"), max_length=96)
    what = models.UUIDField(_("材料或信函"))
    reader = models.CharField(_("下载单位"), max_length=96)
    user = models.CharField(_("账号"), max_length=36)
    at = models.DateTimeField(_("时间"))

    class Meta:
        """What the database itself insists on."""

        verbose_name = _("下载记录")
        verbose_name_plural = _("下载记录")
        indexes = [models.Index(fields=["owner", "what", "-at"], name="documents_download_what")]

    def __str__(self) -> str:
        return f"{self.reader} {self.what}"


class Letter(models.Model):
    """One letter as it was issued: its content sealed, its PDF kept, its verification code. Never changed."""

    id = models.UUIDField(primary_key=True, editable=False)
    owner = models.CharField(_("出具方"), max_length=96)
    readers = ArrayField(models.CharField(max_length=96), verbose_name=_("收件方"))
    kind = models.CharField(_("种类"), max_length=48)
    number = models.CharField(_("编号"), max_length=64, unique=True)
    title = models.CharField(_("标题"), max_length=200)
    reference = models.CharField(_("事由"), max_length=96, blank=True)
    # Canonical JSON of the content, encrypted under the owner's key.
    content_sealed = models.TextField(_("内容（加密）"))
    content_digest = models.CharField(_("内容摘要"), max_length=64)
    pdf_sha256 = models.CharField(_("PDF 摘要"), max_length=64)
    place = models.CharField(_("存放处"), max_length=64)
    code = models.CharField(_("验证码"), max_length=24, unique=True)
    issued_at = models.DateTimeField(_("出具时间"))
    issued_by = models.CharField(_("出具账号"), max_length=36, blank=True)
    is_demo = models.BooleanField(_("演示数据"), default=False)

    SEALED = (
        *("id", "owner", "readers", "kind", "number", "title", "reference", "content_digest"),
        *("pdf_sha256", "place", "code", "issued_at", "issued_by", "is_demo"),
    )

    class Meta:
        """What the database itself insists on."""

        verbose_name = _("信函")
        verbose_name_plural = _("信函")
        constraints = [
            models.CheckConstraint(name="documents_letter_pdf_sha256", condition=Q(pdf_sha256__regex=HEX_64)),
        ]
        indexes = [models.Index(fields=["owner", "-issued_at"], name="documents_letter_owner")]

    def __str__(self) -> str:
        return self.title

    def pdf_bytes(self) -> bytes:
        """Return the PDF exactly as it was issued. Raises ContentGoneError or ContentAlteredError."""
        from kerong.adapters.file_store import fetch

        return fetch(self.place, owner=self.owner, sha256=self.pdf_sha256)

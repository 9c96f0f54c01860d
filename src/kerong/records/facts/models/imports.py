"""The table of imports: which file came in, from which source, by whom, and how good it was."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class ImportBatch(models.Model):
    """One file of facts that was taken in as a whole. Never changed; the same content is taken in only once."""

    id = models.UUIDField(primary_key=True, editable=False)
    # Who imported, by party reference.
    owner = models.CharField(_("导入单位"), max_length=96)
    # Over the content of the facts, the source and the day.
    digest = models.CharField(_("内容摘要"), max_length=64, unique=True)
    source = models.CharField(_("来源"), max_length=64)
    origin = models.CharField(_("出处"), max_length=128, blank=True)
    as_of = models.DateField(_("截至"))
    basis = models.CharField(_("依据"), max_length=128)
    file_name = models.CharField(_("文件"), max_length=200, blank=True)
    rows_read = models.IntegerField(_("读取行数"))
    rows_imported = models.IntegerField(_("导入行数"))
    rows_rejected = models.IntegerField(_("未导入行数"))
    subjects_new = models.IntegerField(_("新增主体"))
    facts_stated = models.BigIntegerField(_("事实数"))
    # Counts by column and kind of problem; never a row's content.
    quality = models.JSONField(_("质量报告"), default=dict)
    imported_by = models.CharField(_("导入人"), max_length=36, blank=True)
    imported_at = models.DateTimeField(_("导入时间"))

    SEALED = ("id", "digest", "source", "origin", "as_of", "basis", "rows_imported", "facts_stated")

    class Meta:
        """How imports are ordered."""

        verbose_name = _("导入批次")
        verbose_name_plural = _("导入批次")
        ordering = ["-imported_at", "-id"]

    def __str__(self) -> str:
        return f"{self.source} {self.as_of}"

"""The directory: enterprises, institutions with their licences and branches, public offices."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

FICTITIOUS = "虚构"
"""What the name of everybody invented says."""


class Enterprise(models.Model):
    """One line of the public directory of enterprises: who, where, in what trade, since when."""

    uscc = models.CharField(_("统一社会信用代码"), max_length=18, primary_key=True, db_collation="C")
    name = models.CharField(_("名称"), max_length=128)
    # The name as it is searched, kept because working it out for every name costs more than the search.
    plain_name = models.GeneratedField(
        expression=Func("name", function="parties_plain_name"),
        output_field=models.CharField(max_length=128),
        db_persist=True,
    )
    region_code = models.CharField(_("注册地"), max_length=6, blank=True, db_collation="C")
    industry_code = models.CharField(_("行业"), max_length=5, blank=True, db_collation="C")
    registered_on = models.DateField(_("成立日期"), null=True)
    # Both are worked out by rules when the directory is loaded; null where data are missing.
    size_code = models.CharField(_("规模"), max_length=16, null=True)  # noqa: DJ001 - null is "not known", "" would be a class
    stage_code = models.CharField(_("生命周期阶段"), max_length=16, null=True)  # noqa: DJ001 - as above
    is_demo = models.BooleanField(_("演示数据"))
    created_at = models.DateTimeField(_("创建时间"), auto_now_add=True)

    class Meta:
        """What the database itself insists on; the index of parts of names is in the migration."""

        verbose_name = _("企业")
        verbose_name_plural = _("企业")
        constraints = [
            # No registrar gives codes that begin with X: GB 32100 assigns that department to nobody.
            models.CheckConstraint(
                name="parties_demo_enterprise_nobody_can_be",
                condition=Q(is_demo=False) | Q(uscc__regex="^X[0-9A-Z]{17}$", name__contains=FICTITIOUS),
            ),
        ]
        indexes = [
            models.Index(fields=["registered_on", "uscc"], name="parties_enterprise_oldest"),
            models.Index(F("registered_on").desc(nulls_last=True), "uscc", name="parties_enterprise_newest"),
            models.Index(fields=["name", "uscc"], name="parties_enterprise_name"),
            models.Index(fields=["region_code", "uscc"], name="parties_enterprise_region"),
            models.Index(fields=["industry_code", "uscc"], name="parties_enterprise_industry"),
        ]

    def __str__(self) -> str:
        return self.name


class Institution(models.Model):
    """A bank, guarantor, insurer, fund or securities firm that takes part."""

    KINDS = (
        ("bank", _("银行")),
        ("guarantor", _("担保机构")),
        ("insurer", _("保险机构")),
        ("fund", _("基金")),
        ("securities", _("证券机构")),
    )

    key = models.CharField(_("标识"), max_length=64, primary_key=True)
    name = models.CharField(_("名称"), max_length=128, unique=True)
    kind = models.CharField(_("类别"), max_length=16, choices=KINDS)
    region_code = models.CharField(_("所在地"), max_length=6)
    is_demo = models.BooleanField(_("演示数据"))

    class Meta:
        """What the database itself insists on."""

        verbose_name = _("金融机构")
        verbose_name_plural = _("金融机构")
        ordering = ["key"]
        constraints = [
            models.CheckConstraint(
                name="parties_demo_institution_nobody_can_be",
                condition=Q(is_demo=False) | Q(name__contains=FICTITIOUS),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Licence(models.Model):
    """A licence or filing of an institution: which, by whom, from when until when."""

    id = models.UUIDField(primary_key=True, editable=False)
    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="licences", verbose_name=_("机构")
    )
    name = models.CharField(_("许可或备案"), max_length=64)
    number = models.CharField(_("证号"), max_length=64)
    issuer = models.CharField(_("发证机关"), max_length=64)
    valid_from = models.DateField(_("自"))
    valid_until = models.DateField(_("至（含）"), null=True, blank=True)
    ended_at = models.DateTimeField(_("撤下时间"), null=True, blank=True)

    SEALED = ("id", "institution_id", "name", "number", "issuer", "valid_from", "valid_until", "ended_at")

    class Meta:
        """What the database itself insists on."""

        verbose_name = _("许可证")
        verbose_name_plural = _("许可证")
        ordering = ["name", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "number"],
                condition=Q(ended_at__isnull=True),
                name="parties_one_live_licence",
            ),
            models.CheckConstraint(
                name="parties_licence_ends_after_it_begins",
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.number}"


class Branch(models.Model):
    """A branch of an institution, how far its settling here has come, and whether it serves science firms alone."""

    LANDINGS = (
        ("contact", _("接洽")),
        ("intent", _("签订意向")),
        ("applied", _("申请设立")),
        ("approved", _("批准筹建")),
        ("open", _("已开业")),
        ("closed", _("已撤销")),
    )

    id = models.UUIDField(primary_key=True, editable=False)
    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="branches", verbose_name=_("机构")
    )
    name = models.CharField(_("名称"), max_length=128)
    region_code = models.CharField(_("所在地"), max_length=6)
    is_specialised = models.BooleanField(_("科技金融专营机构"), default=False)
    landing = models.CharField(_("落地进展"), max_length=16, choices=LANDINGS, default="contact")
    landing_since = models.DateField(_("进展日期"))

    SEALED = ("id", "institution_id", "name", "region_code", "is_specialised", "landing", "landing_since")

    class Meta:
        """What the database itself insists on."""

        verbose_name = _("分支机构")
        verbose_name_plural = _("分支机构")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["institution", "name"], name="parties_one_branch_of_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class Office(models.Model):
    """A public office that the plan names, or the finance office of a prefecture: real, without any figures."""

    KINDS = (
        ("party_office", _("省委部门")),
        ("department", _("省直部门")),
        ("central_branch", _("中央驻鄂机构")),
        ("prefecture", _("市州")),
    )

    key = models.CharField(_("标识"), max_length=64, primary_key=True)
    name = models.CharField(_("名称"), max_length=64, unique=True)
    kind = models.CharField(_("类别"), max_length=16, choices=KINDS)
    region_code = models.CharField(_("地区"), max_length=6)

    class Meta:
        """How offices are called."""

        verbose_name = _("政府部门")
        verbose_name_plural = _("政府部门")
        ordering = ["key"]

    def __str__(self) -> str:
        return self.name


class DemoLoad(models.Model):
    """What was loaded last into a demo table: a fingerprint, so that it is not loaded again, and a count."""

    what = models.CharField(_("内容"), max_length=32, primary_key=True)
    fingerprint = models.CharField(_("指纹"), max_length=64)
    row_count = models.IntegerField(_("行数"))
    loaded_at = models.DateTimeField(_("装入时间"), auto_now=True)

    class Meta:
        """How the note is called."""

        verbose_name = _("演示数据装入记录")
        verbose_name_plural = _("演示数据装入记录")

    def __str__(self) -> str:
        return self.what

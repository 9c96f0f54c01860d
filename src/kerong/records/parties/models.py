"""Tables of the parties: user accounts, the directory of enterprises, institutions, public offices."""

from __future__ import annotations

import uuid

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

FICTITIOUS = "虚构"
"""What the name of everybody invented says."""


class User(AbstractBaseUser, PermissionsMixin):
    """A natural person's account. What the person may do comes from memberships and roles, which come later.

    It stands in the very first migration because Django cannot change its user table afterwards.
    """

    # Not a running number: it appears in evidence and addresses, where counting must tell nothing.
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    username = models.CharField(_("用户名"), max_length=64, unique=True)
    display_name = models.CharField(_("姓名"), max_length=64)
    email = models.EmailField(_("电子邮箱"), blank=True)
    is_active = models.BooleanField(_("启用"), default=True)
    created_at = models.DateTimeField(_("创建时间"), auto_now_add=True)

    objects = BaseUserManager["User"]()

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ("display_name",)

    class Meta:
        """How the account is called."""

        verbose_name = _("用户")
        verbose_name_plural = _("用户")

    def __str__(self) -> str:
        return self.display_name


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
    """A bank, guarantor, insurer or fund that takes part; today invented ones only."""

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

"""Accounts, natural persons, and the mandates in which they act."""

from __future__ import annotations

import uuid

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class User(AbstractBaseUser, PermissionsMixin):
    """A natural person's account. What the person may do comes from memberships and roles alone.

    It stands in the very first migration because Django cannot change its user table afterwards.
    """

    # Not a running number: it appears in evidence and addresses, where counting must tell nothing.
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    username = models.CharField(_("用户名"), max_length=64, unique=True)
    display_name = models.CharField(_("姓名"), max_length=64)
    email = models.EmailField(_("电子邮箱"), blank=True)
    is_active = models.BooleanField(_("启用"), default=True)
    created_at = models.DateTimeField(_("创建时间"), auto_now_add=True)
    password_changed_at = models.DateTimeField(_("密码更新时间"), null=True, blank=True)
    # Who the account belongs to: two accounts of one person never check each other's work.
    person = models.ForeignKey(
        "Person",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="accounts",
        verbose_name=_("自然人"),
    )

    objects = BaseUserManager["User"]()

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ("display_name",)
    SEALED = ("id", "username", "display_name", "is_active", "person_id")

    class Meta:
        """How the account is called."""

        verbose_name = _("用户")
        verbose_name_plural = _("用户")

    def __str__(self) -> str:
        return self.display_name


class Person(models.Model):
    """A natural person. Identity and telephone number are kept encrypted; the first is found by a keyed digest."""

    id = models.UUIDField(primary_key=True, editable=False)
    name = models.CharField(_("姓名"), max_length=64)
    number_sealed = models.TextField(_("证件号码（加密）"), blank=True)
    number_blind = models.CharField(_("证件号码索引"), max_length=64, unique=True, null=True)  # noqa: DJ001 - unique where known
    phone_sealed = models.TextField(_("手机号码（加密）"), blank=True)
    is_demo = models.BooleanField(_("演示数据"), default=False)
    created_at = models.DateTimeField(_("创建时间"), auto_now_add=True)

    SEALED = ("id", "name", "number_sealed", "number_blind", "phone_sealed", "is_demo")

    class Meta:
        """How the person is called."""

        verbose_name = _("自然人")
        verbose_name_plural = _("自然人")

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """One person's mandate: in which role the account acts for which party, from when until when."""

    id = models.UUIDField(primary_key=True, editable=False)
    user = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("用户")
    )
    # A party reference, see `basics.party_reference`.
    party = models.CharField(_("代表"), max_length=96, db_index=True)
    role = models.CharField(_("角色"), max_length=32)
    since = models.DateTimeField(_("自"))
    until = models.DateField(_("至（含）"), null=True, blank=True)
    ended_at = models.DateTimeField(_("终止时间"), null=True, blank=True)
    ended_because = models.CharField(_("终止原因"), max_length=200, blank=True)
    # Whose mandate it is whatever the account: set by the database from the account (migration 0006), so that the rule
    # about administrators holds for the person.
    holder = models.UUIDField(_("任职人"), null=True, editable=False)
    # How the mandate is proven: the id of a signed request, a document, or who appointed.
    proof = models.CharField(_("授权依据"), max_length=200, blank=True)

    SEALED = ("id", "user_id", "party", "role", "since", "until", "ended_at", "proof")

    class Meta:
        """What the database itself insists on."""

        verbose_name = _("任职")
        verbose_name_plural = _("任职")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "party", "role"],
                condition=Q(ended_at__isnull=True),
                name="parties_one_live_membership",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.party}"

"""What a password must be: the profile djbh3 for 等保 level 3, or asvs for OWASP ASVS 5.0 (standards LAW-30)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from kerong.basics.clock import current_clock
from kerong.records.parties.actions import note_password
from kerong.records.parties.queries import is_administrator, passwords_before

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser as User


@dataclass(frozen=True)
class Profile:
    """One set of rules; a number of 0 means that the rule is not there."""

    length: int
    length_administrator: int
    kinds: int
    not_again: int
    lives: timedelta | None


# Standards 2.5: our configurable defaults where the standard prescribes behaviour and no numbers.
PROFILES = {
    "djbh3": Profile(length=12, length_administrator=15, kinds=3, not_again=5, lives=timedelta(days=90)),
    "asvs": Profile(length=12, length_administrator=15, kinds=0, not_again=0, lives=None),
}


def profile() -> Profile:
    """Return the rules of this installation."""
    return PROFILES[settings.KERONG_PASSWORD_PROFILE]


def is_too_old(user: User) -> bool:
    """Tell whether an account must choose a new password; never in the demo, which moves its clock by months."""
    lives = profile().lives
    if lives is None or user.password_changed_at is None or settings.KERONG_ENV == "demo":
        return False
    return current_clock().now() - user.password_changed_at > lives


def kinds_in(password: str) -> int:
    """Count the kinds of characters: lower case, upper case, digits, everything else."""
    tests = (str.islower, str.isupper, str.isdigit)
    found = {next((i for i, test in enumerate(tests) if test(letter)), len(tests)) for letter in password}
    return len(found)


class ProfileValidator:
    """Django's validator for the profile: length, kinds of characters, not one of the last."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Raise ValidationError with everything that is wrong."""
        rules = profile()
        problems: list[str] = []
        length = rules.length_administrator if user and is_administrator(user) else rules.length
        if len(password) < length:
            problems.append(_("密码至少 %(length)d 位。") % {"length": length})
        if kinds_in(password) < rules.kinds:
            problems.append(
                _("密码要包含大写字母、小写字母、数字、符号中的至少 %(kinds)d 种。") % {"kinds": rules.kinds}
            )
        if user and any(check_password(password, old) for old in passwords_before(user, rules.not_again)):
            problems.append(_("不能使用最近 %(times)d 次用过的密码。") % {"times": rules.not_again})
        if problems:
            raise ValidationError(problems)

    def password_changed(self, password: str, user: User | None = None) -> None:
        """Remember the password, so that it is not taken again soon."""
        del password
        if user is not None and not user._state.adding:
            note_password(user=user)

    def get_help_text(self) -> str:
        """Say the rules before somebody runs into them."""
        rules = profile()
        said = [
            _("至少 %(length)d 位，管理员至少 %(more)d 位")
            % {"length": rules.length, "more": rules.length_administrator}
        ]
        if rules.kinds:
            said.append(_("大写、小写、数字、符号中至少 %(kinds)d 种") % {"kinds": rules.kinds})
        if rules.not_again:
            said.append(_("与最近 %(times)d 次用过的不同") % {"times": rules.not_again})
        if rules.lives:
            said.append(_("%(days)d 天更换一次") % {"days": rules.lives.days})
        return _("；").join(said) + _("。")

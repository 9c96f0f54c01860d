"""What the sign-up form asks beyond allauth's own fields."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext_lazy as _

from kerong.records.parties.actions import belong_to, create_person

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser as User
    from django.http import HttpRequest


class SignUpForm(forms.Form):
    """The name and telephone of the person; the firm is claimed afterwards."""

    field_order = ("display_name", "phone", "username", "email", "password1", "password2")

    display_name = forms.CharField(
        label=_("姓名"), max_length=64, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    phone = forms.RegexField(
        r"^1\d{10}$",
        label=_("手机号"),
        error_messages={"invalid": _("请填写 11 位手机号。")},
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "numeric"}),
    )

    def signup(self, request: HttpRequest, user: User) -> None:
        """Store the person the new account belongs to."""
        del request
        user.display_name = self.cleaned_data["display_name"]
        person = create_person(name=user.display_name, phone=self.cleaned_data["phone"])
        user.save(update_fields=["display_name"])
        belong_to(user=user, person=person)

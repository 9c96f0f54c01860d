"""What a person types on the page of a decision."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

TEXT_MAX = 1000


class AskForm(forms.Form):
    """Why a person should look at a machine's result."""

    because = forms.CharField(
        max_length=TEXT_MAX, error_messages={"required": _("请写明哪里不对，或希望核对什么。")}
    )


class ReviewForm(forms.Form):
    """What the person who looked found."""

    answer = forms.ChoiceField(choices=[("confirm", _("确认")), ("overturn", _("否定"))])
    remark = forms.CharField(
        max_length=TEXT_MAX, error_messages={"required": _("请写明核对了什么、结论是什么。")}
    )

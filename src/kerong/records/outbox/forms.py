"""Forms of the outbox: registering an address."""

from __future__ import annotations

import re

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kerong.records.outbox.models import Endpoint

KIND = re.compile(r"\*|[a-z][a-z0-9_]{0,95}")


class EndpointForm(forms.Form):
    """Where a party wants to be told, of what, and how messages are signed."""

    url = forms.CharField(
        max_length=500,
        error_messages={"required": gettext_lazy("请填写接收地址，例如 https://api.example.com/kerong。")},
    )
    kinds = forms.CharField(
        max_length=1000, error_messages={"required": gettext_lazy("请填写要订阅的事项；全部订阅填 *。")}
    )
    scheme = forms.ChoiceField(choices=Endpoint.SCHEMES)

    def clean_kinds(self) -> list[str]:
        """Read the kinds, apart by spaces, commas or lines."""
        found = [each for each in re.split(r"[\s,，、]+", self.cleaned_data["kinds"]) if each]
        wrong = [each for each in found if not KIND.fullmatch(each)]
        if wrong or not found:
            raise forms.ValidationError(_("事项用小写英文和下划线，例如 case_moved；全部订阅填 *。"))
        return found

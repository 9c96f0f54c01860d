"""What a person types when deciding a step."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

REMARK_MAX = 500


class DecisionForm(forms.Form):
    """Agree or return, with a remark that returning needs; the digest is of what was shown."""

    answer = forms.ChoiceField(choices=[("agree", _("同意")), ("return", _("退回"))])
    step = forms.CharField(max_length=32)
    content_digest = forms.RegexField(r"^[0-9a-f]{64}$")
    remark = forms.CharField(max_length=REMARK_MAX, required=False, strip=True)

    def clean(self) -> dict[str, Any]:
        """Ask for a remark where something is returned."""
        cleaned = super().clean() or {}
        if cleaned.get("answer") == "return" and not cleaned.get("remark"):
            self.add_error("remark", _("退回时请写明理由，对方才知道怎样修改。"))
        return cleaned


class WithdrawForm(forms.Form):
    """Why a question is taken back."""

    because = forms.CharField(max_length=REMARK_MAX, error_messages={"required": _("请写明撤回的原因。")})

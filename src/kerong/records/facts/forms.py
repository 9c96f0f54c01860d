"""What people type about facts: an objection, a statement of their own, an answer, a look at a firm."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kerong.records.consents.queries import PURPOSES
from kerong.records.facts.models import Dispute

LONG, SHORT = 2_000, 500
# Own use and demonstration need no asking; the rest is what somebody else may have a ground for.
ASKED_PURPOSES = tuple((key, label) for key, label in PURPOSES.items() if key != "own_use")


class DisputeForm(forms.Form):
    """An objection to one fact."""

    reason = forms.CharField(
        label=_("异议理由"), max_length=LONG, strip=True, error_messages={"required": _("请写明异议理由。")}
    )
    document = forms.CharField(label=_("证明材料编号（材料库）"), max_length=64, required=False, strip=True)


class DeclarationForm(forms.Form):
    """What a subject says of one fact; empty takes it back."""

    text = forms.CharField(label=_("声明"), max_length=SHORT, required=False, strip=True)


class NoteForm(forms.Form):
    """One step of the verification."""

    text = forms.CharField(
        label=_("核查记录"), max_length=LONG, strip=True, error_messages={"required": _("请写明核查了什么。")}
    )


class AnswerForm(forms.Form):
    """The written answer that ends an objection."""

    outcome = forms.ChoiceField(
        label=_("核查结果"),
        choices=[choice for choice in Dispute.State.choices if choice[0] != Dispute.State.OPEN],
        error_messages={"required": _("请选择核查结果。")},
    )
    value = forms.CharField(label=_("更正后的数值"), max_length=60, required=False, strip=True)
    is_taken_back = forms.BooleanField(label=_("不是数值有误，而是应当删除这一项"), required=False)
    answer = forms.CharField(
        label=_("书面答复"), max_length=LONG, strip=True, error_messages={"required": _("请写明书面答复。")}
    )

    def clean(self) -> dict[str, Any]:
        """Ask for the right value where something is corrected."""
        cleaned = super().clean() or {}
        is_corrected = cleaned.get("outcome") == Dispute.State.CORRECTED
        if is_corrected and not cleaned.get("value") and not cleaned.get("is_taken_back"):
            self.add_error("value", _("请填写更正后的数值，或选择删除这一项。"))
        return cleaned


class LookForm(forms.Form):
    """Which firm, and for what."""

    uscc = forms.RegexField(
        r"^[0-9A-Z]{18}$",
        label=_("统一社会信用代码"),
        error_messages={
            "required": _("请填写 18 位统一社会信用代码。"),
            "invalid": _("统一社会信用代码是 18 位数字和大写字母。"),
        },
    )
    purpose = forms.ChoiceField(
        label=_("用途"), choices=ASKED_PURPOSES, error_messages={"required": _("请选择用途。")}
    )

"""What a person says about a material: its kind and days, whom to let read it, and what to check."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kerong.adapters.uploads import TYPES
from kerong.records.documents.queries import KINDS

ACCEPT = ",".join(["image/jpeg", "image/png", *(f".{ending}" for ending in TYPES)])
"""What the chooser of files offers; on a phone it offers the camera too."""


class VersionForm(forms.Form):
    """A file and the days it is valid."""

    file = forms.FileField(
        error_messages={
            "required": _("请选一个文件，或直接拍照。"),
            "empty": _("文件是空的。"),
            "max_length": _("文件名太长。"),
        },
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
    )
    valid_from = forms.DateField(
        required=False, error_messages={"invalid": _("请写成 2026-11-23 这样的日期。")}
    )
    valid_until = forms.DateField(
        required=False, error_messages={"invalid": _("请写成 2026-11-23 这样的日期。")}
    )

    kind_key = ""

    def clean(self) -> dict[str, Any]:
        """Refuse an end before the beginning; propose the usual end where none was given."""
        cleaned = super().clean() or {}
        begins: date | None = cleaned.get("valid_from")
        ends: date | None = cleaned.get("valid_until")
        if begins and ends and ends < begins:
            self.add_error("valid_until", _("有效期不能早于出具日期。"))
        kind = KINDS.get(cleaned.get("kind") or self.kind_key)
        if begins and not ends and "valid_until" not in self.errors and kind and kind.days:
            cleaned["valid_until"] = begins + timedelta(days=kind.days)
        return cleaned


class UploadForm(VersionForm):
    """A first version: also of which kind it is."""

    kind = forms.ChoiceField(
        choices=[("", ""), *((key, kind.label) for key, kind in KINDS.items())],
        error_messages={"required": _("请选材料种类。"), "invalid_choice": _("没有这种材料。")},
    )
    field_order = ("kind", "file", "valid_from", "valid_until")


class ShareForm(forms.Form):
    """Whom to let read a material, and until when."""

    reader = forms.ChoiceField(
        error_messages={"required": _("请选给谁看。"), "invalid_choice": _("没有这家机构。")}
    )
    until = forms.DateField(required=False, error_messages={"invalid": _("请写成 2026-11-23 这样的日期。")})

    def __init__(self, *arguments: Any, readers: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.fields["reader"].choices = [("", ""), *readers]  # type: ignore[attr-defined] - a field of choices


class CodeForm(forms.Form):
    """A verification code as it was typed."""

    code = forms.CharField(max_length=40, error_messages={"required": _("请输入文件上的验证码。")})


class CompareForm(forms.Form):
    """A PDF to compare with the one that was issued."""

    file = forms.FileField(
        error_messages={"required": _("请选要核对的 PDF 文件。"), "empty": _("文件是空的。")},
        widget=forms.FileInput(attrs={"accept": ".pdf,application/pdf"}),
    )

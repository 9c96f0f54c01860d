"""What officials type when they draft: a dated value, a whole file, and what puts a law in force."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kerong.basics.clock import current_clock
from kerong.engines.rules.quantities import QuantityError, stored_day, stored_number
from kerong.records.packs.queries.texts import BYTES_MAX, problems_of_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.core.files.uploadedfile import UploadedFile

    from kerong.engines.rules.model import Library, Pack, Parameter
    from kerong.records.packs.models import Draft

PATH_WORDS = gettext_lazy("路径用小写字母、数字、_ 和 -，以 .yaml 结尾，例如 hubei/credit/talent_loan.yaml。")
OWN = "assumption"
OWN_SOURCE = "kerong-assumptions"
VERIFIED = (
    ("official", gettext_lazy("官方：在发文单位的正式文本上读到")),
    ("press", gettext_lazy("报刊：在新闻媒体或转载页上读到")),
    ("digest", gettext_lazy("摘编：从转述读到，未见原文")),
    ("derived", gettext_lazy("推算：由已读到的数推算")),
    (OWN, gettext_lazy("本软件假设：自己的选择，没有公布依据")),
)
FIRST_DAY = (("known", gettext_lazy("从这一天起施行")), ("seen", gettext_lazy("施行日未读到，这一天已在用")))


def plain_parameters(pack: Pack) -> list[Parameter]:
    """Return the parameters that are one number each; tables are changed in the text."""
    return [each for each in pack.parameters.values() if not each.by and not each.columns and each.values]


class DraftChoice(forms.Form):
    """Into which draft a change goes: one of the office's, or a new one."""

    draft = forms.ChoiceField(required=False)
    title = forms.CharField(max_length=200, required=False, strip=True)

    def __init__(self, *args: Any, drafts: Iterable[Draft], **more: Any) -> None:
        super().__init__(*args, **more)
        field = self.fields["draft"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", _("新草案")), *((str(each.id), each.title) for each in drafts)]

    def clean(self) -> dict[str, Any]:
        """Ask for a name where a draft is new."""
        cleaned = super().clean() or {}
        if not cleaned.get("draft") and not cleaned.get("title"):
            self.add_error("title", _("给新草案起个名字，例如“调高风险补偿比例”。"))
        return cleaned


class ValueForm(DraftChoice):
    """One more dated value of a parameter, with where it was read."""

    parameter = forms.ChoiceField()
    first_day = forms.ChoiceField(choices=FIRST_DAY)
    day = forms.DateField(
        error_messages={
            "required": gettext_lazy("请写日期，例如 2027-01-01。"),
            "invalid": gettext_lazy("请写日期，例如 2027-01-01。"),
        }
    )
    value = forms.CharField(max_length=64, strip=True)
    cites = forms.CharField(max_length=200, strip=True)
    verified = forms.ChoiceField(choices=VERIFIED)
    note = forms.CharField(max_length=300, required=False, strip=True)

    def __init__(self, *args: Any, pack: Pack, library: Library, **more: Any) -> None:
        super().__init__(*args, **more)
        self._pack, self._library = pack, library
        field = self.fields["parameter"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [
                (each.name, f"{each.label}（{each.unit.label}）") for each in plain_parameters(pack)
            ]

    def clean_cites(self) -> str:
        """Find the document and the clause."""
        cites: str = self.cleaned_data["cites"]
        key, _hash, anchor = cites.partition("#")
        source = self._library.sources.get(key)
        if source is None:
            raise forms.ValidationError(
                _("依据库里没有这份文件。先在草案里加上 sources/ 文件，或从列表里选。")
            )
        if anchor not in source.anchors:
            raise forms.ValidationError(_("这份文件没有这个条款锚点，请从列表里选。"))
        return cites

    def clean(self) -> dict[str, Any]:
        """Read the value in the parameter's unit, and keep assumptions apart from sources."""
        cleaned = super().clean() or {}
        parameter = self._pack.parameters.get(cleaned.get("parameter", ""))
        if parameter is not None and cleaned.get("value"):
            try:
                _read(cleaned["value"], parameter)
            except (QuantityError, ValueError):
                self.add_error(
                    "value",
                    _("按“%(unit)s”写一个数，例如 80 或 4.35，不写单位。") % {"unit": parameter.unit.label},
                )
        if cleaned.get("cites") and cleaned.get("verified"):
            is_own = cleaned["cites"].startswith(f"{OWN_SOURCE}#")
            if is_own != (cleaned["verified"] == OWN):
                self.add_error(
                    "verified", _("“本软件假设”只能引用 kerong-assumptions，其他依据不能标为假设。")
                )
        return cleaned


class FileForm(DraftChoice):
    """The whole text of one file, typed or uploaded."""

    path = forms.CharField(max_length=255, strip=True)
    text = forms.CharField(required=False, strip=False, max_length=BYTES_MAX)
    upload = forms.FileField(required=False)
    note = forms.CharField(max_length=300, required=False, strip=True)

    def clean(self) -> dict[str, Any]:
        """Take the uploaded file where there is one; browsers send line ends of their own for typed text."""
        cleaned = super().clean() or {}
        uploaded: UploadedFile[Any] | None = cleaned.get("upload")
        text = (cleaned.get("text") or "").replace("\r\n", "\n")
        if uploaded is not None:
            if (uploaded.size or 0) > BYTES_MAX:
                self.add_error("upload", _("文件太大。"))
                return cleaned
            try:
                text = uploaded.read().decode("utf-8")
            except UnicodeDecodeError:
                self.add_error("upload", _("文件不是 UTF-8 文本。"))
                return cleaned
        if not text.strip():
            self.add_error("text", _("请贴入文件全文，或上传文件。"))
        elif (path := cleaned.get("path")) and problems_of_text(path, text):
            self.add_error("path", PATH_WORDS)
        cleaned["text"] = text
        return cleaned


class SubmitForm(forms.Form):
    """文号, first day and signed document: without them it stays a 测算稿."""

    document_number = forms.CharField(
        max_length=128, error_messages={"required": gettext_lazy("没有文号只能是测算稿。")}
    )
    in_force_from = forms.DateField(
        error_messages={
            "required": gettext_lazy("没有施行日只能是测算稿。"),
            "invalid": gettext_lazy("请写日期，例如 2027-01-01。"),
        }
    )
    attachment = forms.FileField(
        required=False, error_messages={"invalid": gettext_lazy("没有读到文件，请重新选择。")}
    )
    material = forms.CharField(max_length=64, required=False)
    note = forms.CharField(max_length=500, required=False, strip=True)
    correction = forms.CharField(max_length=500, required=False, strip=True)

    def clean(self) -> dict[str, Any]:
        """Ask for the document, new or one of the library."""
        cleaned = super().clean() or {}
        if not cleaned.get("attachment") and not cleaned.get("material"):
            self.add_error("attachment", _("请上传盖章文件，或从材料库选一份。没有附件只能是测算稿。"))
        return cleaned


def value_day(cleaned: dict[str, Any]) -> tuple[Any, Any]:
    """Return the first day and the day since which it was seen, one of them None."""
    return (cleaned["day"], None) if cleaned["first_day"] == "known" else (None, cleaned["day"])


def today() -> Any:
    """Return today, the day on which a source was checked."""
    return current_clock().today()


def _read(text: str, parameter: Parameter) -> None:
    kind = parameter.unit.type
    if kind == "flag":
        if text not in {"true", "false"}:
            raise ValueError(text)
    elif kind == "date":
        stored_day(text)
    elif kind != "code":
        stored_number(text, parameter.unit)

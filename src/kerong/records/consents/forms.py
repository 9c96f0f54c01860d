"""What people choose when they give, ask for, withdraw or refuse a consent. Nothing is ever ticked beforehand."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kerong.basics.clock import current_clock
from kerong.records.consents.queries import (
    CATEGORIES,
    DATA_TYPES,
    FLAG_WORDS,
    PURPOSES,
    TextVersion,
    signers_of,
)
from kerong.records.parties import queries as parties

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_A_YEAR = 365
_CHOOSE = gettext_lazy("请选择")
_DAY = {"type": "date"}
_NAME_MAX, _WHY_MAX = 64, 200
# Which kinds of data stand together on the form.
GROUPS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (
        gettext_lazy("政府部门掌握的"),
        (
            *(
                "market_regulation",
                "tax",
                "social_security",
                "patent_office",
                "science",
                "industry",
                "emergency",
            ),
            *("ecology", "agriculture", "public_finance", "foreign_exchange", "local_finance"),
        ),
    ),
    (
        gettext_lazy("金融机构掌握的"),
        ("finance_credit", "guarantor", "fund_manager", "capital_market", "expert"),
    ),
    (
        gettext_lazy("本企业和平台上的"),
        (
            *("applicant", "own_papers", "invoices", "materials", "platform", "financings", "decisions"),
            "personal",
        ),
    ),
)


class SignedForm(forms.Form):
    """The last day, and who signs where the person at the keyboard may not."""

    until = forms.DateField(
        label=gettext_lazy("有效期至（含当日）"),
        widget=forms.DateInput(attrs=_DAY, format="%Y-%m-%d"),
        error_messages={
            "required": gettext_lazy("请写有效期。"),
            "invalid": gettext_lazy("请写成 2026-11-23 这样的日期。"),
        },
    )
    signer = forms.ChoiceField(
        label=gettext_lazy("由谁签署"),
        required=False,
        error_messages={"invalid_choice": gettext_lazy("没有这位签署人。")},
    )
    signer_name = forms.CharField(
        label=gettext_lazy("签署人姓名（法定代表人）"), max_length=_NAME_MAX, required=False
    )
    signer_phone = forms.RegexField(
        r"^1\d{10}$",
        label=gettext_lazy("签署人手机号"),
        required=False,
        error_messages={"invalid": gettext_lazy("请填写 11 位手机号。")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def __init__(
        self, *args: Any, text: TextVersion, subject: str, must_be_signed: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.text, self.must_be_signed = text, must_be_signed
        self.signers = signers_of(subject) if must_be_signed else []
        self.fields["signer"].choices = [
            ("", _CHOOSE),
            *((each.key, f"{each.name}（{parties.masked_phone(each.phone)}）") for each in self.signers),
        ]
        unused = (
            (("signer_name", "signer_phone") if self.signers else ("signer",))
            if must_be_signed
            else ("signer", "signer_name", "signer_phone")
        )
        for name in unused:
            del self.fields[name]
        self.fields["until"].initial = current_clock().today() + timedelta(days=min(_A_YEAR, text.days_max))

    def clean(self) -> dict[str, Any]:
        """Refuse a last day that has passed or is too far; ask for the signer where one is needed."""
        cleaned = super().clean() or {}
        until, today = cleaned.get("until"), current_clock().today()
        if until and until < today:
            self.add_error("until", _("有效期不能早于今天。"))
        elif until and until > today + timedelta(days=self.text.days_max):
            latest = today + timedelta(days=self.text.days_max)
            self.add_error("until", _("最晚到 %(day)s。") % {"day": latest.isoformat()})
        if self.must_be_signed:
            for name in ("signer", "signer_name", "signer_phone"):
                if name in self.fields and name not in self.errors and not cleaned.get(name):
                    self.add_error(name, _("请写明由谁签署。"))
        return cleaned

    def signing(self) -> tuple[str, str]:
        """Return the signer's name and telephone number."""
        cleaned = self.cleaned_data
        if self.signers:
            chosen = next(each for each in self.signers if each.key == cleaned["signer"])
            return chosen.name, chosen.phone
        return cleaned["signer_name"], cleaned["signer_phone"]


class GiveForm(SignedForm):
    """To whom, for what, which data, until when, and five things that are each agreed to by themselves."""

    recipient = forms.ChoiceField(
        label=gettext_lazy("给谁用"),
        error_messages={
            "required": gettext_lazy("请选给谁用。"),
            "invalid_choice": gettext_lazy("没有这个接收方。"),
        },
    )
    purposes = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": gettext_lazy("请至少选一项用途。"),
            "invalid_choice": gettext_lazy("没有这项用途。"),
        },
    )
    data_types = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": gettext_lazy("请至少选一种资料。"),
            "invalid_choice": gettext_lazy("没有这种资料。"),
        },
    )

    def __init__(
        self,
        *args: Any,
        text: TextVersion,
        purposes: Iterable[str] = (),
        data_types: Iterable[str] = (),
        recipient: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, text=text, **kwargs)
        asked, kinds = tuple(purposes) or text.purposes, tuple(data_types) or text.data_types
        self.fields["purposes"].choices = [(key, PURPOSES[key]) for key in text.purposes if key in asked]
        self.fields["data_types"].choices = [
            (key, DATA_TYPES[key]) for key in text.data_types if key in kinds
        ]
        self.fields["recipient"].choices = recipient_choices(recipient)
        for flag, words in FLAG_WORDS.items():
            self.fields[flag] = forms.BooleanField(label=words, required=False)

    def grouped_types(self) -> Iterator[tuple[Any, list[Any]]]:
        """Yield the kinds of data as they stand on the page: a heading and its boxes."""
        boxes = {box.data["value"]: box for box in self["data_types"]}
        for heading, keys in GROUPS:
            if held := [boxes[key] for key in keys if key in boxes]:
                yield heading, held

    def flag_boxes(self) -> list[Any]:
        """Return the five boxes that stand alone."""
        return [self[flag] for flag in FLAG_WORDS]

    def terms(self) -> dict[str, Any]:
        """Return what was chosen, as the action takes it."""
        cleaned = self.cleaned_data
        return {
            **{name: cleaned[name] for name in ("recipient", "purposes", "data_types", "until")},
            "flags": [flag for flag in FLAG_WORDS if cleaned[flag]],
        }


class AskForm(forms.Form):
    """Of which firm, for what, which data, until when, and why."""

    uscc = forms.CharField(
        label=gettext_lazy("企业的统一社会信用代码"),
        max_length=18,
        error_messages={"required": gettext_lazy("请写统一社会信用代码。")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    purposes = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": gettext_lazy("请至少选一项用途。"),
            "invalid_choice": gettext_lazy("没有这项用途。"),
        },
    )
    data_types = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": gettext_lazy("请至少选一种资料。"),
            "invalid_choice": gettext_lazy("没有这种资料。"),
        },
    )
    until = forms.DateField(
        label=gettext_lazy("用到哪一天"),
        widget=forms.DateInput(attrs=_DAY, format="%Y-%m-%d"),
        error_messages={
            "required": gettext_lazy("请写有效期。"),
            "invalid": gettext_lazy("请写成 2026-11-23 这样的日期。"),
        },
    )
    why = forms.CharField(
        label=gettext_lazy("为什么需要（企业会看到）"),
        max_length=_WHY_MAX,
        error_messages={"required": gettext_lazy("请告诉企业为什么需要。")},
    )

    def __init__(self, *args: Any, text: TextVersion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.text = text
        self.fields["purposes"].choices = [(key, PURPOSES[key]) for key in text.purposes]
        self.fields["data_types"].choices = [(key, DATA_TYPES[key]) for key in text.data_types]
        self.fields["until"].initial = current_clock().today() + timedelta(days=_A_YEAR)

    grouped_types = GiveForm.grouped_types

    def clean_uscc(self) -> str:
        """Return the code as it is stored, of a firm in the directory."""
        code = self.cleaned_data["uscc"].strip().upper()
        if parties.enterprise(code) is None:
            raise forms.ValidationError(_("名录里没有这家企业，请核对代码。"))
        return code

    def clean_until(self) -> Any:
        """Refuse a day that has passed or is too far."""
        until, today = self.cleaned_data["until"], current_clock().today()
        if not today <= until <= today + timedelta(days=self.text.days_max):
            raise forms.ValidationError(_("有效期从今天起，最长三年。"))
        return until


class BecauseForm(forms.Form):
    """Why a consent is withdrawn, if one likes to say."""

    because = forms.CharField(label=gettext_lazy("原因（可不填）"), max_length=_WHY_MAX, required=False)


def recipient_choices(only: str = "") -> list[tuple[str, Any]]:
    """Return whom a consent may be given to: institutions by kind, then all of a kind; or one alone."""
    if only:
        return [(only, parties.name_of_party(only))]
    kinds: dict[str, list[tuple[str, str]]] = {}
    for each in parties.institutions():
        kinds.setdefault(str(each.get_kind_display()), []).append((f"institution:{each.key}", each.name))
    return [("", _CHOOSE), *kinds.items(), (_("同类机构全部"), list(CATEGORIES.items()))]

"""What people type about mandates, claims, institutions and signatures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kerong.basics import identity_codes, regions
from kerong.basics.clock import current_clock
from kerong.records.parties.queries import ROLES, find_user, institutions, name_of_party, offices

if TYPE_CHECKING:
    from collections.abc import Iterable

DAY = forms.DateInput(attrs={"type": "date"})


class ClaimForm(forms.Form):
    """Which firm somebody wants to act for, and who can say so."""

    uscc = forms.CharField(
        label=gettext_lazy("统一社会信用代码"),
        max_length=18,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    position = forms.CharField(label=gettext_lazy("您的职务"), max_length=32)
    representative = forms.CharField(label=gettext_lazy("法定代表人姓名"), max_length=64)
    phone = forms.RegexField(
        r"^1\d{10}$",
        label=gettext_lazy("法定代表人手机号"),
        help_text=gettext_lazy("验证码发到这个号码。"),
        error_messages={"invalid": gettext_lazy("请填写 11 位手机号。")},
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )

    def clean_uscc(self) -> str:
        """Return the code as it is stored."""
        return self.cleaned_data["uscc"].strip().upper()


class SignForm(forms.Form):
    """The code that was sent to the signer's telephone."""

    code = forms.RegexField(
        r"^\s*\d{6}\s*$",
        label=gettext_lazy("验证码"),
        error_messages={"invalid": gettext_lazy("验证码是 6 位数字。")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )


class GrantForm(forms.Form):
    """Whom to give which mandate, for which party, on what proof."""

    username = forms.CharField(label=gettext_lazy("用户名"), max_length=64)
    role = forms.ChoiceField(label=gettext_lazy("角色"))
    party = forms.CharField(
        label=gettext_lazy("代表"),
        max_length=96,
        help_text=gettext_lazy("企业填统一社会信用代码；机构和部门从列表中选；平台角色不填。"),
        required=False,
        widget=forms.TextInput(attrs={"list": "known-parties"}),
    )
    until = forms.DateField(label=gettext_lazy("至（含），可不填"), required=False, widget=DAY)
    proof = forms.CharField(
        label=gettext_lazy("授权依据"),
        max_length=200,
        help_text=gettext_lazy("任命文件的文号、授权书编号等。"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [(role.key, role.label) for role in ROLES.values()]  # type: ignore[attr-defined] - as below

    def clean_username(self) -> str:
        """Refuse a name that nobody has."""
        found = find_user(username=self.cleaned_data["username"].strip())
        if found is None:
            raise forms.ValidationError(_("没有这个用户名的账号。"))
        self.user = found
        return found.username

    def clean(self) -> dict[str, Any]:
        """Turn what was typed into a party of the kind that the role acts for."""
        cleaned = super().clean() or {}
        role = ROLES.get(cleaned.get("role", ""))
        if role is not None:
            reference = _reference(role.party_kind, cleaned.get("party", "").strip())
            if not reference:
                self.add_error("party", _("没有找到这个角色可以代表的单位。"))
            cleaned["party_reference"] = reference
        return cleaned


class LicenceForm(forms.Form):
    """One licence or filing of an institution."""

    name = forms.CharField(label=gettext_lazy("许可或备案"), max_length=64)
    number = forms.CharField(label=gettext_lazy("证号"), max_length=64)
    issuer = forms.CharField(label=gettext_lazy("发证机关"), max_length=64)
    valid_from = forms.DateField(label=gettext_lazy("自"), widget=DAY)
    valid_until = forms.DateField(label=gettext_lazy("至（含），长期有效的不填"), required=False, widget=DAY)

    def clean(self) -> dict[str, Any]:
        """Refuse an end before the beginning."""
        cleaned = super().clean() or {}
        begins, ends = cleaned.get("valid_from"), cleaned.get("valid_until")
        if begins and ends and ends < begins:
            self.add_error("valid_until", _("截止日早于起始日。"))
        return cleaned


class BranchForm(forms.Form):
    """One branch: name, place, whether specialised, how far its settling has come."""

    name = forms.CharField(label=gettext_lazy("名称"), max_length=128)
    region_code = forms.ChoiceField(label=gettext_lazy("所在地"))
    is_specialised = forms.BooleanField(label=gettext_lazy("科技金融专营机构"), required=False)
    landing = forms.ChoiceField(label=gettext_lazy("落地进展"))
    landing_since = forms.DateField(label=gettext_lazy("进展日期"), widget=DAY)

    def __init__(self, *args: Any, landings: Iterable[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = [(place.code, place.name) for place in regions.prefectures()]
        for name, choices in (("region_code", places), ("landing", list(landings))):
            self.fields[name].choices = choices  # type: ignore[attr-defined] - both are choices

    def clean_landing_since(self) -> Any:
        """Refuse a day that has not come."""
        day = self.cleaned_data["landing_since"]
        if day > current_clock().today():
            raise forms.ValidationError(_("这一天还没有到。"))
        return day


class BecauseForm(forms.Form):
    """Why a mandate is ended or an account switched."""

    because = forms.CharField(label=gettext_lazy("原因"), max_length=200)


def known_parties() -> list[tuple[str, str]]:
    """Return the institutions and offices that mandates may be for, as key and name."""
    return [(entry.key, entry.name) for table in (institutions(), offices()) for entry in table]


def _reference(kind: str, typed: str) -> str:
    if kind == "platform":
        return "platform" if not typed else ""
    key = typed.upper() if kind == "enterprise" else typed
    if kind == "enterprise" and len(key) != identity_codes.LENGTH:
        return ""
    reference = f"{kind}:{key}" if key else ""
    return reference if reference and name_of_party(reference) != reference else ""

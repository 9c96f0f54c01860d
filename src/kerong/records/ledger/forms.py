"""What people type on the pages of the books."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kerong.basics.clock import current_clock
from kerong.basics.identifiers import new_identifier
from kerong.basics.money import MoneyError, parse_money
from kerong.engines.bookkeeping.entries import Leg

LINES = 6
FILE_MAX = 10 * 2**20


def day_of(text: str | None) -> date | None:
    """Read a day typed into an address; None for anything else."""
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


class VoucherForm(forms.Form):
    """A manual voucher: a day, words, and up to six lines with either a debit or a credit in yuan."""

    happened_on = forms.DateField(
        label=gettext_lazy("记账日期"),
        error_messages={"required": gettext_lazy("请填记账日期。"), "invalid": gettext_lazy("请填日期。")},
    )
    what = forms.CharField(
        label=gettext_lazy("摘要"), max_length=200, error_messages={"required": gettext_lazy("请写明摘要。")}
    )
    decision_ref = forms.CharField(max_length=96, required=False)
    pack_hash = forms.RegexField(r"^([0-9a-f]{64})?$", required=False, strip=True)
    waits_for_bank = forms.BooleanField(required=False)
    # Numbers this form, so that a double click is one voucher.
    form = forms.UUIDField(required=False)

    def __init__(self, *args: Any, accounts: dict[str, str], **kwargs: Any) -> None:
        kwargs["initial"] = {"form": new_identifier(current_clock().now()), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        self.accounts = accounts
        for number in range(LINES):
            self.fields[f"account_{number}"] = forms.CharField(max_length=32, required=False)
            self.fields[f"debit_{number}"] = forms.CharField(max_length=24, required=False)
            self.fields[f"credit_{number}"] = forms.CharField(max_length=24, required=False)

    def lines(self) -> list[tuple[int, Any, Any, Any]]:
        """Return the fields of each line for the template."""
        return [
            (number, self[f"account_{number}"], self[f"debit_{number}"], self[f"credit_{number}"])
            for number in range(LINES)
        ]

    def clean(self) -> dict[str, Any]:
        """Read the lines and put every mistake at its field; the legs are in ``legs``."""
        cleaned = super().clean() or {}
        day = cleaned.get("happened_on")
        if day and day > current_clock().today():
            self.add_error("happened_on", _("记账日期还没到。"))
        legs: list[Leg] = []
        for number in range(LINES):
            code, debit, credit = (
                cleaned.get(f"{name}_{number}") or "" for name in ("account", "debit", "credit")
            )
            if not (code or debit or credit):
                continue
            if code not in self.accounts:
                self.add_error(f"account_{number}", _("请选科目。"))
                continue
            if bool(debit) == bool(credit):
                self.add_error(f"debit_{number}", _("借方、贷方须填且只填一个。"))
                continue
            try:
                amount = parse_money(debit or credit)
            except MoneyError:
                self.add_error(
                    f"{'debit' if debit else 'credit'}_{number}", _("请填以元为单位、最多两位小数的数。")
                )
                continue
            if amount <= 0:
                self.add_error(f"{'debit' if debit else 'credit'}_{number}", _("金额须大于 0。"))
                continue
            legs.append(Leg(code, amount if debit else -amount, self.accounts[code]))
        if not self.errors and len(legs) < 2:  # noqa: PLR2004 - debit and credit
            self.add_error(None, _("一张凭证至少两行：一借一贷。"))
        difference = sum(leg.amount for leg in legs)
        if not self.errors and difference:
            side = _("借方") if difference > 0 else _("贷方")
            self.add_error(
                None,
                _("借贷不平：%(side)s多 %(amount)s 元。")
                % {"side": side, "amount": f"{abs(difference) / 100:,.2f}"},
            )
        cleaned["legs"] = legs
        return cleaned


class UndoForm(forms.Form):
    """Why an entry shall be undone, and on which day."""

    happened_on = forms.DateField(
        error_messages={"required": gettext_lazy("请填记账日期。"), "invalid": gettext_lazy("请填日期。")}
    )
    because = forms.CharField(
        max_length=150, strip=True, error_messages={"required": gettext_lazy("请写明原因。")}
    )


class BankFileForm(forms.Form):
    """A bank statement to import."""

    file = forms.FileField(error_messages={"required": gettext_lazy("请选一个 csv 或 xlsx 文件。")})

    def clean_file(self) -> Any:
        """Refuse what is too large or of another kind."""
        file = self.cleaned_data["file"]
        if not file.name.lower().endswith((".csv", ".xlsx")):
            raise forms.ValidationError(_("只收 csv 和 xlsx。"))
        if file.size > FILE_MAX:
            raise forms.ValidationError(_("文件超过 10 MB，请分期导入。"))
        return file


class MatchForm(forms.Form):
    """Which entry a bank line belongs to."""

    line = forms.UUIDField()
    entry = forms.IntegerField(min_value=1)


class CloseForm(forms.Form):
    """Through which day a book is closed."""

    through = forms.DateField(
        error_messages={"required": gettext_lazy("请填结账日。"), "invalid": gettext_lazy("请填日期。")}
    )

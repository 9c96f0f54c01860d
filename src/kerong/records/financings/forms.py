"""What people choose in the list of financings, and the file of results they hand in."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from kerong.records.financings.models import STATUSES
from kerong.records.financings.queries import KINDS

DUE = (("30", _("30天内")), ("60", _("60天内")), ("90", _("90天内")), ("180", _("半年内")))


class SearchForm(forms.Form):
    """Kind, status, when due, and part of the contract number or the firm's code."""

    q = forms.CharField(label=_("合同编号或企业代码"), required=False, max_length=100)
    kind = forms.ChoiceField(
        label=_("类别"),
        required=False,
        choices=[("", _("全部")), *((key, kind.label) for key, kind in KINDS.items())],
    )
    status = forms.ChoiceField(label=_("状态"), required=False, choices=[("", _("全部")), *STATUSES])
    due = forms.ChoiceField(label=_("到期"), required=False, choices=[("", _("全部")), *DUE])


class ResultsForm(forms.Form):
    """A file of results in the template."""

    file = forms.FileField(
        label=_("回传文件（xlsx 或 csv）"),
        error_messages={"required": _("请选一个文件。"), "empty": _("文件是空的。")},
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
    )

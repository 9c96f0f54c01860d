"""What a person wants mailed."""

from __future__ import annotations

from django import forms


class PreferenceForm(forms.Form):
    """Mail at all, and mail about to-dos only."""

    by_mail = forms.BooleanField(required=False)
    todos_only = forms.BooleanField(required=False)

"""Lets others follow an approval: to-dos for the next step, and whatever a kind does once all agreed."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from kerong.records.approvals.models import Approval


def moved(approval: Approval) -> None:
    """Tell those who follow, in the same transaction. They are named by text, because they stand above or beside us."""
    for place in settings.KERONG_APPROVAL_FOLLOWERS:
        module, _, name = place.partition(":")
        getattr(importlib.import_module(module), name)(approval_id=str(approval.id))

"""What can be asked for, which steps it has, and the duty that each step demands. To add a kind, add a line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind: its name, the duty of each step it may have, and whether people of any party with it may decide.

    ``everywhere`` is false where only people of the asking party (or of parties named when asking) decide.
    """

    key: str
    label: Promise
    duties: Mapping[str, str]
    everywhere: bool = False


STEPS: dict[str, Promise] = {"review": _("复核"), "approve": _("审批")}

_TABLE = (
    Kind(
        "packs.release",
        _("政策发布"),
        {"review": "packs.review", "approve": "packs.approve"},
        everywhere=True,
    ),
    Kind("ledger.entry", _("记账"), {"review": "ledger.review", "approve": "ledger.approve"}),
    Kind("ledger.reversal", _("冲正"), {"review": "ledger.review", "approve": "ledger.approve"}),
    Kind("ledger.close", _("结账"), {"review": "ledger.review", "approve": "ledger.close"}),
    Kind("cases.step", _("办件"), {"review": "approvals.decide", "approve": "approvals.decide"}),
    Kind("financings.agreement", _("融资约定"), {"approve": "institution.approve"}),
)
KINDS: dict[str, Kind] = {kind.key: kind for kind in _TABLE}


def kind_label(key: str) -> Promise | str:
    """Return a kind's name in the reader's language."""
    return KINDS[key].label if key in KINDS else key


def step_label(key: str) -> Promise | str:
    """Return a step's name in the reader's language."""
    return STEPS.get(key, key)

"""The roles people act in, for which kind of party, and the duties each role carries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from kerong.basics.acting import ADMINISTRATORS as ADMINISTRATORS  # noqa: PLC0414 - roles are asked for here

if TYPE_CHECKING:
    from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Role:
    """One role: its key, its name, which parties have it, its duties, and whether a second factor is demanded."""

    key: str
    label: Promise
    party_kind: str
    duties: frozenset[str]
    second_factor: bool = True


def _role(key: str, label: Promise, party_kind: str, *duties: str, second_factor: bool = True) -> Role:
    return Role(key, label, party_kind, frozenset(duties), second_factor)


# Duties are words that views and row security ask for; they are described in docs/how_to/give_people_access.md.
_TABLE = (
    _role("agent", _("经办人"), "enterprise", "firm.act", second_factor=False),
    _role(
        "legal_representative", _("法定代表人"), "enterprise", "firm.act", "firm.sign", second_factor=False
    ),
    _role("actual_controller", _("实际控制人"), "enterprise", "firm.sign", second_factor=False),
    _role(
        "relationship_manager",
        _("客户经理"),
        "institution",
        "institution.act",
        "financings.write",
        "cases.work",
    ),
    _role(
        "approver",
        _("审批人"),
        "institution",
        "institution.act",
        "institution.approve",
        "approvals.decide",
        "cases.work",
    ),
    _role(
        "institution_admin",
        _("机构管理员"),
        "institution",
        "institution.act",
        "institution.manage",
        "outbox.manage",
    ),
    _role("science_officer", _("科技部门经办"), "office", "office.act", "cases.work", "packs.draft"),
    _role("industry_officer", _("经信部门经办"), "office", "office.act", "cases.work", "packs.draft"),
    _role(
        *("finance_officer", _("财政部门经办"), "office", "office.act", "cases.work"),
        *("ledger.read", "ledger.post", "packs.draft"),
    ),
    _role(
        *("finance_reviewer", _("财政部门复核"), "office", "office.act", "cases.work"),
        *("ledger.read", "ledger.review", "packs.review", "approvals.decide"),
    ),
    _role(
        *("finance_approver", _("财政部门审批"), "office", "office.act", "cases.work"),
        *("ledger.read", "ledger.approve", "ledger.close", "packs.approve", "approvals.decide"),
    ),
    _role("pboc_officer", _("人民银行经办"), "office", "office.act", "cases.work"),
    _role(
        "provincial_officer",
        _("省委金融办经办"),
        "office",
        "office.act",
        "cases.work",
        "cases.supervise",
        "packs.draft",
    ),
    _role(
        *("provincial_reviewer", _("省委金融办复核"), "office", "office.act", "cases.supervise"),
        *("packs.review", "approvals.decide"),
    ),
    _role(
        *("provincial_approver", _("省委金融办审批"), "office", "office.act", "cases.supervise"),
        *("packs.approve", "approvals.decide"),
    ),
    _role("prefecture_officer", _("市州金融部门经办"), "office", "office.act", "cases.work"),
    _role(
        "operator",
        _("平台运营"),
        "platform",
        "facts.import",
        "consents.register",
        "disputes.handle",
        "cases.work",
        "cases.supervise",
    ),
    _role("adviser", _("金融顾问"), "platform", "adviser.act"),
    _role("auditor", _("审计人员"), "office", "audit.read", "evidence.verify", "ledger.read"),
    _role("system_admin", _("系统管理员"), "platform", "system.manage"),
    _role("security_admin", _("安全管理员"), "platform", "accounts.manage"),
    _role("audit_admin", _("审计管理员"), "platform", "audit.logs", "evidence.verify"),
)
ROLES: dict[str, Role] = {role.key: role for role in _TABLE}


def role(key: str) -> Role | None:
    """Return a role, or None."""
    return ROLES.get(key)

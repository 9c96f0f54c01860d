"""What stands on everybody's work page: a table that each record and capability adds its lists to.

To add a list, add a `WorkLink`: the name of its route, what it is called, what one finds there, and the duties of
which one is enough. Without duties everybody who is signed in sees it. The view itself checks again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from kerong.basics.acting import ADMINISTRATORS

if TYPE_CHECKING:
    from django.utils.functional import Promise

    from kerong.basics.acting import Actor


@dataclass(frozen=True)
class WorkLink:
    """One list that a role may open from the work page."""

    route: str
    label: Promise
    words: Promise
    duties: tuple[str, ...] = ()
    # Of the person and not of business: administrators have it too.
    is_own: bool = False

    def is_for(self, actor: Actor) -> bool:
        """Tell whether an actor may open it."""
        if not self.duties and not self.is_own and actor.role in ADMINISTRATORS:
            return False
        return not self.duties or any(actor.may(duty) for duty in self.duties)


# In the order of the page: what one does daily first, administration last.
WORK_LINKS: tuple[WorkLink, ...] = (
    WorkLink("cases:cases", _("事项"), _("申请、申报、异议、督办：到哪一步、轮到谁、最迟哪天。")),
    WorkLink(
        "documents:materials",
        _("材料库"),
        _("传一次，各处都能用；看有效期。"),
        ("firm.act", "firm.sign", "institution.act"),
    ),
    WorkLink(
        "facts:start", _("企业档案"), _("每一项事实的来源和日期，谁看过，提异议。"), ("firm.act", "firm.sign")
    ),
    WorkLink(
        "facts:ask",
        _("查看企业资料"),
        _("按授权查看；没有授权会说明怎样请求。"),
        ("institution.act", "office.act"),
    ),
    WorkLink(
        "facts:disputes",
        _("异议"),
        _("20 日内书面答复，第 15 日提醒，第 20 日预警。"),
        ("disputes.handle", "cases.supervise"),
    ),
    WorkLink(
        "facts:imports", _("事实导入"), _("名录和发票的导入批次和质量。"), ("facts.import", "audit.read")
    ),
    WorkLink(
        "approvals:approvals",
        _("审批"),
        _("待我复核和审批的事，我提交的，办完的。"),
        ("approvals.decide", "packs.draft", "institution.act", "office.act", "cases.supervise"),
    ),
    WorkLink("decisions:decisions", _("决定和预评记录"), _("整条存下的结论，能打印、能重新计算核对。")),
    WorkLink(
        *("packs:drafts", _("政策草案"), _("起草改动、测算影响、提交复核审批、发布。")),
        ("packs.draft", "packs.review", "packs.approve", "audit.read"),
    ),
    WorkLink("packs:releases", _("政策发布"), _("每次发布的文号、施行日、全文和改动。")),
    WorkLink("documents:letters", _("信函"), _("收到和出具的信函，带验证码。")),
    WorkLink("notices:notices", _("通知"), _("全部消息和待办。"), is_own=True),
    WorkLink(
        "consents:consents",
        _("授权"),
        _("谁可以看哪些资料、做什么用、到哪一天；撤回。"),
        (
            "firm.act",
            "firm.sign",
            "institution.act",
            "office.act",
            "adviser.act",
            "facts.import",
            "audit.read",
        ),
    ),
    WorkLink(
        "outbox:endpoints", _("消息推送"), _("本机构系统的接收地址、密钥和送达记录。"), ("outbox.manage",)
    ),
    WorkLink(
        *("evidence", _("存证"), _("每件要紧的事谁做的、改没改过；核验、下载存证包。")),
        ("evidence.verify", "audit.read"),
    ),
    WorkLink(
        "evidence_administrators",
        _("管理员操作"),
        _("三类管理员每一次操作，只有审计管理员能看。"),
        ("audit.logs",),
    ),
    WorkLink("parties:access", _("账号与任职"), _("授予、终止任职，停用账号。"), ("accounts.manage",)),
    WorkLink("system", _("系统"), _("告警、后台作业、备份和版本。"), ("system.manage",)),
    WorkLink(
        "financings:financings",
        _("融资"),
        _("约定、余额、到期日、还款计划；机构在这里回传结果。"),
        ("firm.act", "firm.sign", "institution.act", "audit.read"),
    ),
    WorkLink("ledger:books", _("账本"), _("账户余额、对账单、试算平衡表、凭证和银行对账。")),
)

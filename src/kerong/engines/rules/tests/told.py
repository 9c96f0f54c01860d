"""Invented facts with labels, and the explanation of one pack to one firm in a line."""

from __future__ import annotations

from kerong.engines.rules.evaluation import ClauseExplanation, Evaluation
from kerong.engines.rules.explain import explain
from kerong.engines.rules.model import Pack
from kerong.engines.rules.tests.small_law import Firm, codes, compiled, fact

FACTS = {
    made.name: made
    for made in (
        fact(
            "revenue", "wan_yuan", -(10**14), 10**14, label="营业收入", label_en="revenue",
            holder="tax", document="纳税申报表", document_en="tax return",
        ),
        fact("rd", "wan_yuan", 0, 10**14, label="研发费用", label_en="R&D expense"),
        fact("staff", "persons", 0, 10**6, label="职工人数", label_en="staff"),
        fact("registered", "date", 0, 99991231, label="成立日期", label_en="date of registration"),
        fact(
            "age", "months", 0, 10**4, label="成立时间", label_en="age",
            derived="age_months", inputs=("registered",),
        ),
        fact(
            "share", "percent", 0, 10**6, label="研发占比", label_en="R&D share",
            derived="rd_share_bp", inputs=("rd", "revenue"),
        ),
        fact("hnte", "flag", 0, 1, label="高新技术企业", label_en="high-tech enterprise", holder="registry"),
        fact("grade", "code", 0, 0, label="等级", label_en="grade", codes=codes("A", "B", "C")),
        fact("branded", "flag", 0, 1, label="已认定", label_en="recognised", published_by="law.recognition"),
    )
}  # fmt: skip


def explained(law: Pack, firm: Firm, *others: Pack) -> Evaluation:
    """Explain the first pack to a firm of the facts above."""
    catalogue = compiled(law, *others, facts=FACTS)
    return explain(catalogue, catalogue.rules[0].key, firm)


def only(law: Pack, firm: Firm, *others: Pack) -> ClauseExplanation:
    """Return the explanation of the only clause."""
    (found,) = explained(law, firm, *others).clauses
    return found

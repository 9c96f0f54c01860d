"""Compares a drawn population with the published numbers it leans on, and names what leans on none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kerong.demo.drawing import Drawing
    from kerong.engines.rules.snapshot import Snapshot

Flags = NDArray[np.bool_]


def report(
    drawing: Drawing, snapshot: Snapshot, meets_tech_sme: Flags | None, entered: Flags
) -> dict[str, Any]:
    """Return every target with what was drawn, scaled to the published number of firms where it is a count."""
    published = drawing.published
    measured = _measured(drawing, meets_tech_sme, entered)
    targets: list[dict[str, Any]] = []
    for target in published.targets.values():
        among, having = measured[target.id]
        row: dict[str, Any] = {
            "id": target.id, "label": target.label, "use": target.use, "period": target.period,
            "region": target.region, "mark": target.mark, "source": dict(target.source), "note": target.note,
            "published": target.value, "unit": target.unit,
        }  # fmt: skip
        row["drawn"], row["drawn_among"] = (None, None) if having is None else (having, among)
        row["drawn_as_published"] = (
            None if having is None else _as_published(target.unit, among, having, published.scale)
        )
        targets.append(row)
    return {
        "firms": snapshot.rows,
        "targets": targets,
        "regions": _regions(drawing),
        "ages": _ages(drawing),
        "not_used": [dict(entry) for entry in published.not_used],
        "uncalibrated": list(published.uncalibrated),
    }


def lines(found: Mapping[str, Any]) -> Iterator[str]:
    """Yield the report for a terminal: a line per target, then what leans on nothing."""
    yield "目标（公布数）与抽样（折算到公布口径）："
    for row in found["targets"]:
        drawn = row["drawn_as_published"]
        shown = (
            "没有可比的规则" if drawn is None else f"{drawn:,.1f}" if row["unit"] == "%" else f"{drawn:,.0f}"
        )
        source = row["source"]
        yield (
            f"  {row['label']}（{row['region']}，{row['period']}）：公布 {row['published']:,} {row['unit']}，"
            f"模拟 {shown}；{'只比较' if row['use'] == 'check' else '按此抽样'}；"
            f"来源：{source['title']}（{source['dated']}）"
        )
    furthest = max(found["regions"]["rows"], key=lambda row: abs(row["drawn"] - row["published"]))
    yield (
        f"  17 个市州的份额：最大相差 {abs(furthest['drawn'] - furthest['published']):.2f} 个百分点"
        f"（{furthest['code']}）；来源：{found['regions']['source']['title']}"
    )
    middle = next(row for row in found["ages"]["rows"] if row["percent"] == 50)  # noqa: PLR2004 - the median
    yield f"  企业年龄中位数：登记数据 {middle['published']} 个月，模拟 {middle['drawn']:.0f} 个月"
    yield "没有校准、由我们假设：" + "；".join(found["uncalibrated"])


def _measured(drawing: Drawing, meets: Flags | None, entered: Flags) -> dict[str, tuple[int, int | None]]:
    """Return per target among how many firms it was measured and how many have it."""
    firms = drawing.firms
    hnte = drawing.true("is_hnte")

    def having(flags: Flags, among: Flags | None = None) -> tuple[int, int]:
        return (firms, int(flags.sum())) if among is None else (int(among.sum()), int((flags & among).sum()))

    return {
        "tech_enterprises": having(np.array(drawing.true("is_tech_enterprise"))),
        "hnte": having(hnte),
        "tech_sme_entered": (firms, None) if meets is None else having(entered),
        "tech_sme_planned": (firms, None) if meets is None else having(meets),
        "loan_rate_tech_sme": (0, None) if meets is None else having(drawing.has_loan, entered),
        "loan_rate_hnte": having(drawing.has_loan, hnte),
        "listed_domestic": having(drawing.board == "domestic"),
        "listed_overseas": having(drawing.board == "overseas"),
        "neeq": having(drawing.board == "neeq"),
    }


def _as_published(unit: str, among: int, having: int, scale: float) -> float | None:
    if not among:
        return None
    return having / among * (100 if unit == "%" else scale)


def _regions(drawing: Drawing) -> dict[str, Any]:
    written = drawing.published.regions
    codes, counts = np.unique(drawing.true("region_code"), return_counts=True)
    drawn = dict(zip(codes.tolist(), counts.tolist(), strict=True))
    rows = [
        {"code": code, "published": share, "drawn": round(100 * drawn.get(code, 0) / drawing.firms, 4)}
        for code, share in written["shares"].items()
    ]
    return {"mark": written["mark"], "source": dict(written["source"]), "note": written["note"], "rows": rows}


def _ages(drawing: Drawing) -> dict[str, Any]:
    written = drawing.published.ages
    rows = [
        {
            "percent": percent,
            "published": months,
            "drawn": round(float(np.percentile(drawing.months, percent)), 1),
        }
        for percent, months in written["quantiles"].items()
    ]
    return {"mark": written["mark"], "source": dict(written["source"]), "note": written["note"], "rows": rows}

"""What is not published as a table for a spreadsheet: one line for each number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from kerong.capabilities.policy_library.queries.expressions import label_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kerong.capabilities.policy_library.queries.unpublished import GapsOfPack
    from kerong.engines.rules.model import Library


def unpublished_rows(library: Library, groups: Iterable[GapsOfPack]) -> tuple[list[str], list[list[str]]]:
    """Return the head and the lines of the table."""
    head = [
        _("地区"), _("规则"), _("数值"), _("行或档"), _("自"), _("应当写在"), _("文号"), _("条款"), _("找过哪里"),
        _("核对日期"), _("规则键"),
    ]  # fmt: skip
    lines: list[list[str]] = []
    for group in groups:
        for gap in group.gaps:
            source = library.sources.get(gap.source_key)
            anchor = source.anchors.get(gap.mark.cites.partition("#")[2]) if source else None
            lines.append(
                [
                    group.pack.facets.get("region", ""),
                    label_of(group.pack),
                    gap.label,
                    gap.row,
                    _day(gap.dated.start, gap.dated.seen_since),
                    source.title if source else "",
                    source.number if source else "",
                    anchor.label if anchor else "",
                    gap.mark.note,
                    gap.mark.checked_on.isoformat() if gap.mark.checked_on else "",
                    f"{group.pack.key}:{gap.parameter}" if gap.parameter else group.pack.key,
                ]
            )
    return head, lines


def _day(start: object, seen_since: object) -> str:
    if start is not None:
        return str(start)
    return _("%s已在用") % seen_since if seen_since is not None else ""

"""The steps of `kerong run` that make the demo world; each is harmless to repeat."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from django.conf import settings

from kerong.basics.clock import SystemClock
from kerong.basics.policies_folder import policies_folder
from kerong.demo import directory
from kerong.demo.firms import SOURCE, read_firms
from kerong.demo.population import FIRMS_DEFAULT, FIRMS_MAX, LABEL, SEED_DEFAULT, build_population
from kerong.engines.rules.model import PolicyMistakesError
from kerong.portal.worker.places import population_folder
from kerong.records.facts.actions import store_demo_firm, store_demo_history
from kerong.records.packs.actions import release_folder
from kerong.records.packs.queries import (
    DEMONSTRATION,
    TextsRefusedError,
    current,
    current_release,
    overwritten_by,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kerong.portal.preparation import Preparation
    from kerong.records.packs.queries import Overwritten

NOTE = "随软件提供的政策包。演示发布不是法律意义上的发布，“文号”一栏不是法定文号。"
RELEASED_BY = "kerong run"


def release_shipped_packs(_preparation: Preparation) -> Iterable[str]:
    """Release the policies folder as 演示发布, unless its texts are the current release already."""
    folder, today = policies_folder(), SystemClock().today()
    last = current_release(today=today)
    # Where somebody put a law in force, a demo never overrules it.
    if last is not None and last.document_number != DEMONSTRATION:
        return [_release_line(last.number, last.document_number, new=False)]
    try:
        release = release_folder(
            folder=folder, by=RELEASED_BY, document_number=DEMONSTRATION, in_force_from=today, note=NOTE
        )
    except (PolicyMistakesError, TextsRefusedError) as error:
        if last is None:
            raise SystemExit(f"The policies in {folder} cannot be released:\n{error}") from None
        return [f"政策文件有错误，仍用第 {last.number} 次发布：", *str(error).splitlines()]
    lines = [_release_line(release.number, release.document_number, new=release != last)]
    return [*lines, *(_overwritten_lines(overwritten_by(release)) if release != last else ())]


def _overwritten_lines(found: Iterable[tuple[str, Overwritten]]) -> Iterable[str]:
    """Name every number that the release changed under its old first day: the law itself keeps no trace."""
    for path, changed in found:
        row = f" {changed.row}" if changed.row else ""
        day = changed.start or changed.seen_since or "起始日未读到"
        old, new = (
            "无" if cells is None else " / ".join(words or "未公布" for words in cells.words())
            for cells in (changed.old, changed.new)
        )
        what = "同一生效日的数被改写" if changed.new else "一个已收录的数被拿掉（改了生效日也算）"
        yield f"注意：{what}：{path} {changed.label}{row}（{day}）{old} → {new}"


def store_demo_firms(_preparation: Preparation) -> Iterable[str]:
    """Store the four synthetic firms as their file says, and what happened to them."""
    firms = read_firms(current().library.facts)
    for firm in firms:
        store_demo_firm(uscc=firm.uscc, name=firm.name, facts=firm.facts, as_of=firm.as_of, source=SOURCE)
        store_demo_history(uscc=firm.uscc, years=firm.years, events=firm.events)
    return [f"演示企业 {len(firms)} 家（虚构）"]


def build_demo_population(_preparation: Preparation) -> Iterable[str]:
    """Make the synthetic population, unless one of this size, seed, law and day is there."""
    wanted = os.environ.get("KERONG_DEMO_FIRMS", str(FIRMS_DEFAULT))
    if not wanted.isdigit() or not 1 <= int(wanted) <= FIRMS_MAX:
        raise SystemExit(f"KERONG_DEMO_FIRMS is {wanted!r}; a number from 1 to {FIRMS_MAX:,} was expected.")
    firms, law = int(wanted), current()
    snapshot = build_population(
        population_folder(settings.KERONG_HOME), law.library, law.on, firms=firms, seed=SEED_DEFAULT
    )
    return [f"演示人群 {snapshot.rows:,} 家（{LABEL}）"]


def load_demo_directory(_preparation: Preparation) -> Iterable[str]:
    """Put the population into the directory of firms, with facts and lives, and the institutions beside it."""
    law = current()
    folder = population_folder(settings.KERONG_HOME)
    # The population was drawn by the law of its own day, the same one that is in force now.
    directory.load_population(folder, law.library, law.on, read_firms(law.library.facts))
    institutions, offices = directory.store_institutions(), directory.store_public_offices()
    return [f"演示名录：金融机构 {institutions} 家（虚构），政府部门 {offices} 个（真实名称，无数据）"]


def _release_line(number: int, document_number: str, *, new: bool) -> str:
    return f"政策发布第 {number} 次：{document_number}{'，本次新发布' if new else ''}"

"""Ways to become eligible, in words: what to change now, and what the next declaration would have to show."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kerong.engines.rules.together import rounded, shown_together, step_of
from kerong.engines.rules.wording import Words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kerong.engines.rules.evaluation import Truth
    from kerong.engines.rules.model import Fact

_ENDINGS = {
    "met": Words("即符合全部条件", "then every condition is met"),
    "unknown": Words(
        "即不再有不符合的条件，但仍有条件缺资料", "then nothing is failed; some conditions still lack data"
    ),
}
# The next declaration is about another year: "of last year" in a label would send people to closed books.
_LAST_YEAR = re.compile(r"（上一年[度末](?:，([^）]*))?）")
_LAST_YEAR_EN = re.compile(r",? (?:end )?(?:of )?last year\b")


def told_values(fact: Fact, before: int, after: int) -> tuple[int, int]:
    """Return the two values as a sentence tells them: rounded so that the change is never told too small."""
    step = step_of(fact.type, (before, after))
    rises = after > before
    return rounded(before, step, up=not rises), rounded(after, step, up=rises)


def move_words(fact: Fact, before: int, after: int) -> Words:
    """Return one change in words; of a closed year, what the next declaration would have to show."""
    past = bool(fact.period)
    label = _next_label(fact) if past else Words(fact.label, fact.label_en)
    if fact.type == "flag":
        was, turned = (("否", "no"), ("是", "yes"))[:: 1 if after else -1]
        if past:
            return Words(
                f"“{label.zh}”为{turned[0]}（现为{was[0]}）", f"{label.en} is {turned[1]} (now {was[1]})"
            )
        return Words(f"“{label.zh}”由{was[0]}变为{turned[0]}", f"{label.en}: from {was[1]} to {turned[1]}")
    rises = after > before
    zh, en = (
        shown_together((before, after, abs(after - before)), fact.unit, language) for language in ("zh", "en")
    )
    if fact.type == "ratio":
        points = f"{abs(after - before) / 100:g}"
        zh[2], en[2] = f"{points} 个百分点", f"{points} percentage points"
    change, change_en = ("增加", "more") if rises else ("减少", "less")
    if past:
        return Words(
            f"{label.zh}{'达到' if rises else '降到'} {zh[1]}（现为 {zh[0]}，{change} {zh[2]}）",
            f"{label.en} {'reaches' if rises else 'falls to'} {en[1]} (now {en[0]}, {en[2]} {change_en})",
        )
    return Words(
        f"{label.zh}由 {zh[0]} {'增至' if rises else '降至'} {zh[1]}（{change} {zh[2]}）",
        f"{label.en} from {en[0]} {'up' if rises else 'down'} to {en[1]} ({en[2]} {change_en})",
    )


def way_words(moves: Sequence[tuple[Fact, Words]], leads_to: Truth) -> Words:
    """Join the words of several moves: what can be done now first, then what the next declaration says."""
    now = [words for fact, words in moves if not fact.period]
    later = [words for fact, words in moves if fact.period]
    zh, en = [words.zh for words in now], [words.en for words in now]
    if later:
        zh.append("下次申报时，若" + "，且".join(words.zh for words in later))
        en.append("if at the next declaration " + " and ".join(words.en for words in later))
    ending = _ENDINGS[leads_to]
    return Words(f"{'，并且'.join(zh)}，{ending.zh}", f"{' and '.join(en)}; {ending.en}")


def _next_label(fact: Fact) -> Words:
    zh = _LAST_YEAR.sub(lambda match: f"（{match[1]}）" if match[1] else "", fact.label)
    return Words(zh, _LAST_YEAR_EN.sub("", fact.label_en))

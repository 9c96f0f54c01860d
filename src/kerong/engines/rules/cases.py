"""Run the worked examples beside the packs: what an official wrote against what the engine says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kerong.engines.rules.compiler import Catalogue, compile_library
from kerong.engines.rules.facts_known import completed
from kerong.engines.rules.interpreter import Interpreter
from kerong.engines.rules.quantities import show_quantity
from kerong.engines.rules.single import FirmJudge
from kerong.engines.rules.syntax import parsed

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from kerong.engines.rules.case_files import Case
    from kerong.engines.rules.model import Library, Pack


@dataclass(frozen=True, slots=True)
class Difference:
    """One expectation that did not come true."""

    case: Case
    what: str
    expected: str
    found: str

    def __str__(self) -> str:
        return f"{self.case.place}: {self.case.name}: {self.what} is {self.found}, the case expects {self.expected}"


def run_cases(library: Library, cases: Iterable[Case]) -> list[Difference]:
    """Return every difference between cases and engine; the law is compiled once per day."""
    days: dict[date, tuple[Catalogue, FirmJudge]] = {}
    differences: list[Difference] = []
    for case in cases:
        if case.on not in days:
            catalogue = compile_library(library, case.on)
            days[case.on] = (catalogue, FirmJudge(catalogue))
        differences += _run(library, case, *days[case.on])
    return differences


def _run(library: Library, case: Case, catalogue: Catalogue, judge: FirmJudge) -> Iterable[Difference]:
    pack, expect = library.packs[case.pack], case.expect
    known = completed(library, case.on, case.facts)
    oracle = Interpreter(library, case.on, known)
    position = next((i for i, rule in enumerate(catalogue.rules) if rule.key == case.pack), None)
    if expect.verdict is not None or expect.nearness is not None:
        if position is None:
            yield Difference(case, "the rule", "in force", f"not in force on {case.on}")
        else:
            verdicts = judge.judge(known)
            yield from _compare(case, "the verdict", expect.verdict, verdicts.verdict(position))
            yield from _compare(case, "the nearness", expect.nearness, verdicts.nearness(position))
    clauses = {clause.id: clause for clause in pack.clauses if clause.in_force(case.on)}
    words = {True: "met", False: "not_met", None: "unknown"}
    for name, wanted in expect.clauses.items():
        found = words[oracle.clause(pack, clauses[name])] if name in clauses else "not in force"
        yield from _compare(case, f"the clause {name}", wanted, found)
    for name, interval in expect.points.items():
        span = oracle.value(pack, name)
        yield from _compare(case, f"the points {name}", interval, (int(span[0]), int(span[1])))
    for name, value in expect.classes.items():
        possible = oracle.classes(pack, name)
        found_class = possible[0] if len(possible) == 1 else f"one of {possible}"
        if value is not None or len(possible) == 1:
            yield from _compare(case, f"the class {name}", str(value), str(found_class))
    yield from _amounts(case, pack, oracle)


def _amounts(case: Case, pack: Pack, oracle: Interpreter) -> Iterable[Difference]:
    for name, wanted in case.expect.amounts.items():
        amount = pack.amounts[name]
        span = oracle.number(pack, parsed(amount.expression)[0])
        found = int(span[0] // 1) if span is not None and span[0] == span[1] else None
        if found != wanted:
            texts = [
                "nothing (missing or not published)" if x is None else show_quantity(x, amount.unit, "en")
                for x in (wanted, found)
            ]
            yield Difference(case, f"the amount {name}", *texts)


def _compare(case: Case, what: str, expected: object, found: object) -> Iterable[Difference]:
    if expected is not None and expected != found:
        yield Difference(case, what, str(expected), str(found))

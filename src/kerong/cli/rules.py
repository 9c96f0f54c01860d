"""The commands about the law: check it, run its cases, ask what another value would do, warm the kernel."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kerong.basics.policies_folder import policies_folder
from kerong.cli.inputs import DAY, POLICIES, chosen_day, loaded, opened_snapshot, stop_on

if TYPE_CHECKING:
    from datetime import datetime

    from kerong.engines.rules.case_files import Case
    from kerong.engines.rules.model import Library, Mistake
    from kerong.engines.rules.snapshot import Snapshot
    from kerong.engines.rules.what_if import RuleChange

SMALL_CELL = 5
_GROUPS = ("region_code", "size_industry")


@click.command()
@POLICIES
@DAY
def check(policies: Path | None, on: datetime | None) -> None:
    """Check every file of the policies and report all mistakes at once.

    Structure, units, citations, predicates, arithmetic within 64 bits, circles; on every day a value begins.
    Of workflows: states that are never reached, moves that nobody makes, clocks that never stop.
    Exit status: 0 nothing found, 1 mistakes.
    """
    from kerong.engines.rules.compiler import check_library
    from kerong.engines.rules.loading import read_library
    from kerong.engines.rules.unpublished import unpublished_count
    from kerong.engines.workflows.loading import read_workflows

    begun = time.perf_counter()
    library, mistakes = read_library(policies or policies_folder())
    mistakes = [*mistakes, *check_library(library, chosen_day(on))]
    cases, case_mistakes = _cases(library, policies or policies_folder())
    workflows, workflow_mistakes = read_workflows(policies or policies_folder())
    stop_on([*mistakes, *case_mistakes, *workflow_mistakes])
    unpublished = sum(unpublished_count(pack, chosen_day(on)) for pack in library.packs.values())
    click.echo(
        f"{len(library.packs)} packs, {len(library.facts)} facts, {len(library.sources)} sources, {len(cases)} cases, "
        f"{sum(len(found.products) for found in library.shelf.values())} shelf products, "
        f"{len(workflows.workflows)} workflows, {len(workflows.calendar.years)} calendars: "
        f"no mistakes. {unpublished} values 未公布. {time.perf_counter() - begun:.2f} s. sha256 {library.sha256[:16]}…"
    )


def _cases(library: Library, folder: Path) -> tuple[list[Case], list[Mistake]]:
    from kerong.engines.rules.case_files import read_cases
    from kerong.engines.rules.loading import pack_files

    # The cases of a pack that could not be read wait until it is mended.
    broken = set(pack_files(folder)) - set(library.packs)
    cases: list[Case] = []
    mistakes: list[Mistake] = []
    for path in sorted(folder.rglob("*.cases.yaml")):
        if ".".join(path.relative_to(folder).parts).removesuffix(".cases.yaml") in broken:
            continue
        found, wrong = read_cases(path, library, folder)
        cases += found
        mistakes += wrong
    return cases, mistakes


@click.command()
@click.argument("packs", nargs=-1)
@POLICIES
def cases(packs: tuple[str, ...], policies: Path | None) -> None:
    """Run the worked examples beside the packs (all, or those of the packs named).

    Exit status: 0 all hold, 1 a difference or a mistake.
    """
    from kerong.engines.rules.cases import run_cases
    from kerong.engines.rules.model import PolicyMistakesError

    library = loaded(policies)
    unknown = [key for key in packs if key not in library.packs]
    if unknown:
        raise click.ClickException(
            f"no pack {unknown[0]!r}; the packs are {', '.join(sorted(library.packs))}"
        )
    found, mistakes = _cases(library, policies or policies_folder())
    stop_on(mistakes)
    chosen = [case for case in found if not packs or case.pack in packs]
    # The law of a day is compiled once for all its cases.
    days = {case.on: [other for other in chosen if other.on == case.on] for case in chosen}
    try:
        with click.progressbar(
            days.values(), label="cases", file=sys.stderr, hidden=not sys.stderr.isatty()
        ) as bar:
            differences = [difference for of_day in bar for difference in run_cases(library, of_day)]
    except PolicyMistakesError as error:
        stop_on(error.mistakes)
        raise
    differences.sort(key=lambda difference: (difference.case.place.file, difference.case.place.line))
    for difference in differences:
        click.echo(str(difference))
    wrong = {difference.case.place for difference in differences}
    click.echo(f"{len(chosen) - len(wrong)} of {len(chosen)} cases hold")
    sys.exit(1 if differences else 0)


@click.command("what-if")
@click.argument("changes", nargs=-1, required=True)
@click.option(
    "--facts",
    "facts_file",
    type=click.Path(path_type=Path),
    required=True,
    help="Snapshot, or Parquet of facts.",
)
@click.option(
    "--by",
    multiple=True,
    help="Group by a code fact [region_code and size_industry].",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@POLICIES
@DAY
def what_if(  # noqa: PLR0913 - one parameter per option
    *,
    changes: tuple[str, ...],
    facts_file: Path,
    by: tuple[str, ...],
    as_json: bool,
    policies: Path | None,
    on: datetime | None,
) -> None:
    """Say who gains and who loses when values change.

    CHANGES are PACK:PARAMETER=VALUE, for example
    hubei.credit.talent_loan:single_loan_max=800万元

    The result is a draft estimate (测算稿). Groups under 5 firms are not printed.
    """
    from kerong.engines.rules.model import PolicyMistakesError
    from kerong.engines.rules.what_if import ChangeError, changed
    from kerong.engines.rules.what_if import what_if as compare

    library = loaded(policies)
    wanted: dict[str, str | int] = {}
    for change in changes:
        target, equals, value = change.partition("=")
        if not equals or ":" not in target:
            raise click.ClickException(f"cannot read {change!r}; write PACK:PARAMETER=VALUE")
        wanted[target] = value
    by = by or tuple(name for name in _GROUPS if name in library.facts)
    unknown = [name for name in by if name not in library.facts or library.facts[name].type != "code"]
    if unknown:
        codes = ", ".join(name for name, fact in library.facts.items() if fact.type == "code")
        raise click.ClickException(f"cannot group by {unknown[0]!r}; the codes are {codes}")
    snapshot: Snapshot = opened_snapshot(facts_file, library, chosen_day(on))
    try:
        begun = time.perf_counter()
        found = compare(library, changed(library, wanted), snapshot, chosen_day(on), by)
    except (ChangeError, PolicyMistakesError) as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        click.echo(json.dumps(_suppressed(found.as_json()), ensure_ascii=False, indent=1))
        return
    click.echo(
        f"测算稿 draft estimate, {found.on}, {found.rows:,} firms, {time.perf_counter() - begun:.3f} s"
    )
    for rule in found.rules:
        _print_change(library, rule)


def _print_change(library: Library, rule: RuleChange) -> None:
    from kerong.engines.rules.quantities import show_quantity

    pack = library.packs[rule.rule]
    click.echo(f"\n{pack.label} ({rule.rule})")
    click.echo(
        f"  符合 met               {rule.before[0]:>9,} → {rule.after[0]:>9,}   +{rule.gained:,} −{rule.lost:,}"
    )
    click.echo(f"  差一条 near miss       {rule.before[1]:>9,} → {rule.after[1]:>9,}")
    click.echo(f"  差一份材料 one document {rule.before[2]:>8,} → {rule.after[2]:>9,}")
    for amount in rule.amounts:
        declared = pack.amounts[amount.name]
        sums = [
            "…" if 0 < firms < SMALL_CELL else show_quantity(total, declared.unit)
            for total, firms in ((amount.before, amount.firms_before), (amount.after, amount.firms_after))
        ]
        click.echo(f"  {declared.label}（合计）  {sums[0]} → {sums[1]}")
    for name, groups in rule.groups.items():
        moved = [group for group in groups if group.gained or group.lost]
        if not moved:
            continue
        click.echo(f"  by {library.facts[name].label}:")
        for group in moved:
            numbers = [_cell(n) for n in (group.before, group.after, group.gained, group.lost)]
            click.echo(
                f"    {group.key or '未知':<14} {numbers[0]:>8} → {numbers[1]:>8}   +{numbers[2]} −{numbers[3]}"
            )


def _cell(count: int) -> str:
    return f"<{SMALL_CELL}" if 0 < count < SMALL_CELL else f"{count:,}"


def _suppressed(found: dict[str, object]) -> dict[str, object]:
    """Replace small counts inside groups, and sums over few firms anywhere, by None."""

    def visit(value: object, *, inside: bool) -> object:
        if isinstance(value, dict):
            few = [side for side in ("before", "after") if 0 < value.get(f"firms_{side}", 0) < SMALL_CELL]
            return {
                k: None if k in few else visit(v, inside=inside or k == "groups") for k, v in value.items()
            }
        if isinstance(value, list | tuple):
            return [visit(v, inside=inside) for v in value]
        return None if inside and isinstance(value, int) and 0 < value < SMALL_CELL else value

    return {name: visit(value, inside=False) for name, value in found.items()}


@click.command()
def warm() -> None:
    """Compile the kernel once for this machine, so that the first question is answered at once."""
    from kerong.engines.rules.warming import warm as compile_kernel

    begun = time.perf_counter()
    compile_kernel()
    click.echo(f"kernel ready in {time.perf_counter() - begun:.1f} s")

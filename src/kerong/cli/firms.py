"""The commands about firms: explain one firm's verdict, and hold a whole register against every rule."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kerong.cli.inputs import DAY, POLICIES, chosen_day, compiled, loaded, opened_snapshot

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from kerong.engines.rules.compiler import Catalogue
    from kerong.engines.rules.evaluation import Evaluation
    from kerong.engines.rules.gaps import FactGap, RuleCounts
    from kerong.engines.rules.model import Library
    from kerong.engines.rules.snapshot import Snapshot

_MARKS = {"met": "✓ 符合", "not_met": "✗ 不符合", "unknown": "? 缺资料"}
_NEAR = {"near_miss": "，差一条", "one_document_away": "，差一份材料", "none": ""}


@click.command()
@click.argument("firm")
@click.option("--product", required=True, help="Key of the rule, or a part of its label.")
@click.option(
    "--facts", "facts_file", type=click.Path(path_type=Path), help="Snapshot or Parquet that holds the firm."
)
@click.option("--json", "as_json", is_flag=True, help="Print the whole evaluation as JSON.")
@POLICIES
@DAY
def explain(  # noqa: PLR0913 - one parameter per option
    *,
    firm: str,
    product: str,
    facts_file: Path | None,
    as_json: bool,
    policies: Path | None,
    on: datetime | None,
) -> None:
    """Explain one rule to one firm: every clause with what is, what is required and what is missing.

    FIRM is a 统一社会信用代码 in --facts, or a YAML file of facts such as "rd_expense_fen: 200万元".
    """
    from kerong.engines.rules.explain import explain as explained
    from kerong.engines.rules.moves import ways

    library, day = loaded(policies), chosen_day(on)
    known = _known(firm, facts_file, library, day)
    catalogue = compiled(library, day)
    key = _rule_key(catalogue, product)
    evaluation = explained(catalogue, key, known, ways(catalogue, key, known))
    if as_json:
        click.echo(json.dumps(evaluation.as_json(), ensure_ascii=False, indent=1))
    else:
        _print(evaluation)


def _known(firm: str, facts_file: Path | None, library: Library, day: date) -> Mapping[str, int | str | None]:
    if firm.endswith((".yaml", ".yml")) or Path(firm).is_file():
        return _facts_of_file(Path(firm), library)
    if facts_file is None:
        return _demo_firm(firm, library)
    snapshot = opened_snapshot(facts_file, library, day)
    row = snapshot.row_of(firm.strip().upper())
    if row is None:
        raise click.ClickException(f"{firm} is not among the {snapshot.rows:,} firms of {facts_file}.")
    return snapshot.firm(row)


def _demo_firm(firm: str, library: Library) -> Mapping[str, int | str | None]:
    """Return a firm of the demo world by code or name, where no file is named."""
    from kerong.demo.firms import DemoFirmsError, read_firms

    try:
        known = read_firms(library.facts)
    except DemoFirmsError as error:
        raise click.ClickException(f"The demo firms do not fit these policies: {error}") from error
    for found in known:
        if firm in {found.uscc, found.name}:
            return found.facts
    codes = ", ".join(found.uscc for found in known)
    raise click.ClickException(
        f"{firm} is no demo firm ({codes}). For others give --facts FILE, or a YAML file of facts as FIRM."
    )


def _facts_of_file(path: Path, library: Library) -> Mapping[str, int | str | None]:
    import yaml

    from kerong.engines.rules.quantities import QuantityError, read_quantity

    try:
        written = yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)  # noqa: S506 - BaseLoader makes texts only
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise click.ClickException(f"{path} cannot be read: {error}") from error
    if not isinstance(written, dict):
        raise click.ClickException(f"{path} should hold lines such as 'rd_expense_fen: 200万元'.")
    known: dict[str, int | str | None] = {}
    problems: list[str] = []
    for name, value in written.items():
        if name not in library.facts:
            problems.append(f"{name}: no such fact in facts.yaml")
            continue
        try:
            known[name] = None if value in ("", "null") else read_quantity(str(value), library.facts[name])
        except QuantityError as error:
            problems.append(f"{name}: {error}")
    if problems:
        raise click.ClickException("\n".join([f"{path} has {len(problems)} problem(s):", *problems]))
    return known


def _rule_key(catalogue: Catalogue, product: str) -> str:
    keys = [rule.key for rule in catalogue.rules]
    if product in keys:
        return product
    found = [rule.key for rule in catalogue.rules if product in rule.key or product in rule.pack.label]
    if len(found) == 1:
        return found[0]
    terms = [p for p in catalogue.library.packs.values() if p.kind == "terms"]
    if named := next((p for p in terms if product == p.key or (not found and product in p.label)), None):
        raise click.ClickException(
            f"{named.key} ({named.label}) is of kind terms: it holds numbers of a policy and judges nobody. "
            "Its numbers are shown in the library of rules."
        )
    raise click.ClickException(
        f"{product!r} names {'no rule' if not found else 'several rules'}; choose one of {', '.join(found or keys)}"
    )


def _print(evaluation: Evaluation) -> None:
    click.echo(
        f"{evaluation.label}  [{evaluation.rule}, {evaluation.on}]\n"
        f"{_MARKS[evaluation.verdict]}{_NEAR[evaluation.nearness]}\n"
    )
    for clause in evaluation.clauses:
        click.echo(f"{_MARKS[clause.truth]}  {clause.label}")
        if clause.sentence:
            click.echo(f"      {clause.sentence}")
        click.echo(f"      {clause.mark.cites} [{clause.mark.verified}]")
    for card in evaluation.points:
        points = f"{card.low}" if card.low == card.high else f"{card.low}–{card.high}"
        click.echo(f"\n{card.label}：{points} / {card.max}")
        for indicator in card.indicators:
            low, high = indicator.low, indicator.high
            span = f"{low}" if low == high else f"{low}–{high}"
            click.echo(f"   {indicator.label} {span} / {indicator.max}")
    for amount in evaluation.amounts if evaluation.verdict != "not_met" else ():
        click.echo(f"\n{amount.label}：{amount.text} [{amount.mark.cites}, {amount.mark.verified}]")
    if evaluation.ways:
        click.echo("\n怎样才能符合（已重新计算验证）：")
        for way in evaluation.ways:
            click.echo(f"   {way.sentence}")
    click.echo(f"\npack sha256 {evaluation.pack_sha256[:16]}…")


@click.command()
@click.option(
    "--facts",
    "facts_file",
    type=click.Path(path_type=Path),
    required=True,
    help="Import folder, snapshot or Parquet.",
)
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder of the result.")
@click.option("--replace", is_flag=True, help="Replace an earlier result.")
@POLICIES
@DAY
def match(*, facts_file: Path, out: Path, replace: bool, policies: Path | None, on: datetime | None) -> None:
    """Hold every firm against every rule; write verdicts, near misses and what is missing, and print a report."""
    from kerong.engines.rules import gaps, pairs
    from kerong.engines.rules.population import PopulationKernel

    if out.exists() and not out.is_dir():
        raise click.ClickException(f"{out} is a file. Give a folder.")
    if out.exists() and any(out.iterdir()) and not replace:
        raise click.ClickException(f"{out} is not empty. Choose another folder, or say --replace.")
    library, day = loaded(policies), chosen_day(on)
    steps = click.progressbar(
        length=5, label="match", file=sys.stderr, show_eta=False, hidden=not sys.stderr.isatty()
    )
    with steps:
        snapshot = opened_snapshot(facts_file, library, day)
        steps.update(1)
        catalogue = compiled(library, day, "enterprise")
        kernel = PopulationKernel(catalogue, snapshot)
        steps.update(1)
        begun = time.perf_counter()
        verdicts = kernel.run(keep_criteria=True)
        judged = time.perf_counter() - begun
        steps.update(1)
        counts = gaps.rule_counts(catalogue, verdicts)
        missing = gaps.missing_facts(catalogue, snapshot, verdicts)
        steps.update(1)
        out.mkdir(parents=True, exist_ok=True)
        pairs.write_pairs(kernel, out)
        _write_audit(out, snapshot, catalogue)
        steps.update(1)
    _write_tables(out, counts, missing)
    report = _report(snapshot, catalogue, counts, missing, judged)
    (out / "report.txt").write_text(report + "\n", encoding="utf-8")
    click.echo(report)
    click.echo(f"\n已写入 {out}：{'、'.join(sorted(path.name for path in out.iterdir()))}")


def _write_audit(out: Path, snapshot: Snapshot, catalogue: Catalogue) -> None:
    """Write what reproduces every verdict in DuckDB, without us: the facts judged, words and masks as SQL."""
    from kerong.engines.rules import snapshot as snapshots
    from kerong.engines.rules import sql

    snapshots.export_parquet(snapshot, out / "facts_judged.parquet")
    available = [*snapshot.number_rows, *snapshot.code_rows]
    statements = [
        "CREATE TABLE facts AS SELECT * FROM 'facts_judged.parquet'",
        f"CREATE TABLE words AS {sql.words_query(catalogue, 'facts', available=available)}",
        *sql.masks_statements(catalogue, "masks"),
        sql.counts_query(catalogue, "words", "masks"),
    ]
    head = f"-- Policies {catalogue.library.sha256}, {catalogue.on}. Run in this folder: duckdb < audit.sql\n"
    (out / "audit.sql").write_text(head + ";\n\n".join(statements) + ";\n", encoding="utf-8")


def _write_tables(out: Path, counts: list[RuleCounts], missing: list[FactGap]) -> None:
    from kerong.adapters.sheets import as_csv

    head = ["rule", "label", "met", "near_miss", "one_document_away", "not_met", "unknown"]
    rows = [
        [row.rule, row.label, row.met, row.near_miss, row.one_document_away, row.not_met, row.unknown]
        for row in counts
    ]
    (out / "counts.csv").write_bytes(as_csv(head, rows))
    head = ["fact", "label", "holder", "document", "pairs_held_up", "pairs_decided_by_it_alone", "rules"]
    rows = [
        [gap.fact, gap.label, gap.holder_label, gap.document, gap.held_up, gap.sole, len(gap.rules)]
        for gap in missing
    ]
    (out / "missing_facts.csv").write_bytes(as_csv(head, rows))


def _report(
    snapshot: Snapshot, catalogue: Catalogue, counts: list[RuleCounts], missing: list[FactGap], judged: float
) -> str:
    from kerong.engines.rules import gaps

    lines = [
        f"{snapshot.rows:,} 家企业 × {len(catalogue.rules)} 条规则（{len(catalogue.criteria)} 个不同条件）",
        f"{catalogue.on} 的规则，判定用时 {judged:.3f} 秒",
        f"policies sha256 {catalogue.library.sha256[:16]}…",
        f"snapshot sha256 {snapshot.sha256[:16] or 'in memory'}…",
        "",
        f"{'符合':>8} {'差一条':>7} {'差一份材料':>5} {'不符合':>7} {'缺资料':>7}  规则",
    ]
    for row in counts:
        note = "（有条件未公布）" if row.unpublished else ""
        numbers = (row.met, row.near_miss, row.one_document_away, row.not_met, row.unknown)
        lines.append(" ".join(f"{n:>10,}" for n in numbers) + f"  {row.label}{note}")
    lines += ["差一份材料：只剩一个条件缺资料，补齐它要的材料就能判定；有的条件要不止一份。"]
    lines += ["", "哪些缺失的资料最要紧（企业×规则，判定因它而未知的次数；只差它一项的次数）"]
    lines += [
        f"{gap.held_up:>12,} {gap.sole:>12,}  {gap.label}"
        f"（{gap.holder_label}：{gap.document or '—'}；{len(gap.rules)} 条规则）"
        for gap in missing[:20]
    ]
    lines += ["", "按来源平台"]
    lines += [
        f"{held:>12,} {sole:>12,}  {label}（{facts} 项事实）"
        for label, facts, held, sole in gaps.by_holder(missing)
    ]
    return "\n".join(lines)

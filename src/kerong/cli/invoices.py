"""The command `kerong facts invoices`: invoice files in, a file of facts out."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kerong.cli.inputs import POLICIES, chosen_day, library_of_facts
from kerong.cli.storing import Landing, land, landing_options

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from kerong.adapters.invoices.columns import Direction
    from kerong.adapters.invoices.quality import FactColumn
    from kerong.adapters.invoices.reading import ReadFile
    from kerong.engines.invoices.features import InvoiceFacts
    from kerong.engines.rules.model import Library

_FILE = click.Path(path_type=Path)
_NOTHING_IMPORTED = 3


@click.command("invoices")
@click.option("--sales", type=_FILE, help="Invoices the firms issued (销项): csv, xlsx or Parquet.")
@click.option("--purchases", type=_FILE, help="Invoices the firms received (进项).")
@click.option("--output", "--out", "out", type=_FILE, required=True, help="Folder of the result.")
@click.option("--replace", is_flag=True, help="Replace an earlier result in that folder.")
@click.option(
    "--on",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Day of the facts [today in Shanghai]: whole months before it.",
)
@POLICIES
@landing_options
def invoices(  # noqa: PLR0913 - one parameter per option
    *,
    sales: Path | None,
    purchases: Path | None,
    out: Path,
    replace: bool,
    on: datetime | None,
    policies: Path | None,
    store: bool,
    source: str,
    basis: str,
    origin: str,
) -> None:
    """Work out the facts of firms from their invoices, for `kerong match`; with --store also for the service.

    Exit status: 0 written, 1 a file or the folder cannot be used, 3 no row could be used.
    """
    given: list[tuple[Direction, Path]] = []
    if sales is not None:
        given.append(("sale", sales))
    if purchases is not None:
        given.append(("purchase", purchases))
    if not given:
        raise click.UsageError("请给出 --sales、--purchases 或两者。")
    landing = Landing(source or "invoices", basis, origin)
    if store:
        landing.check()
    day, library = chosen_day(on), library_of_facts(policies)
    _check_output(out, replace=replace)
    files = [_read(path, direction) for direction, path in given]
    if not any(file.table.num_rows for file in files):
        click.echo("没有一行可以计入；逐条原因：", err=True)
        for file in files:
            for one in file.problems[:20]:
                click.echo(f"  第 {one.row} 行 {one.column}：{one.reason}", err=True)
        sys.exit(_NOTHING_IMPORTED)
    found = _finish(files, library, day, out)
    if store:
        headings = [one["column"] for part in ("columns", "columns_left_out") for one in found[part]]
        name = "、".join(path.name for _direction, path in given)
        land(out, found, landing, as_of=day, file_name=name, headings=headings)


def _finish(files: Sequence[ReadFile], library: Library, day: date, out: Path) -> dict[str, Any]:
    from kerong.adapters.invoices.quality import Span, report, report_text
    from kerong.adapters.invoices.storing import Result, store
    from kerong.adapters.registers.importing import FACTS_FILE
    from kerong.engines.rules.snapshot import SnapshotError, build_snapshot

    computed = _computed(files, day)
    columns = _columns(computed, library)
    window = computed.window
    found = report(files, columns, Span(day, window.start, window.end - timedelta(days=1)))

    def finish(folder: Path) -> None:
        # As for registers: the column store of `kerong match` appears together with the facts.
        build_snapshot(folder / FACTS_FILE, library.facts, folder / "snapshot", day)

    try:
        store(out, Result(computed.firms, columns, files, found), finish)
    except SnapshotError as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        raise click.ClickException(f"读写失败：{error}") from None
    click.echo(report_text(found))
    click.echo(f"\n已写入 {out}：{'、'.join(sorted(path.name for path in out.iterdir()))}")
    return found


def _computed(files: Sequence[ReadFile], day: date) -> InvoiceFacts:
    from kerong.engines.invoices.exact import TooLargeError
    from kerong.engines.invoices.features import compute
    from kerong.engines.invoices.table import make_invoices

    tables = {file.direction: file.table for file in files}
    try:
        return compute(make_invoices(tables.get("sale"), tables.get("purchase")), day)
    except TooLargeError as error:
        raise click.ClickException(f"金额太大，无法精确相加：{error}。请核对金额的单位。") from None


def _columns(computed: InvoiceFacts, library: Library) -> list[FactColumn]:
    import pyarrow as pa

    from kerong.adapters.invoices.quality import FactColumn
    from kerong.engines.invoices.exact import MISSING

    columns: list[FactColumn] = []
    for name, values in computed.columns.items():
        fact = library.facts.get(name)
        if fact is None:
            click.echo(f"facts.yaml 里没有 {name}：这一项不写入。", err=True)
            continue
        array: Any = pa.array(values, mask=values == MISSING)
        columns.append(FactColumn(name, fact.label, fact.unit.label, fact.unit.factor, array))
    return columns


def _read(path: Path, direction: Direction) -> ReadFile:
    from kerong.adapters.invoices.reading import read_invoices
    from kerong.adapters.registers.sources import SourceError

    try:
        with click.progressbar(
            length=1,
            label=f"读取 {path.name}",
            file=sys.stderr,
            show_pos=False,
            hidden=not sys.stderr.isatty(),
        ) as bar:

            def progress(done: int, total: int) -> None:
                bar.length = max(total, 1)
                bar.update(done - bar.pos)

            return read_invoices(path, direction, progress=progress)
    except SourceError as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        raise click.ClickException(f"读写失败：{error}") from None


def _check_output(out: Path, *, replace: bool) -> None:
    from kerong.adapters.registers.importing import OutputError, check_output

    try:
        check_output(out, replace=replace)
    except OutputError as error:
        raise click.ClickException(str(error)) from None

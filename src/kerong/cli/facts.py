"""The commands of `kerong facts`: import a register, and list what rules may mention."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kerong.basics.clock import SystemClock
from kerong.cli.inputs import library_of_facts
from kerong.cli.invoices import invoices
from kerong.cli.storing import Landing, connect, land, landing_options

if TYPE_CHECKING:
    from datetime import date, datetime

    from kerong.adapters.registers.importing import Opened, Request
    from kerong.engines.rules.model import Library

DEFAULT_OUT = Path(".kerong") / "facts"
SNAPSHOT_FOLDER = "snapshot"
_NOTHING_IMPORTED = 3


@click.group(help="Import registers of enterprises, and list the facts that rules may mention.")
def facts() -> None:
    """Group the commands about facts."""


facts.add_command(invoices)


@facts.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--mapping", type=click.Path(path_type=Path), help="YAML: which column means what.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder of the result [.kerong/facts/FILE].")
@click.option("--replace", is_flag=True, help="Replace an earlier result in that folder.")
@click.option("--report-only", is_flag=True, help="Check and report; store nothing.")
@click.option("--sheet", default="", help="Sheet of a workbook [the first].")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="Day of import [today in Shanghai].")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Day the register was true of [--on].")
@landing_options
def import_(  # noqa: PLR0913, PLR0917 - one parameter per option
    file: Path,
    mapping: Path | None,
    out: Path | None,
    replace: bool,  # noqa: FBT001 - click passes options by name
    report_only: bool,  # noqa: FBT001 - as above
    sheet: str,
    on: datetime | None,
    as_of: datetime | None,
    store: bool,  # noqa: FBT001 - as above
    source: str,
    basis: str,
    origin: str,
) -> None:
    """Import a register (csv, xlsx or Parquet) into a checked file of facts with a quality report.

    With --store the facts also land in the service's records, once for the same content.

    Exit status: 0 imported, 1 the file or the folder cannot be used, 3 no row could be imported.
    """
    from kerong.adapters.registers.importing import Request

    day = on.date() if on is not None else SystemClock().today()
    landing = Landing(source, basis, origin)
    if store:
        if report_only:
            raise click.UsageError("--store 和 --report-only 不能同时使用。")
        landing.check()
    folder = None if report_only else (out or DEFAULT_OUT / file.stem)
    request = Request(source=file, on=day, out=folder, mapping=mapping, sheet=sheet, replace=replace)
    library = library_of_facts()
    found = _import(request, library)
    click.echo(_text(found))
    if folder is not None:
        click.echo(f"\n已写入 {folder}：facts.parquet、problems.csv、quality.json、quality.html")
    if not found["rows"]["imported"]:
        click.echo("没有一行可以导入。", err=True)
        sys.exit(_NOTHING_IMPORTED)
    if store and folder is not None:
        headings = [one["column"] for part in ("columns", "columns_left_out") for one in found[part]]
        true_of = as_of.date() if as_of is not None else day
        land(folder, found, landing, as_of=true_of, file_name=file.name, headings=headings)


@facts.command("list")
def list_() -> None:
    """List every fact that a rule may mention: name, label, unit."""
    for fact in library_of_facts().facts.values():
        unit = fact.unit.label or fact.type
        origin = "（计算得出）" if fact.derived else "（由政策包得出）" if fact.published_by else ""
        click.echo(f"{fact.name}\t{fact.label}\t{unit}{origin}")


@facts.command("snapshot")
@click.option("--purpose", required=True, help="A registered purpose, e.g. statistics, demonstration.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder of the result.")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="Day of derived facts [today in Shanghai].")
def snapshot(*, purpose: str, out: Path, on: datetime | None) -> None:
    """Write what the platform may see of everybody for a purpose, for `kerong match`; the look is logged."""
    connect()
    from django.db import transaction

    from kerong.basics.acting import house_actor
    from kerong.records.consents.queries import WordError
    from kerong.records.evidence.actions import acting
    from kerong.records.facts.actions import make_snapshot

    try:
        with transaction.atomic(), acting(house_actor("kerong facts snapshot")):
            made = make_snapshot(purpose=purpose, folder=out, on=on.date() if on is not None else None)
    except (WordError, OSError) as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{made.rows:,} 家 × {len(made.names)} 项事实，已写入 {out}；摘要 {made.sha256}")


def _import(request: Request, library: Library) -> dict[str, Any]:
    from kerong.adapters.registers.columns import ColumnsError
    from kerong.adapters.registers.importing import OutputError, open_register
    from kerong.adapters.registers.sources import SourceError
    from kerong.adapters.registers.vocabulary import make_vocabulary
    from kerong.engines.rules.model import UNITS
    from kerong.engines.rules.snapshot import SnapshotError

    try:
        opened = open_register(request, make_vocabulary(library.facts.values(), UNITS.values()))
        _show_mapping(opened)
        return _read_with_progress(opened, library, request.on)
    except (SourceError, ColumnsError, OutputError, SnapshotError) as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        raise click.ClickException(f"读写失败：{error}") from None


def _read_with_progress(opened: Opened, library: Library, on: date) -> dict[str, Any]:
    from kerong.adapters.registers.importing import FACTS_FILE, import_register
    from kerong.engines.rules.snapshot import build_snapshot

    def finish(folder: Path) -> None:
        # The one place where the engine's column store is built; it appears together with the facts.
        build_snapshot(folder / FACTS_FILE, library.facts, folder / SNAPSHOT_FOLDER, on)

    _, total = opened.source.progress()
    with click.progressbar(length=total, label="读取", file=sys.stderr, show_pos=False) as bar:

        def progress(done: int, _total: int) -> None:
            bar.update(done - bar.pos)

        return import_register(opened, progress, finish)


def _show_mapping(opened: Opened) -> None:
    from kerong.adapters.registers.quality import columns_of
    from kerong.adapters.registers.quality_text import mapping_text

    click.echo(mapping_text(columns_of(opened.plan)) + "\n")


def _text(found: dict[str, Any]) -> str:
    from kerong.adapters.registers.quality_text import report_text

    return report_text(found)

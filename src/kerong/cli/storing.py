"""The options and the step by which `kerong facts import` and `kerong facts invoices` land in the records."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date
    from pathlib import Path

F = TypeVar("F", bound="Callable[..., Any]")
# What of a quality report is kept with a batch: counts, and never a row's content.
KEPT = ("rows", "problems", "missing", "window", "firms")


@dataclass(frozen=True, slots=True)
class Landing:
    """Where facts come from and why they may be kept, as the options say."""

    source: str
    basis: str
    origin: str

    def check(self) -> None:
        """Stop where a source or a ground is missing."""
        if not self.source or not self.basis:
            raise click.UsageError("--store 还需要 --source（来源）和 --basis（依据，例如 published）。")


def landing_options(command: F) -> F:
    """Give a command the options of landing in the records."""
    for option in reversed(
        (
            click.option("--store", is_flag=True, help="Land in the directory and the facts of the service."),
            click.option("--source", default="", help="Who states it, e.g. market_regulation."),
            click.option("--basis", default="", help="Why it may be kept: published, consent:…, statute:…"),
            click.option("--origin", default="", help="Which register or file exactly [the file's name]."),
        )
    ):
        command = option(command)
    return command


def land(  # noqa: PLR0913 - what a batch says of itself
    folder: Path,
    found: Mapping[str, Any],
    landing: Landing,
    *,
    as_of: date,
    file_name: str,
    headings: Iterable[str],
) -> None:
    """Carry the facts of a finished import into the records, and say what came of it."""
    connect()
    from django.db import transaction

    from kerong.adapters.registers.importing import FACTS_FILE
    from kerong.basics.acting import house_actor
    from kerong.records.evidence.actions import acting
    from kerong.records.facts.actions import ImportRefusedError, import_facts

    rows = found["rows"]
    quality = {key: found[key] for key in KEPT if key in found}
    quality["checks"] = [{"label": one["label"], "rows": one["rows"]} for one in found.get("checks", ())]
    try:
        with transaction.atomic(), acting(house_actor("kerong facts import")):
            batch, is_new = import_facts(
                parquet=folder / FACTS_FILE,
                source=landing.source,
                as_of=as_of,
                basis=landing.basis,
                origin=landing.origin or file_name,
                file_name=file_name,
                rows_read=rows["read"],
                rows_rejected=rows["rejected"],
                quality=quality,
                headings=headings,
            )
    except ImportRefusedError as error:
        raise click.ClickException(str(error)) from None
    if not is_new:
        click.echo(f"同样的内容已在批次 {batch.id} 入库，这次没有改动。")
        return
    click.echo(
        f"已入库：批次 {batch.id}，{batch.rows_imported:,} 家，其中新增 {batch.subjects_new:,} 家，"
        f"{batch.facts_stated:,} 项事实；摘要 {batch.digest}"
    )


def connect() -> None:
    """Set Django up for the database of the running service, or stop."""
    from kerong.cli.worker import use_running_database

    use_running_database()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kerong.portal.settings")
    import django

    django.setup()
    from django.conf import settings

    if not settings.DATABASES["default"]:
        raise click.ClickException(
            "There is no database. `kerong run` starts everything; or set DATABASE_URL."
        )

"""What several commands ask for: the folder of policies, the day of the law, a file of facts."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kerong.basics.clock import SystemClock
from kerong.basics.policies_folder import PoliciesNotFoundError, policies_folder

if TYPE_CHECKING:
    from datetime import date, datetime

    from kerong.engines.rules.compiler import Catalogue
    from kerong.engines.rules.model import Library, Mistake, Subject
    from kerong.engines.rules.snapshot import Snapshot

POLICIES = click.option(
    "--policies",
    type=click.Path(path_type=Path),
    help="Folder of policies [KERONG_POLICIES, or the one shipped].",
)
DAY = click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="Day of the law [today in Shanghai].")


def chosen_day(on: datetime | None) -> date:
    """Return the day asked for, or today in Shanghai."""
    return on.date() if on is not None else SystemClock().today()


def loaded(folder: Path | None) -> Library:
    """Load the policies, or print every mistake and stop with status 1."""
    from kerong.engines.rules.loading import read_library

    place = folder or policies_folder()
    if not place.is_dir():
        raise click.ClickException(f"{place} is not a folder. Give the folder that holds facts.yaml.")
    library, mistakes = read_library(place)
    stop_on(mistakes)
    return library


def library_of_facts(folder: Path | None = None) -> Library:
    """Load the facts, whatever is wrong with the packs; a fact with a mistake is said and left out."""
    from kerong.engines.rules.loading import read_library

    try:
        place = folder or policies_folder()
    except PoliciesNotFoundError as error:
        raise click.ClickException(str(error)) from None
    library, mistakes = read_library(place)
    wrong = [str(one) for one in mistakes if one.place.file == "facts.yaml"]
    if not library.facts:
        raise click.ClickException("policies/facts.yaml 读不出事实：\n" + "\n".join(wrong))
    if wrong:
        # A mistake elsewhere does not stand in the way of an import: a broken fact is not in the library.
        click.echo(
            f"policies/facts.yaml 有 {len(wrong)} 处错误（kerong check 可查看）；有错的事实不会导入。",
            err=True,
        )
    return library


def compiled(library: Library, on: date, subject: Subject | None = None) -> Catalogue:
    """Compile the law of a day (about one subject), or print every mistake and stop with status 1."""
    from kerong.engines.rules.compiler import compile_library
    from kerong.engines.rules.model import PolicyMistakesError

    try:
        return compile_library(library, on, subject=subject)
    except PolicyMistakesError as error:
        stop_on(error.mistakes)
        raise


def stop_on(mistakes: list[Mistake]) -> None:
    """Print every mistake and stop with status 1; do nothing when there is none."""
    if mistakes:
        for mistake in mistakes:
            click.echo(str(mistake), err=True)
        click.echo(f"{len(mistakes)} mistake(s); nothing was run.", err=True)
        sys.exit(1)


def opened_snapshot(place: Path, library: Library, on: date) -> Snapshot:
    """Open a snapshot folder, the folder of an import, or build a snapshot of a Parquet file of facts in memory."""
    from kerong.engines.rules.snapshot import SnapshotError, open_snapshot, read_parquet

    try:
        if place.is_dir():
            inner = place / "snapshot"
            return open_snapshot(inner if inner.is_dir() else place)
        if not place.exists():
            raise click.ClickException(
                f"{place} does not exist. Give a snapshot folder or a Parquet file of facts."
            )
        return read_parquet(place, library.facts, on)
    except SnapshotError as error:
        raise click.ClickException(str(error)) from error

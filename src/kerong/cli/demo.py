"""The commands of `kerong demo`: a synthetic population for files, and the list of demo firms."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import click

# As in kerong.demo.population, which is not imported for a help page.
DEFAULT_FIRMS, DEFAULT_SEED = 20_000, 20_261_123


@click.group(help="Make and drive the demo world. Everything in it is invented (演示数据).")
def demo() -> None:
    """Group the commands about the demo world."""


@demo.command()
@click.option("--firms", default=DEFAULT_FIRMS, show_default=True, help="How many firms.")
@click.option("--seed", default=DEFAULT_SEED, show_default=True, help="The same seed gives the same firms.")
@click.option(
    "--folder",
    "--out",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="Folder of the result.",
)
def population(*, firms: int, seed: int, folder: Path) -> None:
    """Write a synthetic population and say how near it is to published numbers.

    The folder gets facts.parquet, a snapshot, directory.parquet, history.parquet, events.parquet, made.json and
    calibration.json, which holds the report in full.
    """
    from kerong.basics.clock import SystemClock
    from kerong.demo import calibrated
    from kerong.demo.population import CALIBRATION_FILE, LABEL, build_population
    from kerong.engines.rules.loading import load_library
    from kerong.engines.rules.model import PolicyMistakesError

    began = time.perf_counter()
    try:
        library = load_library(_folder())
        snapshot = build_population(
            folder,
            library,
            SystemClock().today(),
            firms=firms,
            seed=seed,
            say=lambda line: click.echo(line, err=True),
        )
    except (PolicyMistakesError, ValueError, OSError) as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{LABEL}：{snapshot.rows:,} 家，用时 {time.perf_counter() - began:.1f} 秒")
    found = json.loads((folder / CALIBRATION_FILE).read_text(encoding="utf-8"))
    click.echo("\n".join([*calibrated.lines(found), str(folder), f"sha256 {snapshot.sha256}"]))


@demo.command()
def firms() -> None:
    """List the demo firms: code, name, story."""
    from kerong.demo.firms import DemoFirmsError, read_firms
    from kerong.engines.rules.loading import read_library

    library, _mistakes = read_library(_folder())
    try:
        for firm in read_firms(library.facts):
            click.echo(f"{firm.uscc}\t{firm.name}\t{firm.story}")
    except DemoFirmsError as error:
        raise click.ClickException(str(error)) from None


@demo.command()
@click.argument("user")
def code(*, user: str) -> None:
    """Print the present code of somebody's authenticator app, and the codes of what waits for their signature."""
    from kerong.cli.worker import use_running_database

    use_running_database()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kerong.portal.settings")
    os.environ.setdefault("KERONG_ENV", "demo")
    import django

    django.setup()
    from django.conf import settings

    from kerong.demo.cast import NoDemoError, code_of, pending_codes

    if not settings.DATABASES["default"]:
        raise click.ClickException("There is no database. Start the demo first: `kerong run`.")
    try:
        click.echo(f"{user}\t{code_of(user)}")
        for title, signer, signing_code in pending_codes(user):
            click.echo(f"{signer}\t{signing_code}\t{title}")
    except NoDemoError as error:
        raise click.ClickException(str(error)) from None


def _folder() -> Path:
    from kerong.basics.policies_folder import PoliciesNotFoundError, policies_folder

    try:
        return policies_folder()
    except PoliciesNotFoundError as error:
        raise click.ClickException(str(error)) from None

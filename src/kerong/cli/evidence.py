"""The commands `kerong evidence`: check it, take it out for an auditor, and open the service again after a look."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from kerong.cli.worker import use_running_database

NO_DATABASE = "django.db.backends.dummy"


@click.group()
def evidence() -> None:
    """Check the evidence, and take it out for an auditor."""
    use_running_database()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kerong.portal.settings")
    import django

    django.setup()
    from django.conf import settings

    # Django writes its placeholder for "no database" into the empty settings.
    if settings.DATABASES["default"].get("ENGINE", NO_DATABASE) == NO_DATABASE:
        raise click.ClickException(
            "There is no database. `kerong run` starts everything; or set DATABASE_URL."
        )


@evidence.command()
def check() -> None:
    """Read all evidence and every sealed row; name what does not hold. Answers 1 when something does not."""
    from django.db import transaction

    from kerong.basics.acting import house_actor
    from kerong.portal import witness
    from kerong.portal.jobs.integrity import check_all
    from kerong.records.evidence.actions import acting

    with transaction.atomic(), acting(house_actor("kerong evidence check")):
        contradiction = witness.disagreement()
        done, findings = check_all()
    for finding in findings:
        click.echo(f"{finding.what:<11}{finding.place}  {finding.detail}")
    if contradiction:
        click.echo(f"witness    {contradiction}")
    seconds = (done.ended_at - done.began_at).total_seconds()
    click.echo(
        f"{done.event_count} events, {done.row_count} sealed rows, {len(findings) + bool(contradiction)} findings, "
        f"{seconds:.1f} s"
    )
    sys.exit(1 if findings or contradiction else 0)


@evidence.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--rows", is_flag=True, help="With the sealed rows as they are now, confidential ones too.")
def export(folder: Path, *, rows: bool) -> None:
    """Write a bundle that verify_evidence.py inside it checks without Kerong."""
    from django.db import transaction

    from kerong.basics.acting import house_actor
    from kerong.portal.evidence_bundle import export_bundle
    from kerong.records.evidence.actions import acting

    if folder.exists():
        raise click.ClickException(f"{folder} is there already; name a folder that is not.")
    with transaction.atomic(), acting(house_actor("kerong evidence export")):
        counts = export_bundle(folder, with_rows=rows)
    click.echo(", ".join(f"{number} {what}" for what, number in counts.items()))
    click.echo(f"Check it anywhere: python {folder / 'verify_evidence.py'} {folder}")


@evidence.command(name="open")
@click.option("--because", required=True, help="Why it is right to write again; it is recorded.")
def open_(because: str) -> None:
    """Let the service write again after it closed itself, because somebody has looked."""
    from django.db import transaction

    from kerong.basics.acting import house_actor
    from kerong.portal import witness
    from kerong.records.evidence.actions import acting, record

    why = witness.closed_because()
    if not why:
        click.echo("The service was not closed.")
        return
    with transaction.atomic(), acting(house_actor("kerong evidence open")):
        record(
            stream="evidence",
            kind="opened_for_writing",
            content={"because": because},
            detail={"because": because},
        )
        contradiction = witness.disagreement()
    witness.open_again()
    click.echo(f"Open again. It was closed because: {why}")
    if contradiction:
        click.echo(
            f"It still holds, and within five minutes the service closes itself again: {contradiction}\n"
            f"When this is a backup that was restored on purpose, move the files aside, and keep them: "
            f"{witness.witness_folder()}"
        )

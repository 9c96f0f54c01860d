"""The commands about decisions: work them out again from their records."""

from __future__ import annotations

import sys
from collections import Counter

import click

from kerong.cli.storing import connect


@click.group(help="Look at the decisions that were stored.")
def decisions() -> None:
    """Group the commands about decisions."""


@decisions.command()
@click.argument("identifier", required=False)
@click.option("--all", "every", is_flag=True, help="Every decision.")
def replay(*, identifier: str | None, every: bool) -> None:
    """Re-evaluate decisions from their stored facts and their release's texts; say identical or what differs.

    Exit status: 0 all identical or lawfully not repeatable, 1 some differ or are damaged.
    """
    if bool(identifier) == every:
        raise click.UsageError("give the id of one decision, or --all")
    connect()
    from django.db import transaction

    from kerong.basics.acting import house_actor
    from kerong.records.evidence.actions import acting

    with transaction.atomic(), acting(house_actor("kerong decisions replay")):
        from kerong.records.decisions import queries

        ids = [identifier] if identifier else list(queries.decisions().values_list("id", flat=True))
        counts: Counter[str] = Counter()
        for each in ids:
            found = queries.replay(str(each))
            if found is None:
                raise click.ClickException(f"there is no decision {each}")
            counts[found.outcome] += 1
            click.echo(f"{found.decision}\t{found.outcome}")
            for line in found.differences:
                click.echo(f"  {line}")
    click.echo(", ".join(f"{count} {outcome}" for outcome, count in sorted(counts.items())) or "no decisions")
    sys.exit(1 if counts["different"] or counts["damaged"] else 0)

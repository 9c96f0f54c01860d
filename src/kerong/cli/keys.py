"""The commands `kerong keys`: show which keys there are, and give a purpose a new one."""

from __future__ import annotations

import click

from kerong.basics.crypto import FileKeyRing, KeyMissingError


@click.group()
def keys() -> None:
    """Show the keys of this installation, and rotate them. Secrets are never shown."""


@keys.command()
def show() -> None:
    """List id, purpose, algorithm, day of birth and state of every key."""
    for ring in _rings():
        for each in ring.keys():  # noqa: SIM118 - a ring is no mapping
            click.echo(
                f"{each.id}  {each.purpose:<14}{each.algorithm:<13}{each.created_at[:10]}  {each.state}"
            )


@keys.command()
@click.argument("purpose")
def rotate(purpose: str) -> None:
    """Retire the active key of PURPOSE and make a new one. What the old one sealed stays readable: keep the file."""
    for ring in _rings():
        if any(key.purpose == purpose for key in ring.keys()):  # noqa: SIM118 - a ring is no mapping
            new = ring.rotate(purpose)
            click.echo(f"{purpose}: {new.id} ({new.algorithm}) is active now. Back up the file of keys.")
            return
    raise click.ClickException(f"There is no key for {purpose}. `kerong keys show` lists the purposes.")


def _rings() -> list[FileKeyRing]:
    from kerong.portal.keys_file import rings

    try:
        return rings()
    except KeyMissingError as error:
        raise click.ClickException(str(error)) from error

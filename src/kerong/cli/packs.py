"""The commands about released packs: write a release's texts back as files."""

from __future__ import annotations

from pathlib import Path

import click

from kerong.cli.storing import connect


@click.group(help="Look at the released policies.")
def packs() -> None:
    """Group the commands about releases."""


@packs.command()
@click.option("--release", "number", type=int, help="Number of the release [the one in force today].")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def export(*, number: int | None, folder: Path) -> None:
    """Write the texts of a release into FOLDER, word for word, and say their hash.

    FOLDER must be new, empty, or hold the same texts.
    """
    connect()
    from django.db import transaction

    from kerong.basics.acting import house_actor
    from kerong.records.evidence.actions import acting

    with transaction.atomic(), acting(house_actor("kerong packs export")):
        from kerong.basics.clock import current_clock
        from kerong.records.packs import queries

        found = queries.release(number) if number else queries.current_release(today=current_clock().today())
        if found is None:
            raise click.ClickException("there is no such release" if number else "no release is in force")
        texts = queries.texts_of(found)
    if folder.exists() and any(folder.iterdir()) and queries.read_texts(folder) != texts:
        raise click.ClickException(f"{folder} holds other files; give a new folder")
    if folder.exists() and not any(folder.iterdir()):
        folder.rmdir()
    queries.write_texts(texts, folder)
    click.echo(f"release {found.number}: {len(texts)} files, sha256 {found.texts_sha256}")

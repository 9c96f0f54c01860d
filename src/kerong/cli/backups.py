"""The commands `kerong backup`, `kerong restore` and `kerong upgrade`."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER_VARIABLE = "KERONG_BACKUP_FOLDER"
_FOLDER = click.Path(path_type=Path, file_okay=False)
_PASSPHRASE = click.option(
    "--passphrase-file",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    envvar="KERONG_BACKUP_PASSPHRASE_FILE",
    help="File whose first line encrypts the backup.",
)


@click.command()
@click.argument("folder", type=_FOLDER, envvar=FOLDER_VARIABLE, required=False)
@click.option("--keep", default=14, show_default=True, help="How many backups stay in the folder.")
@_PASSPHRASE
def backup(folder: Path | None, *, keep: int, passphrase_file: Path | None) -> None:
    """Back up database, files, secrets and keys into a new folder inside FOLDER [KERONG_BACKUP_FOLDER]."""
    with _told_plainly():
        _print_made(_make(folder, keep=keep, passphrase_file=passphrase_file))


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.option("--replace", is_flag=True, help="Replace what is there; files are moved aside, rows are not.")
@click.option(
    "--bundle",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Bundle of evidence taken out after the backup: lists what must be done again.",
)
@_PASSPHRASE
def restore(folder: Path, *, replace: bool, bundle: Path | None, passphrase_file: Path | None) -> None:
    """Restore a backup into an empty installation and compare the result with its manifest."""
    from kerong.portal.backups import restore_backup

    with _told_plainly():
        manifest, seconds = restore_backup(
            folder, passphrase=_passphrase(passphrase_file), replace=replace, say=_say
        )
    click.echo(
        f"Restored {manifest.row_count:,} rows of {manifest.made_at[:16]} in {seconds:g} s; every table and the root "
        f"over {manifest.evidence_size:,} events are those of the backup."
    )
    if bundle is not None:
        _print_lost(bundle, manifest.evidence_size)
    click.echo(
        "Before you open the service: what was withdrawn or removed after that moment is back. "
        "`docs/how_to/back_up_and_restore.md` says how to find it and do it again. "
        "Then: kerong run, or start your units."
    )


@click.command()
@click.argument("folder", type=_FOLDER, envvar=FOLDER_VARIABLE, required=False)
@_PASSPHRASE
def upgrade(folder: Path | None, *, passphrase_file: Path | None) -> None:
    """Back up, bring the tables up to date, and check; stops before anything changes when the backup fails."""
    with _told_plainly():
        made = _make(folder, keep=14, passphrase_file=passphrase_file)
        _print_made(made)
        back = f"To go back: end the service, install the former version, and run\n  kerong restore --replace {made}"
        try:
            _say("tables")
            problems = _migrate_and_check()
        except Exception as error:
            raise click.ClickException(f"The upgrade failed: {error}\n{back}") from error
    if problems:
        raise click.ClickException("The upgrade is not sound:\n" + "\n".join(problems) + f"\n{back}")
    click.echo(f"The tables are up to date. {back}")


def _print_lost(bundle: Path, size: int) -> None:
    from kerong.portal.backups.lost import lost_events

    with _told_plainly():
        found = lost_events(bundle, size=size)
    click.echo(f"The bundle knows {len(found):,} events after this backup. To be done again first:")
    for each in found:
        if each.is_urgent:
            click.echo(f"  {each.at}  {each.kind}  {each.subject}  {each.row}")


def _make(folder: Path | None, *, keep: int, passphrase_file: Path | None) -> Path:
    from kerong.portal.backups import make_backup
    from kerong.portal.home import home_folder

    return make_backup(
        folder or home_folder() / "backups", passphrase=_passphrase(passphrase_file), keep=keep, say=_say
    )


def _print_made(made: Path) -> None:
    from kerong.portal.backups import manifest

    read = manifest.read(made)
    click.echo(
        f"{made}\n{read.row_count:,} rows in {len(read.tables)} tables, {read.evidence_size:,} events, "
        f"{read.size / 1e6:.1f} MB, {read.seconds:g} s{', encrypted' if read.is_encrypted else ''}"
    )
    if not read.is_encrypted:
        click.echo(
            "It holds secrets and keys in clear: keep it where only you can read it, or use --passphrase-file."
        )


def _migrate_and_check() -> list[str]:
    """Migrate as the owner and run Django's checks and the ledger's invariants; return what is wrong."""
    from kerong.portal.postgres import APP_ROLE, OWNER_ROLE, PostgresServer

    if not os.environ.get("DATABASE_URL"):
        server = PostgresServer()
        server.start()
        server.ensure_databases()
        os.environ["DATABASE_URL"], os.environ["DATABASE_OWNER_URL"] = (
            server.dsn(APP_ROLE),
            server.dsn(OWNER_ROLE),
        )
        try:
            return _checked()
        finally:
            server.stop()
    return _checked()


def _checked() -> list[str]:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kerong.portal.settings")
    import django

    django.setup()
    from django.core import checks
    from django.db import connections

    from kerong.portal.owner_connection import migrate

    migrate()
    try:
        return [str(each) for each in checks.run_checks(include_deployment_checks=False) if each.is_serious()]
    finally:
        connections.close_all()
        for connection in connections.all(initialized_only=True):
            connection.close_pool()


def _passphrase(file: Path | None) -> str:
    if file is None:
        return ""
    lines = file.read_text(encoding="utf-8").splitlines()
    if not lines or not lines[0]:
        raise click.ClickException(f"{file} is empty: its first line is the passphrase.")
    return lines[0]


def _say(line: str) -> None:
    click.echo(f"· {line}", err=True)


@contextmanager
def _told_plainly() -> Iterator[None]:
    from kerong.portal.backups import BackupError
    from kerong.portal.home import HomeError
    from kerong.portal.postgres import PostgresError

    try:
        yield
    except (BackupError, PostgresError, HomeError) as error:
        raise click.ClickException(str(error)) from error

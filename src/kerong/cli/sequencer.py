"""The command `kerong sequencer`: gives evidence its places, signs checkpoints, and watches the witness."""

from __future__ import annotations

import os

import click

from kerong.cli.worker import use_running_database


@click.command()
def sequencer() -> None:
    """Number and sign the evidence until ended. The only process that reads the evidence's key."""
    use_running_database()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kerong.portal.settings")
    import django

    django.setup()
    from django.conf import settings

    from kerong.portal.sequencer import serve

    if not settings.DATABASES["default"]:
        raise click.ClickException(
            "There is no database. `kerong run` starts everything; or set DATABASE_URL."
        )
    serve()

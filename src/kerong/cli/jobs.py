"""The command `kerong jobs`: runs what is due in the background."""

from __future__ import annotations

import os

import click

from kerong.cli.worker import use_running_database


@click.command()
def jobs() -> None:
    """Run background jobs until ended: what pages left for later, and what is due by the clock."""
    use_running_database()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kerong.portal.settings")
    import django

    django.setup()
    from django.conf import settings

    from kerong.portal.jobs.worker import serve

    if not settings.DATABASES["default"]:
        raise click.ClickException(
            "There is no database. `kerong run` starts everything; or set DATABASE_URL."
        )
    serve(settings.KERONG_ENV)

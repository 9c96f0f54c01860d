#!/usr/bin/env python
"""Django's command line; commands that change tables run as the owner of the database."""

from __future__ import annotations

import os
import sys

OWNER_COMMANDS = {"migrate", "sqlflush", "flush"}


def main() -> None:
    """Run one of Django's commands."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kerong.portal.settings")
    import django
    from django.core.management import execute_from_command_line

    if OWNER_COMMANDS.isdisjoint(sys.argv[1:2]):
        execute_from_command_line(sys.argv)
        return
    django.setup()
    from kerong.portal.owner_connection import as_owner

    with as_owner():
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()

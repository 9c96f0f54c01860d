"""Releases from before there was evidence get their seals, once and here: what was changed before stays unseen.

A text that does not have its own digest gets no seal, and so the integrity check names it. A later step that seals whatever has no seal would bless a release that somebody slipped in; a migration runs once.
The events name nobody as their actor and say `sealed_at_upgrade`. The columns are written out, because a migration
must not follow what a later version covers.
"""

import hashlib

from django.db import migrations
from django.utils import timezone

from kerong.basics.canonical import digest
from kerong.basics.identifiers import new_identifier

TABLES = {
    "Release": (
        *("id", "number", "released_at", "released_by", "document_number", "in_force_from", "note", "origin"),
        *("library_sha256", "texts_sha256", "attachment", "attachment_sha256", "draft", "approval", "correction"),
    ),
    "ReleaseText": ("id", "release_id", "path", "text", "sha256"),
}
BATCH = 200


def holds(row):
    text = getattr(row, "text", None)
    return text is None or hashlib.sha256(text.encode()).hexdigest() == row.sha256


def seal_old_releases(apps, schema_editor):
    del schema_editor
    events = apps.get_model("evidence", "Event")
    now = timezone.now()
    for name, columns in TABLES.items():
        model = apps.get_model("packs", name)
        table = model._meta.db_table
        sealed = set(events.objects.filter(row_table=table).values_list("row_id", flat=True))
        rows = [
            row
            for row in model.objects.order_by("pk").iterator(BATCH)
            if str(row.pk) not in sealed and holds(row)
        ]
        events.objects.bulk_create(
            (
                events(
                    id=new_identifier(now),
                    stream="packs",
                    kind="sealed_at_upgrade",
                    occurred_at=now,
                    row_table=table,
                    row_id=str(row.pk),
                    row_fields=list(columns),
                    content_digest=digest({column: getattr(row, column) for column in columns}),
                    detail={},
                )
                for row in rows
            ),
            batch_size=BATCH,
        )


class Migration(migrations.Migration):

    dependencies = [("packs", "0004_guards_of_drafts"), ("evidence", "0005_queue")]

    operations = [migrations.RunPython(seal_old_releases, migrations.RunPython.noop)]

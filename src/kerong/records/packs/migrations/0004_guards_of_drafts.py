"""Whose drafts a session sees, and versions that are never changed."""

from django.db import migrations

from kerong.basics.guarded_tables import append_only, isolate, isolate_by_parent

READERS = ("packs.review", "packs.approve", "audit.read")
STATEMENTS = (
    *isolate("packs_draft", duties=READERS),
    *isolate_by_parent("packs_draftversion", parent="packs_draft", key="draft_id"),
    *isolate_by_parent("packs_submission", parent="packs_draftversion", key="version_id"),
    *append_only("packs_draft"),
    *append_only("packs_draftversion"),
    *append_only("packs_submission"),
)


class Migration(migrations.Migration):

    dependencies = [("packs", "0003_drafts"), ("evidence", "0002_guards")]

    operations = [migrations.RunSQL(statement, migrations.RunSQL.noop) for statement in STATEMENTS]

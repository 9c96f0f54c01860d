"""Whose decisions a session sees, and rows that are never changed."""

from django.db import migrations

from kerong.basics.guarded_tables import append_only, isolate, isolate_by_parent

STATEMENTS = (
    *isolate("decisions_decision", readers="readers", duties=("audit.read",)),
    *isolate_by_parent("decisions_review", parent="decisions_decision", key="decision_id"),
    *isolate_by_parent("decisions_removal", parent="decisions_decision", key="decision_id"),
    *append_only("decisions_decision"),
    *append_only("decisions_review"),
    *append_only("decisions_removal"),
)


class Migration(migrations.Migration):

    dependencies = [("decisions", "0001_initial"), ("evidence", "0002_guards")]

    operations = [migrations.RunSQL(statement, migrations.RunSQL.noop) for statement in STATEMENTS]

"""Whose approvals a session sees, and decisions that are never changed."""

from django.db import migrations

from kerong.basics.guarded_tables import append_only, isolate, isolate_by_parent

DECIDERS = "EXISTS (SELECT 1 FROM unnest(open_to) AS duty WHERE kerong_has(duty))"
STATEMENTS = (
    *isolate("approvals_approval", readers="readers", duties=("audit.read",), also=DECIDERS),
    *isolate_by_parent("approvals_stepdecision", parent="approvals_approval", key="approval_id"),
    *append_only("approvals_stepdecision"),
)


class Migration(migrations.Migration):

    dependencies = [("approvals", "0001_initial"), ("evidence", "0002_guards")]

    operations = [migrations.RunSQL(statement, migrations.RunSQL.noop) for statement in STATEMENTS]

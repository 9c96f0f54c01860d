"""Who sees which case: those who take part; supervisors what was escalated; reasons inside an institution nobody else."""

from django.db import migrations

from kerong.basics.guarded_tables import append_only, isolate, isolate_by_parent

CHILDREN = ("cases_participant", "cases_externalnumber", "cases_caseevent", "cases_runningclock")
ESCALATED = "is_escalated AND (SELECT kerong_has('cases.supervise'))"
STATEMENTS = [
    *isolate("cases_case", readers="readers", also=ESCALATED),
    *(statement for table in CHILDREN for statement in isolate_by_parent(table, parent="cases_case", key="case_id")),
    *isolate("cases_internalreason"),
    *append_only("cases_caseevent"),
    *append_only("cases_internalreason"),
    *append_only("cases_frozenworkflow"),
]


class Migration(migrations.Migration):

    dependencies = [("cases", "0001_initial"), ("evidence", "0002_guards")]

    operations = [migrations.RunSQL(statement, migrations.RunSQL.noop) for statement in STATEMENTS]

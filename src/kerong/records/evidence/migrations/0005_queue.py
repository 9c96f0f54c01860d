"""Every event is queued for its place in the chain as it is written, one statement for each batch."""

from django.db import migrations

from kerong.basics.guarded_tables import append_only

QUEUE = """
CREATE FUNCTION evidence_queue() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO evidence_pending (event_id, queued_at) SELECT id, occurred_at FROM added;
    RETURN NULL;
END
$$;
CREATE TRIGGER queue AFTER INSERT ON evidence_event REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION evidence_queue();
"""


class Migration(migrations.Migration):

    dependencies = [("evidence", "0004_chain_and_checks")]

    operations = [
        migrations.RunSQL(QUEUE, "DROP TRIGGER queue ON evidence_event; DROP FUNCTION evidence_queue()"),
        *(
            migrations.RunSQL(statement, migrations.RunSQL.noop)
            for table in ("evidence_node", "evidence_finding", "evidence_check")
            for statement in append_only(table)
        ),
    ]

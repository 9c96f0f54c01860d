"""Whose rows of the outbox a session sees, what never changes, and that the application may call the job queue."""

from django.db import migrations

from kerong.basics.guarded_tables import append_only, isolate, isolate_by_parent

# An endpoint's owner is the owner of its deliveries: the database itself insists on it.
SAME_OWNER = """
ALTER TABLE outbox_delivery ADD CONSTRAINT outbox_delivery_endpoint_of_owner
    FOREIGN KEY (owner, endpoint_id) REFERENCES outbox_endpoint (owner, id)
"""

# Exactly these kinds of functions, and for whoever may use the queue's table: default privileges give nobody any.
QUEUE = """
DO $$
DECLARE grantee_name text; called regprocedure;
BEGIN
    FOR grantee_name IN
        SELECT DISTINCT grantee FROM information_schema.role_table_grants
        WHERE table_schema = current_schema() AND table_name = 'procrastinate_jobs'
          AND grantee <> current_user AND grantee <> 'PUBLIC'
    LOOP
        FOR called IN
            SELECT oid::regprocedure FROM pg_proc
            WHERE pronamespace = current_schema()::regnamespace
              AND starts_with(proname, 'procrastinate_') AND prorettype <> 'trigger'::regtype
        LOOP
            EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I', called, grantee_name);
        END LOOP;
    END LOOP;
END
$$;
"""

GUARDS = [
    *isolate("outbox_message", readers="audience", duties=("audit.read",)),
    "CREATE TRIGGER refuse_change BEFORE UPDATE ON outbox_message"
    " FOR EACH ROW EXECUTE FUNCTION kerong_refuse_change()",
    *isolate("outbox_endpoint"),
    *isolate("outbox_delivery"),
    SAME_OWNER,
    *isolate_by_parent("outbox_attempt", parent="outbox_delivery", key="delivery_id"),
    *append_only("outbox_attempt"),
    *isolate("outbox_storedanswer"),
    *isolate("outbox_jobrun", duties=("system.manage", "audit.logs")),
    *isolate("outbox_alarm", duties=("system.manage", "audit.logs")),
    *isolate("outbox_received", owner="sender"),
]


class Migration(migrations.Migration):

    dependencies = [
        ("outbox", "0001_initial"),
        ("evidence", "0002_guards"),
        ("procrastinate", "0041_post_retry_failed_job"),
    ]

    operations = [
        *(migrations.RunSQL(statement, migrations.RunSQL.noop) for statement in GUARDS),
        migrations.RunSQL(QUEUE, migrations.RunSQL.noop),
    ]

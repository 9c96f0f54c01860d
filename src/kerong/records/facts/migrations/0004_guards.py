"""Whose rows a session sees, what never changes, and that a step belongs to the dispute of the same subject."""

from django.db import migrations

from kerong.basics.guarded_tables import append_only, isolate

# Demo firms may be read by anybody for demonstration: they are invented.
ISOLATED = [
    *isolate("facts_observation", also="is_demo"),
    *isolate("facts_dossier", also="is_demo"),
    # Whoever looked may see that they looked; auditors see all look-ups, and no fact.
    *isolate(
        "facts_factlookup", duties=("audit.read", "audit.logs"), also="party = (SELECT kerong_party())"
    ),
    *isolate("facts_dispute", duties=("disputes.handle", "cases.supervise")),
    *isolate("facts_disputestep", duties=("disputes.handle", "cases.supervise")),
    *isolate("facts_declaration"),
    *isolate("facts_importbatch", duties=("facts.import", "audit.read")),
]

# A demo is made anew from its files; everything else that was observed stays as it was observed.
KEEP_OBSERVATIONS = """
CREATE FUNCTION facts_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.is_demo THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'observations are never changed or removed (%); state a new one instead', TG_OP
        USING ERRCODE = 'insufficient_privilege';
END
$$;
-- Not called refuse_change: that name promises that even the privilege to delete is gone.
CREATE TRIGGER keep_real_observations BEFORE UPDATE OR DELETE ON facts_observation
    FOR EACH ROW EXECUTE FUNCTION facts_refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON facts_observation
    FOR EACH STATEMENT EXECUTE FUNCTION kerong_refuse_change();
DO $$
DECLARE grantee_name text;
BEGIN
    FOR grantee_name IN
        SELECT DISTINCT grantee FROM information_schema.role_table_grants
        WHERE table_schema = current_schema() AND table_name = 'facts_observation'
          AND grantee <> current_user AND grantee <> 'PUBLIC'
    LOOP
        EXECUTE format('REVOKE UPDATE, TRUNCATE ON facts_observation FROM %I', grantee_name);
    END LOOP;
END
$$;
"""

STEP_OF_DISPUTE = """
ALTER TABLE facts_disputestep ADD CONSTRAINT facts_step_of_its_dispute
    FOREIGN KEY (owner, dispute_id) REFERENCES facts_dispute (owner, id) DEFERRABLE INITIALLY DEFERRED
"""

APPEND_ONLY = ("facts_factlookup", "facts_disputestep", "facts_declaration", "facts_importbatch")


class Migration(migrations.Migration):

    dependencies = [("facts", "0003_the_door"), ("evidence", "0002_guards")]

    operations = [
        migrations.RunSQL(STEP_OF_DISPUTE, "ALTER TABLE facts_disputestep DROP CONSTRAINT facts_step_of_its_dispute"),
        *(migrations.RunSQL(statement, migrations.RunSQL.noop) for statement in ISOLATED),
        migrations.RunSQL(KEEP_OBSERVATIONS, "DROP FUNCTION facts_refuse_change() CASCADE"),
        *(
            migrations.RunSQL(statement, migrations.RunSQL.noop)
            for table in APPEND_ONLY
            for statement in append_only(table)
        ),
    ]

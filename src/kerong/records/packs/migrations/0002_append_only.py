"""Releases and their texts are never changed: triggers refuse it to everybody, privileges to the application."""

from django.db import migrations

TABLES = ("packs_release", "packs_releasetext")

FORWARDS = """
CREATE FUNCTION packs_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a release is never changed or deleted (% on %); make a new release instead', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END
$$;
"""

# A text may only come in the same transaction as its release: later it would change what was released. A row that
# we can see although its transaction is still in progress is our own, in whatever savepoint it was made.
TEXT_WITH_RELEASE = """
CREATE FUNCTION packs_refuse_late_text() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM packs_release
        WHERE id = NEW.release_id AND pg_xact_status(
            ((((pg_current_xact_id()::text::bigint >> 32) << 32) | xmin::text::bigint)::text)::xid8
        ) = 'in progress'
    ) THEN
        RAISE EXCEPTION 'texts are added together with their release, never later'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$;
"""


def guarded(table: str) -> str:
    return f"""
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION packs_refuse_change();
DO $$
DECLARE grantee_name text;
BEGIN
    FOR grantee_name IN
        SELECT DISTINCT grantee FROM information_schema.role_table_grants
        WHERE table_name = '{table}' AND grantee <> current_user AND grantee <> 'PUBLIC'
    LOOP
        EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM %I', grantee_name);
    END LOOP;
END
$$;
"""


class Migration(migrations.Migration):

    dependencies = [("packs", "0001_initial")]

    operations = [
        migrations.RunSQL(FORWARDS, "DROP FUNCTION packs_refuse_change()"),
        migrations.RunSQL(TEXT_WITH_RELEASE, "DROP FUNCTION packs_refuse_late_text()"),
        *(
            migrations.RunSQL(guarded(table), f"DROP TRIGGER refuse_change ON {table}")
            for table in TABLES
        ),
        migrations.RunSQL(
            "CREATE TRIGGER refuse_late_text BEFORE INSERT ON packs_releasetext"
            " FOR EACH ROW EXECUTE FUNCTION packs_refuse_late_text()",
            "DROP TRIGGER refuse_late_text ON packs_releasetext",
        ),
    ]

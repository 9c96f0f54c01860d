"""Who the session is, in SQL, and triggers that refuse every change: what all later records' guards rest on."""

from django.db import migrations

from kerong.basics.guarded_tables import append_only, grant_execute

# A setting that was local to an ended transaction is '' and not null.
WHO = """
CREATE FUNCTION kerong_party() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT nullif(current_setting('kerong.party', true), '') $$;
CREATE FUNCTION kerong_person() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT nullif(current_setting('kerong.person', true), '') $$;
CREATE FUNCTION kerong_user() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT nullif(current_setting('kerong.user', true), '') $$;
CREATE FUNCTION kerong_has(duty text) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT position(',' || duty || ',' IN coalesce(current_setting('kerong.duties', true), '')) > 0 $$;
CREATE FUNCTION kerong_is_house() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT coalesce(current_setting('kerong.house', true), '') = 'on' $$;
"""

REFUSE = """
CREATE FUNCTION kerong_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed or removed (%); add a new one instead', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'insufficient_privilege';
END
$$;
"""

FUNCTIONS = ("kerong_party()", "kerong_person()", "kerong_user()", "kerong_has(text)", "kerong_is_house()")
TABLES = ("evidence_event", "evidence_link", "evidence_checkpoint")


class Migration(migrations.Migration):

    dependencies = [("evidence", "0001_initial")]

    operations = [
        migrations.RunSQL(WHO, "; ".join(f"DROP FUNCTION {name}" for name in FUNCTIONS)),
        migrations.RunSQL(REFUSE, "DROP FUNCTION kerong_refuse_change()"),
        *(migrations.RunSQL(grant_execute(name), migrations.RunSQL.noop) for name in FUNCTIONS),
        *(
            migrations.RunSQL(statement, migrations.RunSQL.noop)
            for table in TABLES
            for statement in append_only(table)
        ),
    ]

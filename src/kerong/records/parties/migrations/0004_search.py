"""Names are searched by their parts: an index of every two neighbouring characters, by functions of our own.

No extension and no dictionary; see docs/decisions/0011. Functions that an index uses call nothing but PostgreSQL's own,
because maintenance runs them with another search path.
"""

from django.db import migrations

# It takes some ten microseconds a name. Told so, the planner does not read names one by one where the index would do.
PARTS = """
CREATE FUNCTION parties_name_parts(name text) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 1000
AS $$
    SELECT array_agg(substr(lower(translate(name, '（）　', '() ')), place, 2))
    FROM generate_series(1, length(name) - 1) AS place
$$;
COMMENT ON FUNCTION parties_name_parts(text) IS 'Every two neighbouring characters of a name, for the search';
"""

INDEX = """
CREATE INDEX parties_enterprise_parts ON parties_enterprise USING gin (parties_name_parts(name));
"""

# Only the owner may refresh the planner's figures; the application may ask for it after it loaded the directory.
ANALYZE = """
CREATE FUNCTION parties_analyze_directory() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT
AS $$ BEGIN ANALYZE parties_enterprise; END $$;
COMMENT ON FUNCTION parties_analyze_directory() IS 'Refreshes the figures by which searches are planned';
"""

FUNCTIONS = ("parties_plain_name(text)", "parties_name_parts(text)", "parties_analyze_directory()")

# Functions are granted on purpose, to whoever may read the table.
GRANTS = """
DO $$
DECLARE grantee_name text;
BEGIN
    FOR grantee_name IN
        SELECT DISTINCT grantee FROM information_schema.role_table_grants
        WHERE table_name = 'parties_enterprise' AND grantee <> current_user AND grantee <> 'PUBLIC'
    LOOP
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I', '{function}', grantee_name);
    END LOOP;
END
$$;
"""


class Migration(migrations.Migration):

    dependencies = [("parties", "0003_directory")]

    operations = [
        migrations.RunSQL(PARTS, "DROP FUNCTION parties_name_parts(text)"),
        migrations.RunSQL(INDEX, "DROP INDEX parties_enterprise_parts"),
        migrations.RunSQL(ANALYZE, "DROP FUNCTION parties_analyze_directory()"),
        *(
            migrations.RunSQL(GRANTS.replace("{function}", function), migrations.RunSQL.noop)
            for function in FUNCTIONS
        ),
    ]

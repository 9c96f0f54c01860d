"""How a name is written for the search: a function that the directory's table and its index are made with."""

from django.db import migrations

PLAIN = """
CREATE FUNCTION parties_plain_name(name text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ SELECT lower(translate(name, '（）　', '() ')) $$;
COMMENT ON FUNCTION parties_plain_name(text) IS 'A name as it is searched: lower case, plain brackets and spaces';
"""



class Migration(migrations.Migration):

    dependencies = [("parties", "0001_initial")]

    operations = [migrations.RunSQL(PLAIN, "DROP FUNCTION parties_plain_name(text)")]

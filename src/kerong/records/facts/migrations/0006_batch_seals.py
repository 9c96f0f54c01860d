"""Every row of a batch keeps the digest it came with; the function that works it out is the database's own."""

from django.db import migrations, models

from kerong.basics.guarded_tables import grant_execute

# Numbers instead of printed days and moments, whose form depends on settings of the session.
SEAL = """
CREATE FUNCTION facts_observation_seal(t facts_observation) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT sha256(convert_to(concat_ws(E'\\n', t.id, t.owner, t.source, t.origin, t.as_of - date '2000-01-01',
        (extract(epoch FROM t.stated_at) * 1000000)::bigint, t.basis, t.batch, t."values", t.is_demo), 'UTF8'))
$$;
"""


class Migration(migrations.Migration):

    dependencies = [("facts", "0005_demonstration"), ("evidence", "0005_queue")]

    operations = [
        migrations.AddField(
            model_name="observation",
            name="row_seal",
            field=models.BinaryField(null=True, verbose_name="行摘要"),
        ),
        migrations.RunSQL(SEAL, "DROP FUNCTION facts_observation_seal(facts_observation)"),
        migrations.RunSQL(grant_execute("facts_observation_seal(facts_observation)"), migrations.RunSQL.noop),
    ]

"""Row security of the notices: each person sees what was told to the person or to the party acted for."""

from django.db import migrations

from kerong.basics.guarded_tables import isolate, isolate_by_parent

# A notice with both names is for that person acting for that party, so the party alone does not see it.
PARTY_ALONE = "(CASE WHEN to_person = '' THEN to_party END)"
PERSON = "to_person = (SELECT kerong_person()) AND (to_party = '' OR to_party = (SELECT kerong_party()))"
OWN_ACCOUNT = "(\"user\" = (SELECT kerong_user()) OR (SELECT kerong_is_house()))"


def own_account(table):
    return [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY own ON {table} USING {OWN_ACCOUNT} WITH CHECK {OWN_ACCOUNT}",
    ]


STATEMENTS = [
    *isolate("notices_notice", owner=PARTY_ALONE, also=PERSON),
    *isolate("notices_reminder", owner=PARTY_ALONE, also=PERSON),
    # The two that follow narrow each other: a mark of a notice that one sees, of one's own account.
    *isolate_by_parent("notices_readmark", parent="notices_notice", key="notice_id"),
    "CREATE POLICY own ON notices_readmark AS RESTRICTIVE"
    f" USING {OWN_ACCOUNT} WITH CHECK {OWN_ACCOUNT}",
    *own_account("notices_preference"),
    # Who is mailed, and whether it arrived, is the service's own business.
    "ALTER TABLE notices_mail ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE notices_mail FORCE ROW LEVEL SECURITY",
    "CREATE POLICY house ON notices_mail USING ((SELECT kerong_is_house())) WITH CHECK ((SELECT kerong_is_house()))",
]


class Migration(migrations.Migration):

    dependencies = [("notices", "0001_initial"), ("evidence", "0002_guards")]

    operations = [migrations.RunSQL(statement, migrations.RunSQL.noop) for statement in STATEMENTS]

"""Financings are shown to the firm, the creditor and the named readers; agreements and events never change."""

from django.db import migrations

from kerong.basics.guarded_tables import append_only, isolate

AUDIT = ("audit.read",)
# Whoever sees the agreement sees what happened to it; writing stays with the owner and the house.
WITH_FINANCING = "EXISTS (SELECT 1 FROM financings_financing AS parent WHERE parent.id = {table}.financing_id)"
CHILDREN = ("financings_event", "financings_standing")

OWNERS = [
    f"ALTER TABLE {table} ADD CONSTRAINT {table}_same_owner"
    " FOREIGN KEY (owner, financing_id) REFERENCES financings_financing (owner, id)"
    for table in CHILDREN
]
# A debtor reads its financings and does not write them.
READ_ONLY = [
    statement
    for table in ("financings_financing", *CHILDREN)
    for statement in (
        f"ALTER POLICY added ON {table} WITH CHECK ((SELECT kerong_is_house()))",
        f"ALTER POLICY changed ON {table} USING ((SELECT kerong_is_house())) WITH CHECK ((SELECT kerong_is_house()))",
    )
]
ISOLATED = [
    *isolate("financings_financing", readers="readers", duties=AUDIT),
    *(statement for table in CHILDREN for statement in isolate(table, also=WITH_FINANCING.format(table=table))),
]


class Migration(migrations.Migration):

    dependencies = [("financings", "0001_initial"), ("evidence", "0002_guards")]

    operations = [
        migrations.RunSQL(statement, migrations.RunSQL.noop)
        for statement in (
            *OWNERS,
            *ISOLATED,
            *READ_ONLY,
            *append_only("financings_financing"),
            *append_only("financings_event"),
        )
    ]

"""A share and a version belong to the owner of the first version: the database itself compares the pair."""

from django.db import migrations

PAIR = "FOREIGN KEY (owner, series) REFERENCES documents_document (owner, id)"


class Migration(migrations.Migration):

    dependencies = [("documents", "0002_guards")]

    operations = [
        migrations.RunSQL(
            f"ALTER TABLE {table} ADD CONSTRAINT {table}_one_owner {PAIR}",
            f"ALTER TABLE {table} DROP CONSTRAINT {table}_one_owner",
        )
        for table in ("documents_share", "documents_document")
    ]

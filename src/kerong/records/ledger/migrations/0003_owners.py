"""Foreign keys do not ask row security, so children name their parent's owner too; a book has a keeper, as accounts do."""

import importlib

import django.db.models.deletion
from django.db import migrations, models

_guards = importlib.import_module("kerong.records.ledger.migrations.0002_guards")

# Child, its columns, parent, the parent's columns.
KEYS = (
    ("ledger_balance", "owner, account_id", "ledger_account", "owner, id"),
    ("ledger_daytotal", "owner, account_id", "ledger_account", "owner, id"),
    ("ledger_bankstatement", "owner, account_id", "ledger_account", "keeper, id"),
    ("ledger_bankline", "owner, statement_id", "ledger_bankstatement", "owner, id"),
    ("ledger_bankline", "owner, account_id", "ledger_account", "keeper, id"),
    ("ledger_bankmatch", "owner, line_id", "ledger_bankline", "owner, id"),
)


def _replaced(function: str) -> str:
    """Return only the function of a text that also makes its trigger."""
    body = function.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
    return body[: body.index("$$;") + len("$$;")]


BOOKS = _replaced(_guards.ENTRIES_MAY).replace("book.owner <> entry.owner", "book.keeper <> entry.owner")
# The trigger knows the original better than a foreign key: same book, fitting kind, same legs. It must be there, too.
ENTRY = _replaced(_guards.ENTRY_BALANCES).replace(
    "IF before.book_id <> NEW.book_id", "IF NOT FOUND OR before.book_id <> NEW.book_id"
).replace(
    "factor := CASE NEW.kind WHEN 'settlement' THEN 1 ELSE -1 END;", ""
).replace("factor * amount_minor", "(CASE NEW.kind WHEN 'settlement' THEN 1 ELSE -1 END) * amount_minor")


class Migration(migrations.Migration):

    dependencies = [("ledger", "0002_guards")]

    operations = [
        migrations.RenameField("book", "owner", "keeper"),
        migrations.AlterField(
            "entry",
            "original",
            models.OneToOneField(
                db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="follower",
                to="ledger.entry", verbose_name="原分录",
            ),
        ),
        migrations.RunSQL(BOOKS, migrations.RunSQL.noop),
        migrations.RunSQL(ENTRY, migrations.RunSQL.noop),
        migrations.AddConstraint(
            "account", models.UniqueConstraint(fields=["keeper", "id"], name="ledger_account_keeper")
        ),
        *(
            migrations.RunSQL(
                f"ALTER TABLE {child} ADD CONSTRAINT {child}_{columns.split(', ')[1]}_owner"
                f" FOREIGN KEY ({columns}) REFERENCES {parent} ({theirs})",
                f"ALTER TABLE {child} DROP CONSTRAINT {child}_{columns.split(', ')[1]}_owner",
            )
            for child, columns, parent, theirs in KEYS
        ),
    ]

"""Messages come in and stay as they are; a delivery goes only to a party that its message is meant for."""

from django.db import migrations

from kerong.basics.guarded_tables import append_only

# A message is the platform's and its deliveries belong to the receivers, so no foreign key can compare the owners.
MEANT_FOR = """
CREATE FUNCTION outbox_refuse_stranger() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM outbox_message WHERE id = NEW.message_id AND NEW.owner = ANY (audience)) THEN
        RAISE EXCEPTION 'the message % is not meant for %', NEW.message_id, NEW.owner USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END
$$;
"""
ASKED = (
    "CREATE TRIGGER refuse_stranger BEFORE INSERT OR UPDATE OF owner, message_id ON outbox_delivery"
    " FOR EACH ROW EXECUTE FUNCTION outbox_refuse_stranger()"
)
GUARDS = [
    "DROP TRIGGER refuse_change ON outbox_message",
    *append_only("outbox_message"),
    MEANT_FOR,
    ASKED,
]


class Migration(migrations.Migration):

    dependencies = [("outbox", "0002_guards")]

    operations = [migrations.RunSQL(statement, migrations.RunSQL.noop) for statement in GUARDS]

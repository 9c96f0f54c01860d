"""One person, one power: administrators by exclusion constraint; signed texts stand; claims are seen by their own; a shared cache."""

from django.db import migrations

from kerong.basics.guarded_tables import isolate

# Whose mandate it is comes from the account, whatever the application says. The lock makes a mandate and a change of
# the account's person wait for each other.
HOLDER = """
CREATE FUNCTION parties_set_holder() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT coalesce(person_id, id) INTO NEW.holder FROM parties_user WHERE id = NEW.user_id FOR SHARE;
    IF TG_OP = 'UPDATE' AND (NEW.id, NEW.user_id, NEW.party, NEW.role, NEW.since)
        IS DISTINCT FROM (OLD.id, OLD.user_id, OLD.party, OLD.role, OLD.since) THEN
        RAISE EXCEPTION 'a mandate is ended, not rewritten' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.ended_at IS NOT NULL AND NEW.ended_at IS DISTINCT FROM OLD.ended_at THEN
        RAISE EXCEPTION 'an ended mandate stays ended' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER set_holder BEFORE INSERT OR UPDATE ON parties_membership
    FOR EACH ROW EXECUTE FUNCTION parties_set_holder();

CREATE FUNCTION parties_follow_person() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE parties_membership SET holder = coalesce(NEW.person_id, NEW.id) WHERE user_id = NEW.id;
    RETURN NULL;
END
$$;
CREATE TRIGGER follow_person AFTER UPDATE OF person_id ON parties_user
    FOR EACH ROW WHEN (OLD.person_id IS DISTINCT FROM NEW.person_id) EXECUTE FUNCTION parties_follow_person();
UPDATE parties_membership SET holder = NULL;
"""
NO_HOLDER = """
DROP TRIGGER follow_person ON parties_user;
DROP FUNCTION parties_follow_person();
DROP TRIGGER set_holder ON parties_membership;
DROP FUNCTION parties_set_holder();
"""

# Two live mandates of one person are both business, or both the same administrator: anything else excludes itself,
# also when two transactions race. A test compares the list with queries.ADMINISTRATORS.
ONE_POWER = """
CREATE EXTENSION IF NOT EXISTS btree_gist;
ALTER TABLE parties_membership ADD CONSTRAINT parties_administrators_apart EXCLUDE USING gist (
    holder WITH =,
    (CASE WHEN role IN ('system_admin', 'security_admin', 'audit_admin') THEN role ELSE '' END) WITH <>
) WHERE (ended_at IS NULL);
"""

# A signed or withdrawn request stands as it is; nothing of what was shown to the signer ever changes.
SIGNED_STANDS = """
CREATE FUNCTION parties_signed_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.signed_at IS NOT NULL OR OLD.withdrawn_at IS NOT NULL
        OR (NEW.id, NEW.owner, NEW.kind, NEW.subject, NEW.signer_name, NEW.title, NEW.text, NEW.text_digest, NEW.reference)
            IS DISTINCT FROM
           (OLD.id, OLD.owner, OLD.kind, OLD.subject, OLD.signer_name, OLD.title, OLD.text, OLD.text_digest, OLD.reference)
    THEN
        RAISE EXCEPTION 'what was put before a signer stands; make a new request'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER signed_stands BEFORE UPDATE OR DELETE ON parties_signingrequest
    FOR EACH ROW EXECUTE FUNCTION parties_signed_stands();
"""

# Django's database cache: what several processes must agree on, such as attempts to sign in.
CACHE = """
CREATE TABLE kerong_cache (cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL);
CREATE INDEX kerong_cache_expires ON kerong_cache (expires);
"""

OWN = "owner = 'person:' || (SELECT kerong_person())"


class Migration(migrations.Migration):

    dependencies = [("parties", "0006_signing_and_branches"), ("evidence", "0002_guards")]

    operations = [
        migrations.RunSQL(HOLDER, NO_HOLDER),
        migrations.RunSQL(
            ONE_POWER, "ALTER TABLE parties_membership DROP CONSTRAINT parties_administrators_apart"
        ),
        migrations.RunSQL(
            SIGNED_STANDS,
            "DROP TRIGGER signed_stands ON parties_signingrequest; DROP FUNCTION parties_signed_stands()",
        ),
        migrations.RunSQL(CACHE, "DROP TABLE kerong_cache"),
        *(
            migrations.RunSQL(statement, migrations.RunSQL.noop)
            for statement in (
                *isolate("parties_signingrequest", also=f"subject = (SELECT kerong_party()) OR {OWN}"),
                *isolate("parties_firmclaim", also=OWN),
            )
        ),
    ]

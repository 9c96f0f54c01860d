"""Row security and append-only guards of materials, shares, downloads and letters."""

from django.db import migrations

from kerong.basics.guarded_tables import append_only, isolate

# A live share; by Beijing's calendar, which is the one people write "until" in.
SHARED = (
    "EXISTS (SELECT 1 FROM documents_share AS share WHERE share.series = documents_document.series"
    " AND share.owner = documents_document.owner AND share.reader = (SELECT kerong_party())"
    " AND share.ended_at IS NULL"
    " AND (share.until IS NULL OR share.until >= (now() AT TIME ZONE 'Asia/Shanghai')::date))"
)
# Whoever takes something away leaves a mark with its owner, so the mark is written by the house.
STATEMENTS = [
    *isolate("documents_document", also=SHARED),
    *isolate("documents_share", also="reader = (SELECT kerong_party())"),
    *isolate("documents_download", also="reader = (SELECT kerong_party())"),
    *isolate("documents_letter", readers="readers"),
    *append_only("documents_document"),
    *append_only("documents_download"),
    *append_only("documents_letter"),
    # A version belongs to the owner of its series: nobody adds a version to somebody else's material.
    """
CREATE FUNCTION documents_series_has_one_owner() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.version = 1 AND NEW.series = NEW.id THEN RETURN NEW; END IF;
    IF NEW.version > 1 AND EXISTS (
        SELECT 1 FROM documents_document
        WHERE series = NEW.series AND version = NEW.version - 1 AND owner = NEW.owner AND kind = NEW.kind
    ) THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'version % of % has no version before it of the same owner and kind', NEW.version, NEW.series
        USING ERRCODE = 'check_violation';
END
$$
""",
    "CREATE TRIGGER series_has_one_owner BEFORE INSERT ON documents_document"
    " FOR EACH ROW EXECUTE FUNCTION documents_series_has_one_owner()",
]


class Migration(migrations.Migration):

    dependencies = [("documents", "0001_initial"), ("evidence", "0002_guards")]

    operations = [migrations.RunSQL(statement, migrations.RunSQL.noop) for statement in STATEMENTS]

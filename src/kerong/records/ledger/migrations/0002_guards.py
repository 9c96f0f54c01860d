"""What the books rest on: entries that balance at commit, closed periods, limits, and who sees which account."""

from django.db import migrations

from kerong.basics.guarded_tables import append_only, changes_only, isolate

# A check must see every row, whoever writes; afterwards the session sees what it saw before.
WAS = "was text := current_setting('kerong.house', true);"
HOUSE = "PERFORM set_config('kerong.house', 'on', true);"
BACK = "PERFORM set_config('kerong.house', coalesce(was, ''), true);"
# The transition table is small and the tables are large: whatever the statistics say, look rows up by their index.
BY_INDEX = "SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off"

SEQUENCE = "CREATE SEQUENCE ledger_entry_number AS bigint"

# Deferred, so that an entry and its legs may come in two statements. An entry announces how many legs it has and the
# legs' positions are below that number, so once this has held no further leg can ever join the entry.
ENTRY_BALANCES = f"""
CREATE FUNCTION ledger_check_entry() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    legs bigint; total numeric; first_currency text; last_currency text; wrong text; before record; factor int;
    {WAS}
BEGIN
    {HOUSE}
    SELECT count(*), sum(amount_minor), min(currency), max(currency)
        INTO legs, total, first_currency, last_currency FROM ledger_leg WHERE entry_id = NEW.id;
    IF legs <> NEW.legs_count THEN
        RAISE EXCEPTION 'entry % announces % legs and has %', NEW.id, NEW.legs_count, legs
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_entry_balances';
    END IF;
    IF total <> 0 OR first_currency <> last_currency THEN
        SELECT string_agg(format('%s %s', currency, difference), ', ' ORDER BY currency) INTO wrong FROM (
            SELECT currency, sum(amount_minor) AS difference FROM ledger_leg WHERE entry_id = NEW.id GROUP BY currency
        ) AS sums WHERE difference <> 0;
        IF wrong IS NOT NULL THEN
            RAISE EXCEPTION 'entry % does not balance: %', NEW.id, wrong
                USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_entry_balances';
        END IF;
    END IF;
    IF NEW.original_id IS NOT NULL THEN
        SELECT book_id, kind INTO before FROM ledger_entry WHERE id = NEW.original_id;
        factor := CASE NEW.kind WHEN 'settlement' THEN 1 ELSE -1 END;
        IF before.book_id <> NEW.book_id
            OR before.kind <> ALL (CASE NEW.kind WHEN 'reversal' THEN ARRAY['posted', 'settlement'] ELSE ARRAY['pending'] END)
            OR EXISTS (
                (SELECT account_id, position, factor * amount_minor FROM ledger_leg WHERE entry_id = NEW.original_id)
                EXCEPT (SELECT account_id, position, amount_minor FROM ledger_leg WHERE entry_id = NEW.id))
            OR legs <> (SELECT legs_count FROM ledger_entry WHERE id = NEW.original_id)
        THEN
            RAISE EXCEPTION 'entry % is no % of entry %', NEW.id, NEW.kind, NEW.original_id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_entry_follows';
        END IF;
    END IF;
    {BACK}
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER entry_balances AFTER INSERT ON ledger_entry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_check_entry();
"""

# For all legs of a statement at once.
LEGS_FIT = f"""
CREATE FUNCTION ledger_check_legs() RETURNS trigger LANGUAGE plpgsql {BY_INDEX} AS $$
DECLARE wrong record; {WAS}
BEGIN
    {HOUSE}
    SELECT leg.entry_id, leg.position INTO wrong
    FROM added AS leg
    LEFT JOIN ledger_entry AS entry ON entry.id = leg.entry_id
    LEFT JOIN ledger_account AS account ON account.id = leg.account_id
    WHERE entry.id IS NULL OR account.id IS NULL OR account.book_id <> entry.book_id
        OR account.currency <> leg.currency OR account.owner <> leg.owner OR account.keeper <> leg.keeper
        OR entry.owner <> leg.keeper OR entry.happened_on <> leg.happened_on OR entry.recorded_at <> leg.recorded_at
        OR leg.is_posted <> (entry.kind IN ('posted', 'settlement', 'reversal'))
        OR leg.position < 0 OR leg.position >= entry.legs_count OR account.owner <> ALL (entry.readers)
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'leg % of entry % does not fit its entry and account', wrong.position, wrong.entry_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_leg_fits';
    END IF;
    {BACK}
    RETURN NULL;
END
$$;
CREATE TRIGGER legs_fit AFTER INSERT ON ledger_leg REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_check_legs();
"""

# The lock on the book makes a posting and a closing wait for each other.
ENTRIES_MAY = f"""
CREATE FUNCTION ledger_check_books() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE wrong record; {WAS}
BEGIN
    {HOUSE}
    PERFORM 1 FROM ledger_book WHERE key IN (SELECT book_id FROM added) ORDER BY key FOR KEY SHARE;
    SELECT entry.id, entry.happened_on, closing.through INTO wrong FROM added AS entry
        JOIN ledger_closing AS closing ON closing.book_id = entry.book_id AND closing.through >= entry.happened_on LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'entry % is dated %, and its book is closed through %', wrong.id, wrong.happened_on, wrong.through
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_period_open';
    END IF;
    SELECT entry.id INTO wrong FROM added AS entry JOIN ledger_book AS book ON book.key = entry.book_id
        WHERE book.owner <> entry.owner
            OR ('decision_ref' = ANY (book.requires) AND entry.decision_ref = '')
            OR ('pack_hash' = ANY (book.requires) AND entry.pack_hash = '')
            OR ('approval_ref' = ANY (book.requires) AND entry.approval_ref = '') LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'entry % lacks a reference that its book demands, or names another keeper', wrong.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_references';
    END IF;
    {BACK}
    RETURN NULL;
END
$$;
CREATE TRIGGER entries_may AFTER INSERT ON ledger_entry REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_check_books();
"""

CLOSINGS_FORWARD = f"""
CREATE FUNCTION ledger_check_closing() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE {WAS}
BEGIN
    {HOUSE}
    PERFORM 1 FROM ledger_book WHERE key = NEW.book_id FOR UPDATE;
    IF EXISTS (SELECT 1 FROM ledger_closing WHERE book_id = NEW.book_id AND id <> NEW.id AND through >= NEW.through) THEN
        RAISE EXCEPTION 'book % is closed through % or later already', NEW.book_id, NEW.through
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_closings_go_forward';
    END IF;
    {BACK}
    RETURN NULL;
END
$$;
CREATE TRIGGER closings_forward AFTER INSERT ON ledger_closing
    FOR EACH ROW EXECUTE FUNCTION ledger_check_closing();
"""

LIMITS = """
ALTER TABLE ledger_balance
    ADD CONSTRAINT ledger_above_floor CHECK (
        floor IS NULL
        OR sign * (debit - credit) - CASE sign WHEN 1 THEN credit_pending ELSE debit_pending END >= floor),
    ADD CONSTRAINT ledger_below_ceiling CHECK (
        ceiling IS NULL
        OR sign * (debit - credit) + CASE sign WHEN 1 THEN debit_pending ELSE credit_pending END <= ceiling);
-- Updated by every posting: room for the new version beside the old one keeps the index out of it.
ALTER TABLE ledger_balance SET (fillfactor = 40);
ALTER TABLE ledger_daytotal SET (fillfactor = 70);
"""

KEEPER = "keeper = (SELECT kerong_party()) AND (SELECT kerong_has('ledger.read'))"
BY_ACCOUNT = ("ledger_account", "ledger_balance", "ledger_leg", "ledger_daytotal")
BY_KEEPER = ("ledger_closing", "ledger_voucher", "ledger_bankstatement", "ledger_bankline", "ledger_bankmatch")
GUARDED = (
    *(statement for table in BY_ACCOUNT for statement in isolate(table, duties=("audit.read",), also=KEEPER)),
    *isolate("ledger_entry", readers="readers", duties=("audit.read",)),
    *(statement for table in BY_KEEPER for statement in isolate(table, duties=("audit.read",))),
)
# Row security lets an owner write its rows; books are written by this record's actions alone.
WRITTEN_BY_ACTIONS = tuple(
    f"CREATE POLICY {verb}_by_actions ON {table} AS RESTRICTIVE FOR {verb} {clause} ((SELECT kerong_is_house()))"
    for table in (*BY_ACCOUNT, "ledger_entry", *BY_KEEPER)
    for verb, clause in (("insert", "WITH CHECK"), ("update", "USING"))
)
NEVER_CHANGED = (
    "ledger_account", "ledger_entry", "ledger_leg", "ledger_closing", "ledger_inspection", "ledger_bankstatement",
    "ledger_bankline", "ledger_bankmatch",
)
CHANGES = {
    "ledger_book": ("name",),
    "ledger_balance": ("debit", "credit", "debit_pending", "credit_pending", "last_recorded_at"),
    "ledger_daytotal": ("debit", "credit", "legs"),
    "ledger_voucher": ("entry_ref",),
}


class Migration(migrations.Migration):

    dependencies = [("ledger", "0001_initial"), ("evidence", "0002_guards")]

    operations = [
        migrations.RunSQL(SEQUENCE, "DROP SEQUENCE ledger_entry_number"),
        migrations.RunSQL(LIMITS, migrations.RunSQL.noop),
        migrations.RunSQL(ENTRY_BALANCES, "DROP FUNCTION ledger_check_entry() CASCADE"),
        migrations.RunSQL(LEGS_FIT, "DROP FUNCTION ledger_check_legs() CASCADE"),
        migrations.RunSQL(ENTRIES_MAY, "DROP FUNCTION ledger_check_books() CASCADE"),
        migrations.RunSQL(CLOSINGS_FORWARD, "DROP FUNCTION ledger_check_closing() CASCADE"),
        *(migrations.RunSQL(statement, migrations.RunSQL.noop) for statement in (*GUARDED, *WRITTEN_BY_ACTIONS)),
        *(migrations.RunSQL(each, migrations.RunSQL.noop) for table in NEVER_CHANGED for each in append_only(table)),
        *(
            migrations.RunSQL(each, migrations.RunSQL.noop)
            for table, columns in CHANGES.items()
            for each in changes_only(table, columns)
        ),
    ]

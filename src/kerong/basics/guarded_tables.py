"""SQL texts by which migrations guard tables: whose rows a session sees, and rows that are never changed.

The functions `kerong_party()`, `kerong_has()`, `kerong_is_house()` and `kerong_refuse_change()` are made by the first
migration of `records.evidence`; a migration that uses these texts depends on it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def isolate(
    table: str,
    *,
    owner: str = "owner",
    readers: str | None = None,
    duties: Sequence[str] = (),
    also: str = "",
) -> list[str]:
    """Return the statements that show a table's rows to their owner, to named readers and to certain duties only.

    ``owner`` is the column with the party reference the row belongs to, ``readers`` an optional column with an
    array of further parties, ``duties`` the duties that may read all rows, ``also`` one more SQL condition for
    reading. Writing is for the owner and for the house (`evidence.actions.house`); deleting for the house alone.
    """
    seen = [f"{owner} = (SELECT kerong_party())", "(SELECT kerong_is_house())"]
    if readers:
        seen.append(f"(SELECT kerong_party()) = ANY({readers})")
    seen += [f"(SELECT kerong_has('{duty}'))" for duty in duties]
    if also:
        seen.append(f"({also})")
    read = " OR ".join(seen)
    write = f"{owner} = (SELECT kerong_party()) OR (SELECT kerong_is_house())"
    return _policies(table, read=read, write=write)


def isolate_by_parent(table: str, *, parent: str, key: str, parent_key: str = "id") -> list[str]:
    """Return the statements that show rows to whoever sees their parent row; the same holds for writing."""
    among = f"FROM {parent} AS parent WHERE parent.{parent_key} = {table}.{key}"
    seen = f"EXISTS (SELECT 1 {among})"
    return _policies(table, read=seen, write=seen)


def append_only(table: str) -> list[str]:
    """Return the statements by which rows come in and never change: triggers for all, privileges for the service."""
    return [
        (
            f"CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION kerong_refuse_change()"
        ),
        (
            f"CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION kerong_refuse_change()"
        ),
        _for_each_grantee(table, f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM %I"),
    ]


def changes_only(table: str, columns: Sequence[str]) -> list[str]:
    """Return the statements by which the application may change certain columns of a table, and remove no rows."""
    return [
        _for_each_grantee(table, f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM %I"),
        _for_each_grantee(table, f"GRANT UPDATE ({', '.join(columns)}) ON {table} TO %I"),
    ]


def grant_execute(function: str, *, like: str = "evidence_event") -> str:
    """Return the statement that lets the users of the table ``like`` call a function, given with argument types."""
    return _for_each_grantee(like, f"GRANT EXECUTE ON FUNCTION {function} TO %I")


def _policies(table: str, *, read: str, write: str) -> list[str]:
    return [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY seen ON {table} FOR SELECT USING ({read})",
        f"CREATE POLICY added ON {table} FOR INSERT WITH CHECK ({write})",
        f"CREATE POLICY changed ON {table} FOR UPDATE USING ({write}) WITH CHECK ({write})",
        f"CREATE POLICY removed ON {table} FOR DELETE USING ((SELECT kerong_is_house()))",
    ]


def _for_each_grantee(table: str, statement: str) -> str:
    """Do something for each role, the owner apart, that has rights on a table: migrations do not know its name."""
    return f"""
DO $$
DECLARE grantee_name text;
BEGIN
    FOR grantee_name IN
        SELECT DISTINCT grantee FROM information_schema.role_table_grants
        WHERE table_schema = current_schema() AND table_name = '{table}'
          AND grantee <> current_user AND grantee <> 'PUBLIC'
    LOOP
        EXECUTE format('{statement.replace("'", "''")}', grantee_name);
    END LOOP;
END
$$;
"""  # noqa: S608 - names that migrations give, never input

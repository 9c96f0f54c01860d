"""The two roles of every Kerong database: one owns and migrates, the other only reads and writes rows."""

from __future__ import annotations

import psycopg
from psycopg import sql

OWNER_ROLE = "kerong_owner"
APP_ROLE = "kerong_app"
DATABASE = "kerong"


def ensure_roles(admin_dsn: str, *, owner_password: str, app_password: str) -> None:
    """Create both roles or bring them back to what they may do; connects as the superuser."""
    with psycopg.connect(admin_dsn, autocommit=True) as connection:
        for role, password in ((OWNER_ROLE, owner_password), (APP_ROLE, app_password)):
            known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
            connection.execute(
                sql.SQL(
                    "{verb} ROLE {role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS "
                    "INHERIT PASSWORD {password}"
                ).format(
                    verb=sql.SQL("ALTER" if known else "CREATE"),
                    role=sql.Identifier(role),
                    password=sql.Literal(_scrambled(connection, role, password)),
                )
            )


def _scrambled(connection: psycopg.Connection, role: str, password: str) -> str:
    """Scramble on our side, so that no log of the server can ever hold a password in clear."""
    return connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256").decode()


def ensure_database(admin_dsn: str, database: str, *, owner: str = OWNER_ROLE, app: str = APP_ROLE) -> None:
    """Create a database that belongs to the owner role; nobody but the two roles may connect."""
    name = sql.Identifier(database)
    with psycopg.connect(admin_dsn, autocommit=True) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone()
        if not known:
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8'").format(
                    name, sql.Identifier(owner)
                )
            )
        connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
        connection.execute(
            sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}").format(name, sql.Identifier(app))
        )


def grant_rows_only(database_admin_dsn: str, *, owner: str = OWNER_ROLE, app: str = APP_ROLE) -> None:
    """Let the application role use the owner's tables: rows in and out, never TRUNCATE, never DDL.

    Default privileges make this hold for every table the owner will ever create; connects to the database
    itself.
    """
    statements = (
        "REVOKE ALL ON SCHEMA public FROM PUBLIC",
        "ALTER SCHEMA public OWNER TO {owner}",
        "GRANT USAGE ON SCHEMA public TO {app}",
        "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {app}",
        "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} GRANT USAGE, SELECT ON SEQUENCES TO {app}",
        # A function is callable by everyone unless this is said; each one is granted on purpose.
        "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC",
    )
    with psycopg.connect(database_admin_dsn) as connection:
        for statement in statements:
            connection.execute(
                sql.SQL(statement).format(owner=sql.Identifier(owner), app=sql.Identifier(app))
            )

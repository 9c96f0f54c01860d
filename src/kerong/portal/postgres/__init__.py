"""Our own small runner for a private PostgreSQL: no root, no Docker, no network port."""

from kerong.portal.postgres.errors import PostgresError
from kerong.portal.postgres.roles import APP_ROLE, DATABASE, OWNER_ROLE
from kerong.portal.postgres.server import PostgresServer

__all__ = ["APP_ROLE", "DATABASE", "OWNER_ROLE", "PostgresError", "PostgresServer"]

"""The one error the runner raises: always says what was found, what was expected and what to do."""


class PostgresError(RuntimeError):
    """The embedded PostgreSQL cannot be used; the message is written for the person who started it."""

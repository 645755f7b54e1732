"""Migrations in plain SQL: a whole script in one go, inside the migration's transaction."""

from alembic import op


def execute_script(sql: str) -> None:
    """Run any number of statements. SQLAlchemy's own path prepares, and so takes one at a time."""
    op.execute("SELECT 1")  # opens the transaction that the script then runs in
    connection = op.get_bind().connection.dbapi_connection
    assert connection is not None
    connection.run_async(lambda driver: driver.execute(sql))  # type: ignore[attr-defined]  # the asyncpg adapter's

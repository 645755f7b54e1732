"""Migrations in plain SQL: a whole script in one go, inside the migration's transaction."""

from alembic import op


def execute_script(sql: str) -> None:
    """Run any number of statements. SQLAlchemy's own path prepares, and so takes one at a time."""
    op.execute("SELECT 1")  # opens the transaction that the script then runs in
    connection = op.get_bind().connection.dbapi_connection
    assert connection is not None
    connection.run_async(lambda driver: driver.execute(sql))


def outbox_table(schema: str) -> str:
    """The outbox of a service whose schema and role are both called `schema` (see chassis.outbox)."""
    return f"""
    GRANT USAGE ON SCHEMA {schema} TO {schema};
    CREATE TABLE {schema}.outbox (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        event_id uuid NOT NULL,
        exchange text NOT NULL,
        topic text NOT NULL,
        body bytea NOT NULL,
        traceparent text,
        created_at timestamptz NOT NULL DEFAULT now(),
        sent_at timestamptz
    );
    CREATE INDEX outbox_unsent ON {schema}.outbox (id) WHERE sent_at IS NULL;
    CREATE INDEX outbox_sent ON {schema}.outbox (sent_at) WHERE sent_at IS NOT NULL;
    GRANT SELECT, INSERT, UPDATE, DELETE ON {schema}.outbox TO {schema};
    """

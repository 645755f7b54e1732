"""When inbox was last at work, and whose posts it has to catch up with."""

from chassis.script import execute_script

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    execute_script(
        """
        CREATE TABLE inbox.heartbeat (
            is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
            beaten_at timestamptz NOT NULL
        );
        GRANT SELECT, INSERT, UPDATE ON inbox.heartbeat TO inbox;

        CREATE TABLE inbox.missed (
            account_id bigint PRIMARY KEY,
            since timestamptz NOT NULL,
            due_at timestamptz NOT NULL
        );
        CREATE INDEX missed_due ON inbox.missed (due_at);
        GRANT SELECT, INSERT, UPDATE, DELETE ON inbox.missed TO inbox;
        """
    )

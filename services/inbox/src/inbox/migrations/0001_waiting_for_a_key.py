"""Requests whose signer's key did not come in time."""

from chassis.script import execute_script, outbox_table

revision = "0001"
down_revision = None


def upgrade() -> None:
    execute_script(
        outbox_table("inbox")
        + """
        CREATE TABLE inbox.unverified (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            host text NOT NULL,
            target text NOT NULL,
            headers jsonb NOT NULL,
            body bytea NOT NULL,
            inbox_of bigint,
            received_at timestamptz NOT NULL
        );
        CREATE INDEX unverified_host ON inbox.unverified (host);
        CREATE INDEX unverified_age ON inbox.unverified (received_at);
        GRANT SELECT, INSERT, DELETE ON inbox.unverified TO inbox;
        """
    )

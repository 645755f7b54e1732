"""Claims: what one worker does, and nobody again until a moment."""

from chassis.script import execute_script

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    execute_script(
        """
        CREATE TABLE inbox.claims (
            name text PRIMARY KEY,
            until timestamptz NOT NULL
        );
        CREATE INDEX claims_age ON inbox.claims (until);
        GRANT SELECT, INSERT, UPDATE, DELETE ON inbox.claims TO inbox;
        """
    )

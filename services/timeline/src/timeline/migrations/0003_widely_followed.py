"""Whose posts nobody writes into all homes any more. A new table, empty until somebody is so widely followed."""

from chassis.script import execute_script

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    execute_script(
        """
        -- A row stays: homes do not hold what was posted while it was true.
        CREATE TABLE timeline.widely_followed (
            account_id bigint PRIMARY KEY REFERENCES social.accounts ON DELETE CASCADE,
            since timestamptz NOT NULL DEFAULT now()
        );
        GRANT SELECT, INSERT ON timeline.widely_followed TO timeline;
        """
    )

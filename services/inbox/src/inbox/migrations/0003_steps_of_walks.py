"""What is still to be asked for on a walk through a thread, and how much each host was asked of late."""

from chassis.script import execute_script

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    execute_script(
        """
        CREATE TABLE inbox.walk_steps (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            walk_id text NOT NULL,
            url text NOT NULL,
            is_page boolean NOT NULL,
            is_known boolean NOT NULL,
            answers_to text,
            is_done boolean NOT NULL DEFAULT false,
            added_at timestamptz NOT NULL DEFAULT now(),
            UNIQUE (walk_id, url)
        );
        CREATE INDEX walk_steps_to_do ON inbox.walk_steps (walk_id, is_page DESC, is_known, id) WHERE NOT is_done;
        CREATE INDEX walk_steps_age ON inbox.walk_steps (added_at);
        GRANT SELECT, INSERT, UPDATE, DELETE ON inbox.walk_steps TO inbox;

        CREATE TABLE inbox.spendings (
            host text PRIMARY KEY,
            since timestamptz NOT NULL,
            spent int NOT NULL
        );
        CREATE INDEX spendings_age ON inbox.spendings (since);
        GRANT SELECT, INSERT, UPDATE, DELETE ON inbox.spendings TO inbox;
        """
    )

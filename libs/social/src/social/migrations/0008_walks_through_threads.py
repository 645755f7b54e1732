"""Threads that began elsewhere and are walked because somebody opened them."""

from chassis.script import execute_script

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    # Conversations are joined to others: what a walk knows of one need not outlive it.
    execute_script(
        """
        CREATE TABLE social.thread_walks (
            id text PRIMARY KEY,
            conversation_id bigint NOT NULL UNIQUE,
            status_id bigint NOT NULL,
            started_at timestamptz NOT NULL,
            finished_at timestamptz,
            found int NOT NULL DEFAULT 0
        );
        CREATE INDEX thread_walks_age ON social.thread_walks (started_at);
        GRANT SELECT, INSERT, UPDATE ON social.thread_walks TO api_gateway;
        GRANT SELECT, UPDATE, DELETE ON social.thread_walks TO inbox;
        """
    )

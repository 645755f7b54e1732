"""Bodies, who was reached, hosts, held deliveries and the outbox."""

from chassis.script import execute_script, outbox_table

revision = "0001"
down_revision = None

BODIES = """
-- The claim check: an activity as it goes over the wire, once, however many inboxes it goes to.
-- Its row and the jobs that deliver it are written in one transaction, so `activity_uri` is what keeps a
-- repeated event from being delivered twice.
CREATE TABLE delivery.bodies (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    activity_uri text NOT NULL UNIQUE,
    object_uri text,
    sender_id bigint NOT NULL,
    content bytea NOT NULL,
    happened_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    withdrawn_at timestamptz
);
CREATE INDEX bodies_age ON delivery.bodies (created_at);
CREATE INDEX bodies_object ON delivery.bodies (object_uri) WHERE object_uri IS NOT NULL;
GRANT SELECT, INSERT, UPDATE, DELETE ON delivery.bodies TO delivery;
"""

REACHED = """
CREATE TABLE delivery.inboxes (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    url text NOT NULL UNIQUE
);
-- Who has a copy of an object, so that its deletion reaches them all. An array: a row for each pair of
-- object and inbox would soon be the largest table of the server.
CREATE TABLE delivery.reached (
    object_uri text PRIMARY KEY,
    inbox_ids int[] NOT NULL
);
GRANT SELECT, INSERT, UPDATE ON delivery.inboxes TO delivery;
GRANT SELECT, INSERT, UPDATE, DELETE ON delivery.reached TO delivery;
"""

HOSTS = """
-- Only what is worth knowing: a host without a row is well and was never delivered to.
CREATE TABLE delivery.hosts (
    host text PRIMARY KEY,
    state text NOT NULL DEFAULT 'fast' CHECK (state IN ('fast', 'slow', 'waiting', 'open')),
    failures int NOT NULL DEFAULT 0,
    failing_since timestamptz,
    opened_at timestamptz,
    probes int NOT NULL DEFAULT 0,
    next_visit_at timestamptz,
    leased_until timestamptz,
    paused boolean NOT NULL DEFAULT false,
    last_success_at timestamptz,
    last_error text,
    last_error_at timestamptz
);
CREATE INDEX hosts_unwell ON delivery.hosts (next_visit_at) WHERE state <> 'fast' OR paused OR failures > 0;
GRANT SELECT, INSERT, UPDATE, DELETE ON delivery.hosts TO delivery;
"""

HELD = """
-- Deliveries that wait here instead of in a queue: for their next try (`due_at`), or for their host.
CREATE TABLE delivery.held (
    body_id bigint NOT NULL REFERENCES delivery.bodies ON DELETE CASCADE,
    inbox_url text NOT NULL,
    host text NOT NULL,
    attempts int NOT NULL DEFAULT 0,
    challenged boolean NOT NULL DEFAULT false,
    due_at timestamptz,
    held_at timestamptz NOT NULL,
    PRIMARY KEY (body_id, inbox_url)
);
CREATE INDEX held_of_host ON delivery.held (host, body_id);
CREATE INDEX held_due ON delivery.held (due_at) WHERE due_at IS NOT NULL;
GRANT SELECT, INSERT, UPDATE, DELETE ON delivery.held TO delivery;
"""


def upgrade() -> None:
    for part in (outbox_table("delivery"), BODIES, REACHED, HOSTS, HELD):
        execute_script(part)

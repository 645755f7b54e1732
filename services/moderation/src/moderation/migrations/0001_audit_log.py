"""Who did what to whom."""

from chassis.script import execute_script, outbox_table

revision = "0001"
down_revision = None

AUDIT = """
CREATE TABLE moderation.audit_log (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- No foreign keys: the log outlives those it speaks of.
    moderator_id bigint NOT NULL,
    action text NOT NULL,
    target_kind text NOT NULL CHECK (target_kind IN ('account', 'domain', 'report')),
    target text NOT NULL,
    details jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX audit_log_target ON moderation.audit_log (target_kind, target, id DESC);
-- Written once: not even this service can rewrite it.
GRANT SELECT, INSERT ON moderation.audit_log TO moderation;
"""


def upgrade() -> None:
    execute_script(outbox_table("moderation"))
    execute_script(AUDIT)

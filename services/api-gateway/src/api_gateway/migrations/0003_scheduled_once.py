"""A key may name a scheduled post."""

from chassis.script import execute_script

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    execute_script(
        """
        ALTER TABLE api_gateway.idempotency_keys
            ADD COLUMN scheduled_id bigint REFERENCES social.scheduled_statuses ON DELETE CASCADE;
        CREATE INDEX idempotency_keys_scheduled ON api_gateway.idempotency_keys (scheduled_id)
            WHERE scheduled_id IS NOT NULL;
        CREATE INDEX idempotency_keys_status ON api_gateway.idempotency_keys (status_id) WHERE status_id IS NOT NULL;
        """
    )

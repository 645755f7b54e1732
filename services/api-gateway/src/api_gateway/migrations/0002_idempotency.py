"""The keys by which clients repeat a post without posting twice."""

from chassis.script import execute_script

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    execute_script(
        """
        CREATE TABLE api_gateway.idempotency_keys (
            account_id bigint NOT NULL REFERENCES social.accounts ON DELETE CASCADE,
            key text NOT NULL,
            status_id bigint REFERENCES social.statuses ON DELETE CASCADE,
            created_at timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (account_id, key)
        );
        CREATE INDEX idempotency_keys_age ON api_gateway.idempotency_keys (created_at);
        GRANT SELECT, INSERT, UPDATE, DELETE ON api_gateway.idempotency_keys TO api_gateway;
        """
    )

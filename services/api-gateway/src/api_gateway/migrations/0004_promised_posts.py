"""A key may name a post that is written later in the same transaction.

Takes the table for an instant, once those who use it at that moment are done.
"""

from chassis.script import execute_script

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    execute_script(
        """
        ALTER TABLE api_gateway.idempotency_keys
            ALTER CONSTRAINT idempotency_keys_status_id_fkey DEFERRABLE INITIALLY DEFERRED;
        """
    )

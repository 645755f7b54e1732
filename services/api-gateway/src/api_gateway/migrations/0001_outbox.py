"""The outbox."""

from chassis.script import execute_script, outbox_table

revision = "0001"
down_revision = None


def upgrade() -> None:
    execute_script(outbox_table("api_gateway"))

"""Whether an activity is for followers alone, so that its receivers are told who these are (FEP-8fcf)."""

from chassis.script import execute_script

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    # A default that is no expression rewrites nothing.
    execute_script("ALTER TABLE delivery.bodies ADD COLUMN for_followers boolean NOT NULL DEFAULT false;")

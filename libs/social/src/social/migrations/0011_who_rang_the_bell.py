"""An index of the follows with a bell. Follows cannot be written while it is made: some seconds for some millions."""

from chassis.script import execute_script

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    execute_script("CREATE INDEX follows_notify ON social.follows (target_id) WHERE notify;")

"""What we ask of a relay: everybody's posts, or its actor's. The table is empty where no relay was ever joined."""

from chassis.script import execute_script

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    execute_script(
        """
        ALTER TABLE social.relays ADD COLUMN follows text NOT NULL
            DEFAULT 'https://www.w3.org/ns/activitystreams#Public';
        """
    )

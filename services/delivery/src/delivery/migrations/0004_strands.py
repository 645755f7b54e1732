"""Large fan-outs go out in strands: to whom an activity goes, and how far each strand has come."""

from chassis.script import execute_script

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    execute_script(
        """
        ALTER TABLE delivery.bodies ADD COLUMN inbox_ids int[];
        CREATE TABLE delivery.strands (
            body_id bigint NOT NULL REFERENCES delivery.bodies ON DELETE CASCADE,
            strand int NOT NULL,
            position int NOT NULL,
            stride int NOT NULL,
            PRIMARY KEY (body_id, strand)
        );
        GRANT SELECT, INSERT, UPDATE, DELETE ON delivery.strands TO delivery;
        """
    )

"""What became of deliveries, for operators: how many arrived, who refused, and how each host fared lately."""

from chassis.script import execute_script

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    # Defaults that are no expressions rewrite nothing.
    execute_script(
        """
        ALTER TABLE delivery.bodies ADD COLUMN planned int NOT NULL DEFAULT 0;
        -- Apart from the bodies: a row that is written often is short.
        CREATE TABLE delivery.arrivals (
            body_id bigint PRIMARY KEY REFERENCES delivery.bodies ON DELETE CASCADE,
            arrived int NOT NULL
        );
        CREATE TABLE delivery.refusals (
            body_id bigint NOT NULL REFERENCES delivery.bodies ON DELETE CASCADE,
            inbox_url text NOT NULL,
            reason text NOT NULL,
            PRIMARY KEY (body_id, inbox_url)
        );
        GRANT SELECT, INSERT, UPDATE, DELETE ON delivery.arrivals, delivery.refusals TO delivery;
        -- Tries that arrived and that failed; what lies back a day counts half.
        ALTER TABLE delivery.hosts
            ADD COLUMN arrived double precision NOT NULL DEFAULT 0,
            ADD COLUMN failed double precision NOT NULL DEFAULT 0,
            ADD COLUMN counted_at timestamptz;
        """
    )

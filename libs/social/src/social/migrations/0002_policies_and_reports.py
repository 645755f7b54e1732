"""What moderators need of the network: policies with an id, reports that say when they changed, e-mail addresses."""

from chassis.script import execute_script

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    execute_script(
        """
        ALTER TABLE social.domain_policies ADD COLUMN id bigint GENERATED ALWAYS AS IDENTITY UNIQUE;
        ALTER TABLE social.reports ADD COLUMN updated_at timestamptz NOT NULL DEFAULT now();
        CREATE INDEX reports_of_target ON social.reports (target_id);
        GRANT SELECT (email) ON social.users TO moderation;
        """
    )

"""The style of signature that a host took last, where that is not the usual one."""

from chassis.script import execute_script

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    execute_script(
        """
        ALTER TABLE delivery.hosts
            ADD COLUMN signature_style text CHECK (signature_style IN ('cavage', 'rfc9421'));
        CREATE INDEX hosts_style ON delivery.hosts (host) WHERE signature_style = 'rfc9421';
        """
    )

"""Pictures of our own custom emoji have an owner, too."""

from chassis.script import execute_script

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    # NOT VALID takes the lock for a moment only; every row that is there passes anyway.
    execute_script(
        """
        ALTER TABLE media.files
            DROP CONSTRAINT files_owner_kind_check,
            ADD CONSTRAINT files_owner_kind_check
                CHECK (owner_kind IN ('attachment', 'account', 'cached', 'emoji')) NOT VALID;
        """
    )

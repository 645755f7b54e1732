"""Whoever joins a conversation to another waits for the replies that are being written into it."""

from chassis.script import execute_script

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    execute_script(
        """
        CREATE OR REPLACE FUNCTION social.join_conversation(child bigint, parent bigint) RETURNS void
        LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $$
            SELECT id FROM social.conversations WHERE id = child FOR UPDATE;
            UPDATE social.statuses SET conversation_id = parent WHERE conversation_id = child;
            INSERT INTO social.conversation_mutes (account_id, conversation_id)
            SELECT account_id, parent FROM social.conversation_mutes WHERE conversation_id = child
            ON CONFLICT DO NOTHING;
        $$;
        """
    )

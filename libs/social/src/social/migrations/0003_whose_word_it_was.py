"""Tombstones and undone activities are somebody's word: another actor's do not count. Late parents join threads."""

from chassis.script import execute_script

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    execute_script(
        """
        ALTER TABLE social.tombstones DROP CONSTRAINT tombstones_pkey, ADD PRIMARY KEY (uri, actor_uri);
        CREATE INDEX tombstones_age ON social.tombstones (created_at);

        -- `until` is when the act that was taken back had come at the latest; without it, any such act is meant.
        ALTER TABLE social.undone
            DROP CONSTRAINT undone_pkey, ADD PRIMARY KEY (uri, actor_uri), ADD COLUMN until timestamptz;
        CREATE INDEX undone_age ON social.undone (created_at);

        -- A parent that comes after its replies brings them into its own conversation, our people's among them.
        -- It runs as its owner, because inbox may change no local status: and it changes this one column.
        CREATE FUNCTION social.join_conversation(child bigint, parent bigint) RETURNS void
        LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $$
            UPDATE social.statuses SET conversation_id = parent WHERE conversation_id = child;
            INSERT INTO social.conversation_mutes (account_id, conversation_id)
            SELECT account_id, parent FROM social.conversation_mutes WHERE conversation_id = child
            ON CONFLICT DO NOTHING;
        $$;
        REVOKE EXECUTE ON FUNCTION social.join_conversation(bigint, bigint) FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION social.join_conversation(bigint, bigint) TO inbox, api_gateway;
        """
    )

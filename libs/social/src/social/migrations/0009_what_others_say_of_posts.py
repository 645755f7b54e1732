"""Reactions to our posts; who may answer, favourite and boost a post; how often others did, as its server says."""

from chassis.script import execute_script

revision = "0009"
down_revision = "0008"

REACTIONS = """
CREATE TABLE social.reactions (
    id bigint PRIMARY KEY DEFAULT social.snowflake(clock_timestamp()),
    status_id bigint NOT NULL REFERENCES social.statuses ON DELETE CASCADE,
    account_id bigint NOT NULL REFERENCES social.accounts ON DELETE CASCADE,
    -- A Unicode emoji, or the shortcode of a custom one.
    name text NOT NULL,
    emoji_id bigint REFERENCES social.custom_emojis ON DELETE SET NULL,
    uri text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (status_id, account_id, name)
);
CREATE INDEX reactions_uri ON social.reactions (uri);
CREATE INDEX reactions_of_account ON social.reactions (account_id);
CREATE INDEX reactions_with_emoji ON social.reactions (emoji_id) WHERE emoji_id IS NOT NULL;
GRANT SELECT ON social.reactions TO api_gateway, inbox, delivery, timeline, media, moderation;
GRANT INSERT, UPDATE, DELETE ON social.reactions TO inbox;
"""

POLICIES = """
-- {"reply": {"automatic": ["public" …], "manual": […]}, "favourite": …, "reblog": …}; null where all are free to.
ALTER TABLE social.statuses ADD COLUMN interaction_policy jsonb;
ALTER TABLE social.status_counts
    ADD COLUMN favourites_elsewhere bigint NOT NULL DEFAULT 0,
    ADD COLUMN reblogs_elsewhere bigint NOT NULL DEFAULT 0;
"""


def upgrade() -> None:
    for part in (REACTIONS, POLICIES):
        execute_script(part)

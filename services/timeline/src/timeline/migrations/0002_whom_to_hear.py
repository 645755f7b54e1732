"""Whom one wants to hear from, talks among few, and what goes round."""

from chassis.script import execute_script

revision = "0002"
down_revision = "0001"

# Clients get one id of each group as a number, and browsers keep 53 bits of a number.
IDS = """
CREATE SEQUENCE timeline.notification_sequence;
CREATE FUNCTION timeline.notification_id() RETURNS bigint
LANGUAGE sql VOLATILE AS $$
    SELECT ((floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint - 1577836800000) << 12)
        | (nextval('timeline.notification_sequence') & 4095)
$$;
GRANT USAGE ON SEQUENCE timeline.notification_sequence TO timeline;
GRANT EXECUTE ON FUNCTION timeline.notification_id() TO timeline;

UPDATE timeline.notifications SET id = (((id >> 16) - 1577836800000) << 12) | (id & 4095);
UPDATE timeline.markers SET last_read_id = greatest((((last_read_id >> 16) - 1577836800000) << 12) | 4095, 0)
    WHERE timeline = 'notifications';
ALTER TABLE timeline.notifications ALTER COLUMN id SET DEFAULT timeline.notification_id();
"""

NOTIFICATIONS = """
-- How many follows one decision cut: they are gone, so their number is kept.
CREATE TABLE timeline.severances (
    id bigint PRIMARY KEY,
    account_id bigint NOT NULL REFERENCES social.accounts ON DELETE CASCADE,
    kind text NOT NULL,
    target_name text NOT NULL,
    followers int NOT NULL,
    following int NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX severances_of_account ON timeline.severances (account_id);
GRANT SELECT, INSERT ON timeline.severances TO timeline;

ALTER TABLE timeline.notifications
    ADD COLUMN severance_id bigint REFERENCES timeline.severances ON DELETE CASCADE,
    ADD COLUMN quote_id bigint REFERENCES social.quotes ON DELETE CASCADE;
CREATE INDEX notifications_severance ON timeline.notifications (severance_id) WHERE severance_id IS NOT NULL;
DROP INDEX timeline.notifications_once;
CREATE UNIQUE INDEX notifications_once ON timeline.notifications (
    account_id, type, from_account_id, coalesce(status_id, 0), coalesce(report_id, 0), coalesce(severance_id, 0)
);
CREATE INDEX notifications_quote ON timeline.notifications (quote_id) WHERE quote_id IS NOT NULL;
CREATE INDEX notifications_group ON timeline.notifications (account_id, group_key, id DESC)
    WHERE dismissed_at IS NULL AND group_key IS NOT NULL;
CREATE INDEX notifications_filtered ON timeline.notifications (account_id, from_account_id, id DESC)
    WHERE dismissed_at IS NULL AND filtered;

-- Since which hour (of the epoch) alike notifications are one group. Rows of closed groups are forgotten daily.
CREATE TABLE timeline.notification_groups (
    account_id bigint NOT NULL REFERENCES social.accounts ON DELETE CASCADE,
    alike text NOT NULL,
    hour int NOT NULL,
    PRIMARY KEY (account_id, alike)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON timeline.notification_groups TO timeline;

CREATE TABLE timeline.notification_policies (
    account_id bigint PRIMARY KEY REFERENCES social.accounts ON DELETE CASCADE,
    for_not_following text NOT NULL DEFAULT 'accept',
    for_not_followers text NOT NULL DEFAULT 'accept',
    for_new_accounts text NOT NULL DEFAULT 'accept',
    for_private_mentions text NOT NULL DEFAULT 'filter',
    for_limited_accounts text NOT NULL DEFAULT 'filter',
    for_bots text NOT NULL DEFAULT 'accept'
);

-- Senders whose notifications pass, whatever the policy says.
CREATE TABLE timeline.notification_permissions (
    account_id bigint NOT NULL REFERENCES social.accounts ON DELETE CASCADE,
    from_account_id bigint NOT NULL REFERENCES social.accounts ON DELETE CASCADE,
    PRIMARY KEY (account_id, from_account_id)
);

-- Somebody whose mentions wait aside. How many, and which is the last, the notifications themselves say.
CREATE TABLE timeline.notification_requests (
    id bigint PRIMARY KEY DEFAULT social.snowflake(clock_timestamp()),
    account_id bigint NOT NULL REFERENCES social.accounts ON DELETE CASCADE,
    from_account_id bigint NOT NULL REFERENCES social.accounts ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    -- From then on until what waited is moved in.
    accepted_at timestamptz,
    UNIQUE (account_id, from_account_id)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON
    timeline.notification_policies, timeline.notification_permissions, timeline.notification_requests TO timeline;
"""

CONVERSATIONS = """
-- A direct thread as one of ours sees it, with these people in it. Deleted ones come back with the next post.
CREATE TABLE timeline.conversations (
    id bigint PRIMARY KEY DEFAULT social.snowflake(clock_timestamp()),
    account_id bigint NOT NULL REFERENCES social.accounts ON DELETE CASCADE,
    conversation_id bigint NOT NULL REFERENCES social.conversations ON DELETE CASCADE,
    participant_ids bigint[] NOT NULL,
    last_status_id bigint REFERENCES social.statuses ON DELETE SET NULL,
    unread boolean NOT NULL DEFAULT false,
    hidden boolean NOT NULL DEFAULT false,
    updated_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (account_id, conversation_id, participant_ids)
);
-- Their last post was deleted: the former one takes its place soon.
CREATE INDEX conversations_adrift ON timeline.conversations (account_id) WHERE last_status_id IS NULL;
CREATE INDEX conversations_newest ON timeline.conversations (account_id, last_status_id DESC);
CREATE INDEX conversations_last_status ON timeline.conversations (last_status_id) WHERE last_status_id IS NOT NULL;
GRANT SELECT, INSERT, UPDATE, DELETE ON timeline.conversations TO timeline;
"""

TRENDS = """
CREATE TABLE timeline.trending_tags (
    tag_id bigint PRIMARY KEY REFERENCES social.tags ON DELETE CASCADE,
    score double precision NOT NULL,
    peak double precision NOT NULL,
    peaked_at timestamptz NOT NULL
);
CREATE TABLE timeline.trending_statuses (
    status_id bigint PRIMARY KEY REFERENCES social.statuses ON DELETE CASCADE,
    account_id bigint NOT NULL REFERENCES social.accounts ON DELETE CASCADE,
    language text,
    score double precision NOT NULL,
    allowed boolean NOT NULL DEFAULT false
);
CREATE TABLE timeline.trending_links (
    card_id bigint PRIMARY KEY REFERENCES social.preview_cards ON DELETE CASCADE,
    language text,
    score double precision NOT NULL,
    peak double precision NOT NULL,
    peaked_at timestamptz NOT NULL,
    allowed boolean NOT NULL DEFAULT false
);
GRANT SELECT, INSERT, UPDATE, DELETE ON
    timeline.trending_tags, timeline.trending_statuses, timeline.trending_links TO timeline;
"""


def upgrade() -> None:
    for part in (IDS, NOTIFICATIONS, CONVERSATIONS, TRENDS):
        execute_script(part)

"""What clients know besides posts and follows: polls, quotes, schedules, lists, filters, tags, cards, news, push."""

from chassis.script import execute_script

revision = "0005"
down_revision = "0004"

POLLS = """
CREATE TABLE social.polls (
    id bigint PRIMARY KEY DEFAULT social.snowflake(clock_timestamp()),
    status_id bigint NOT NULL UNIQUE REFERENCES social.statuses ON DELETE CASCADE,
    account_id bigint NOT NULL REFERENCES social.accounts ON DELETE CASCADE,
    is_local boolean NOT NULL,
    options text[] NOT NULL,
    multiple boolean NOT NULL DEFAULT false,
    hide_totals boolean NOT NULL DEFAULT false,
    expires_at timestamptz,
    -- When its end was told to all who took part.
    closed_at timestamptz,
    -- When others were last told of new votes.
    tallied_at timestamptz,
    fetched_at timestamptz
);
CREATE INDEX polls_to_close ON social.polls (expires_at) WHERE closed_at IS NULL;

CREATE TABLE social.poll_votes (
    id bigint PRIMARY KEY DEFAULT social.snowflake(clock_timestamp()),
    poll_id bigint NOT NULL REFERENCES social.polls ON DELETE CASCADE,
    account_id bigint NOT NULL REFERENCES social.accounts ON DELETE CASCADE,
    choice smallint NOT NULL,
    uri text,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (poll_id, account_id, choice)
);
CREATE INDEX poll_votes_of_account ON social.poll_votes (account_id);

-- Ours are recounted from the votes; of others we note what their server says.
CREATE TABLE social.poll_counts (
    poll_id bigint PRIMARY KEY REFERENCES social.polls ON DELETE CASCADE,
    votes bigint[] NOT NULL,
    voters bigint
);

ALTER TABLE social.status_edits ADD COLUMN poll_options text[];

CREATE TABLE social.scheduled_statuses (
    id bigint PRIMARY KEY DEFAULT social.snowflake(clock_timestamp()),
    account_id bigint NOT NULL REFERENCES social.accounts ON DELETE CASCADE,
    app_id bigint REFERENCES social.apps ON DELETE SET NULL,
    scheduled_at timestamptz NOT NULL,
    params jsonb NOT NULL,
    -- How often posting it failed in a way that nobody expected.
    failures int NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX scheduled_statuses_due ON social.scheduled_statuses (scheduled_at);
CREATE INDEX scheduled_statuses_of_account ON social.scheduled_statuses (account_id, id DESC);
ALTER TABLE social.media_attachments
    ADD COLUMN scheduled_status_id bigint REFERENCES social.scheduled_statuses ON DELETE SET NULL;
CREATE INDEX media_of_scheduled ON social.media_attachments (scheduled_status_id)
    WHERE scheduled_status_id IS NOT NULL;
"""

QUOTES = """
-- Who may quote: `public`, `followers`, `following`, `unsupported_policy` or an account's URI; nobody where empty.
ALTER TABLE social.statuses
    ADD COLUMN quote_automatic text[] NOT NULL DEFAULT '{}',
    ADD COLUMN quote_manual text[] NOT NULL DEFAULT '{}';
ALTER TABLE social.status_counts ADD COLUMN quotes bigint NOT NULL DEFAULT 0;

CREATE TABLE social.quotes (
    id bigint PRIMARY KEY DEFAULT social.snowflake(clock_timestamp()),
    status_id bigint NOT NULL UNIQUE REFERENCES social.statuses ON DELETE CASCADE,
    account_id bigint NOT NULL REFERENCES social.accounts ON DELETE CASCADE,
    quoted_status_id bigint REFERENCES social.statuses ON DELETE SET NULL,
    quoted_account_id bigint REFERENCES social.accounts ON DELETE SET NULL,
    quoted_uri text NOT NULL,
    state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'accepted', 'rejected', 'revoked', 'deleted')),
    -- Said by a property from before FEP-044f: nobody was asked.
    legacy boolean NOT NULL DEFAULT false,
    request_uri text UNIQUE,
    approval_uri text,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX quotes_of_status ON social.quotes (quoted_status_id, id DESC) WHERE quoted_status_id IS NOT NULL;
CREATE INDEX quotes_of_account ON social.quotes (account_id);
CREATE INDEX quotes_waiting ON social.quotes (quoted_uri) WHERE quoted_status_id IS NULL;
CREATE INDEX quotes_approval ON social.quotes (approval_uri) WHERE approval_uri IS NOT NULL;
"""

CURATION = """
CREATE INDEX bookmarks_of_account ON social.bookmarks (account_id, id DESC);

CREATE TABLE social.lists (
    id bigint PRIMARY KEY DEFAULT social.snowflake(clock_timestamp()),
    account_id bigint NOT NULL REFERENCES social.accounts ON DELETE CASCADE,
    title text NOT NULL,
    replies_policy text NOT NULL DEFAULT 'list' CHECK (replies_policy IN ('followed', 'list', 'none')),
    exclusive boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX lists_of_account ON social.lists (account_id);

-- Members are followed or asked to be; whoever unfollows them takes them off their lists.
CREATE TABLE social.list_accounts (
    id bigint PRIMARY KEY DEFAULT social.snowflake(clock_timestamp()),
    list_id bigint NOT NULL REFERENCES social.lists ON DELETE CASCADE,
    account_id bigint NOT NULL REFERENCES social.accounts ON DELETE CASCADE,
    UNIQUE (list_id, account_id)
);
CREATE INDEX list_accounts_of_account ON social.list_accounts (account_id);

CREATE TABLE social.filters (
    id bigint PRIMARY KEY DEFAULT social.snowflake(clock_timestamp()),
    account_id bigint NOT NULL REFERENCES social.accounts ON DELETE CASCADE,
    title text NOT NULL,
    contexts text[] NOT NULL,
    action text NOT NULL DEFAULT 'warn' CHECK (action IN ('warn', 'hide', 'blur')),
    expires_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX filters_of_account ON social.filters (account_id);

CREATE TABLE social.filter_keywords (
    id bigint PRIMARY KEY DEFAULT social.snowflake(clock_timestamp()),
    filter_id bigint NOT NULL REFERENCES social.filters ON DELETE CASCADE,
    keyword text NOT NULL,
    whole_word boolean NOT NULL DEFAULT true
);
CREATE INDEX filter_keywords_of_filter ON social.filter_keywords (filter_id);

CREATE TABLE social.filter_statuses (
    id bigint PRIMARY KEY DEFAULT social.snowflake(clock_timestamp()),
    filter_id bigint NOT NULL REFERENCES social.filters ON DELETE CASCADE,
    status_id bigint NOT NULL REFERENCES social.statuses ON DELETE CASCADE,
    UNIQUE (filter_id, status_id)
);
CREATE INDEX filter_statuses_status ON social.filter_statuses (status_id);

CREATE TABLE social.tag_follows (
    id bigint PRIMARY KEY DEFAULT social.snowflake(clock_timestamp()),
    account_id bigint NOT NULL REFERENCES social.accounts ON DELETE CASCADE,
    tag_id bigint NOT NULL REFERENCES social.tags ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (account_id, tag_id)
);
CREATE INDEX tag_follows_of_tag ON social.tag_follows (tag_id);

CREATE TABLE social.featured_tags (
    id bigint PRIMARY KEY DEFAULT social.snowflake(clock_timestamp()),
    account_id bigint NOT NULL REFERENCES social.accounts ON DELETE CASCADE,
    tag_id bigint NOT NULL REFERENCES social.tags ON DELETE CASCADE,
    -- As its owner spells it.
    name text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (account_id, tag_id)
);

CREATE TABLE social.endorsements (
    id bigint PRIMARY KEY DEFAULT social.snowflake(clock_timestamp()),
    account_id bigint NOT NULL REFERENCES social.accounts ON DELETE CASCADE,
    target_id bigint NOT NULL REFERENCES social.accounts ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (account_id, target_id)
);
CREATE INDEX endorsements_of_target ON social.endorsements (target_id);

-- What pages the list of them.
ALTER TABLE social.account_domain_blocks ADD COLUMN id bigint NOT NULL DEFAULT social.snowflake(clock_timestamp());
CREATE INDEX account_domain_blocks_of_account ON social.account_domain_blocks (account_id, id DESC);
"""

DISCOVERY = """
ALTER TABLE social.tags
    ADD COLUMN usable boolean NOT NULL DEFAULT true,
    ADD COLUMN listable boolean NOT NULL DEFAULT true,
    ADD COLUMN trendable boolean,
    ADD COLUMN reviewed_at timestamptz;

-- Recounted from the posts of the day, never incremented.
CREATE TABLE social.tag_days (
    tag_id bigint NOT NULL REFERENCES social.tags ON DELETE CASCADE,
    day date NOT NULL,
    uses int NOT NULL,
    accounts int NOT NULL,
    PRIMARY KEY (tag_id, day)
);
CREATE INDEX tag_days_of_day ON social.tag_days (day, accounts);

-- Who wants to be found by strangers, and who of them was heard of last.
CREATE INDEX accounts_directory ON social.accounts (is_local, id DESC) WHERE discoverable;
CREATE INDEX account_counts_active ON social.account_counts (last_status_at DESC NULLS LAST);

CREATE TABLE social.preview_cards (
    id bigint PRIMARY KEY DEFAULT social.snowflake(clock_timestamp()),
    url text NOT NULL UNIQUE,
    title text NOT NULL DEFAULT '',
    description text NOT NULL DEFAULT '',
    language text,
    type text NOT NULL DEFAULT 'link' CHECK (type IN ('link', 'photo', 'video', 'rich')),
    author_name text NOT NULL DEFAULT '',
    author_url text NOT NULL DEFAULT '',
    author_account_id bigint REFERENCES social.accounts ON DELETE SET NULL,
    provider_name text NOT NULL DEFAULT '',
    provider_url text NOT NULL DEFAULT '',
    html text NOT NULL DEFAULT '',
    width int NOT NULL DEFAULT 0,
    height int NOT NULL DEFAULT 0,
    image_key text,
    image_description text NOT NULL DEFAULT '',
    embed_url text NOT NULL DEFAULT '',
    blurhash text,
    trendable boolean,
    published_at timestamptz,
    fetched_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE social.status_cards (
    status_id bigint PRIMARY KEY REFERENCES social.statuses ON DELETE CASCADE,
    card_id bigint NOT NULL REFERENCES social.preview_cards ON DELETE CASCADE,
    -- As the post writes it: the card's own URL may be what that redirects to.
    url text NOT NULL
);
CREATE INDEX status_cards_of_card ON social.status_cards (card_id, status_id DESC);

CREATE TABLE social.suggestion_dismissals (
    account_id bigint NOT NULL REFERENCES social.accounts ON DELETE CASCADE,
    target_id bigint NOT NULL REFERENCES social.accounts ON DELETE CASCADE,
    PRIMARY KEY (account_id, target_id)
);
"""

NEWS = """
CREATE TABLE social.announcements (
    id bigint PRIMARY KEY DEFAULT social.snowflake(clock_timestamp()),
    text text NOT NULL,
    all_day boolean NOT NULL DEFAULT false,
    starts_at timestamptz,
    ends_at timestamptz,
    scheduled_at timestamptz,
    published_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE social.announcement_reads (
    announcement_id bigint NOT NULL REFERENCES social.announcements ON DELETE CASCADE,
    account_id bigint NOT NULL REFERENCES social.accounts ON DELETE CASCADE,
    PRIMARY KEY (account_id, announcement_id)
);
CREATE TABLE social.announcement_reactions (
    id bigint PRIMARY KEY DEFAULT social.snowflake(clock_timestamp()),
    announcement_id bigint NOT NULL REFERENCES social.announcements ON DELETE CASCADE,
    account_id bigint NOT NULL REFERENCES social.accounts ON DELETE CASCADE,
    -- A Unicode emoji, or the shortcode of one of ours.
    name text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (announcement_id, account_id, name)
);
"""

PUSH = """
CREATE TABLE social.push_subscriptions (
    id bigint PRIMARY KEY DEFAULT social.snowflake(clock_timestamp()),
    token_id bigint NOT NULL UNIQUE REFERENCES social.tokens ON DELETE CASCADE,
    account_id bigint NOT NULL REFERENCES social.accounts ON DELETE CASCADE,
    endpoint text NOT NULL,
    key_p256dh text NOT NULL,
    key_auth text NOT NULL,
    standard boolean NOT NULL DEFAULT false,
    policy text NOT NULL DEFAULT 'all' CHECK (policy IN ('all', 'followed', 'follower', 'none')),
    alerts text[] NOT NULL DEFAULT '{}',
    -- The token itself, for the app to know whom a message is for; only the server's secret key opens it.
    sealed_token bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX push_subscriptions_of_account ON social.push_subscriptions (account_id);

-- One pair of keys a server, by which push services know it (RFC 8292).
CREATE TABLE social.vapid_keys (
    id int PRIMARY KEY DEFAULT 1 CHECK (id = 1),
    public_key text NOT NULL,
    private_key_pem text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
"""

JOINING = """
ALTER TABLE social.users
    ADD COLUMN awaits_approval boolean NOT NULL DEFAULT false,
    ADD COLUMN sign_up_reason text NOT NULL DEFAULT '';
GRANT SELECT (awaits_approval) ON social.users TO inbox, delivery, timeline, media, moderation;
GRANT SELECT (sign_up_reason), UPDATE (awaits_approval) ON social.users TO moderation;

-- What people agree to, each from its day on until the next.
CREATE TABLE social.terms_of_service (
    effective_date date PRIMARY KEY,
    content text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
GRANT SELECT, INSERT, UPDATE, DELETE ON social.terms_of_service TO api_gateway, moderation;
"""

MOVING = """
ALTER TABLE social.accounts
    -- When it moved, as far as we acted upon it: it does not again for a while.
    ADD COLUMN moved_at timestamptz,
    ADD COLUMN featured_tags_url text;
-- Who mutes an account that moves, and who noted something about it.
CREATE INDEX mutes_of_target ON social.mutes (target_id);
CREATE INDEX account_notes_of_target ON social.account_notes (target_id);
-- The key of a deleted account signs its Delete, and goes when that is delivered.
GRANT DELETE ON social.account_keys TO delivery;
"""

GRANTS = """
GRANT SELECT ON
    social.polls, social.poll_votes, social.poll_counts, social.scheduled_statuses, social.quotes, social.lists,
    social.list_accounts, social.filters, social.filter_keywords, social.filter_statuses, social.tag_follows,
    social.featured_tags, social.endorsements, social.tag_days, social.preview_cards, social.status_cards,
    social.suggestion_dismissals, social.announcements, social.announcement_reads, social.announcement_reactions
    TO api_gateway, inbox, delivery, timeline, media, moderation;
GRANT SELECT ON social.push_subscriptions TO api_gateway, timeline;
GRANT SELECT (id, public_key) ON social.vapid_keys TO api_gateway;
GRANT SELECT, INSERT ON social.vapid_keys TO timeline;

GRANT INSERT, UPDATE, DELETE ON social.polls, social.poll_votes, social.quotes, social.featured_tags
    TO api_gateway, inbox;
GRANT INSERT, UPDATE, DELETE ON social.scheduled_statuses, social.lists, social.list_accounts, social.filters,
    social.filter_keywords, social.filter_statuses, social.tag_follows, social.endorsements,
    social.suggestion_dismissals, social.announcement_reads, social.announcement_reactions, social.push_subscriptions
    TO api_gateway;
GRANT DELETE ON social.list_accounts, social.endorsements TO inbox, moderation;
GRANT INSERT, UPDATE ON social.poll_counts TO timeline, inbox, api_gateway;
GRANT INSERT, UPDATE, DELETE ON social.tag_days TO timeline;
GRANT INSERT, UPDATE, DELETE ON social.preview_cards, social.status_cards TO media;
GRANT INSERT, UPDATE, DELETE ON social.announcements TO moderation, api_gateway;
GRANT UPDATE (usable, listable, trendable, reviewed_at) ON social.tags TO moderation;
GRANT UPDATE (trendable) ON social.preview_cards TO moderation, api_gateway;
GRANT DELETE ON social.push_subscriptions TO timeline;
"""

ROWS = """
ALTER TABLE social.polls ENABLE ROW LEVEL SECURITY;
CREATE POLICY everyone_reads ON social.polls FOR SELECT USING (true);
CREATE POLICY local_only ON social.polls TO api_gateway USING (is_local) WITH CHECK (is_local);
CREATE POLICY remote_only ON social.polls TO inbox USING (NOT is_local) WITH CHECK (NOT is_local);
"""


def upgrade() -> None:
    for part in (POLLS, QUOTES, CURATION, DISCOVERY, NEWS, PUSH, JOINING, MOVING, GRANTS, ROWS):
        execute_script(part)

"""The network: accounts, statuses, and what people do to them."""

from chassis.script import execute_script

revision = "0001"
down_revision = None

IDS = """
CREATE SEQUENCE social.snowflake_sequence;

-- 48 bits of milliseconds and 16 of a sequence: sorts by time, unique on one cluster.
CREATE FUNCTION social.snowflake(at timestamptz) RETURNS bigint
LANGUAGE sql VOLATILE AS $$
    SELECT (floor(extract(epoch FROM at) * 1000)::bigint << 16) | (nextval('social.snowflake_sequence') & 65535)
$$;
"""

ACCOUNTS = """
CREATE TABLE social.accounts (
    id bigint PRIMARY KEY DEFAULT social.snowflake(clock_timestamp()),
    username text NOT NULL,
    domain text,
    is_local boolean NOT NULL,
    uri text NOT NULL UNIQUE,
    url text,
    actor_type text NOT NULL DEFAULT 'Person',
    inbox_url text NOT NULL,
    shared_inbox_url text,
    outbox_url text,
    followers_url text,
    following_url text,
    featured_url text,
    display_name text NOT NULL DEFAULT '',
    note text NOT NULL DEFAULT '',
    note_source text NOT NULL DEFAULT '',
    fields jsonb NOT NULL DEFAULT '[]',
    fields_source jsonb NOT NULL DEFAULT '[]',
    avatar_key text,
    avatar_remote_url text,
    avatar_description text NOT NULL DEFAULT '',
    header_key text,
    header_remote_url text,
    header_description text NOT NULL DEFAULT '',
    locked boolean NOT NULL DEFAULT false,
    discoverable boolean,
    indexable boolean NOT NULL DEFAULT false,
    hide_collections boolean,
    memorial boolean NOT NULL DEFAULT false,
    show_media boolean NOT NULL DEFAULT true,
    show_media_replies boolean NOT NULL DEFAULT true,
    show_featured boolean NOT NULL DEFAULT true,
    attribution_domains text[] NOT NULL DEFAULT '{}',
    moved_to_id bigint REFERENCES social.accounts ON DELETE SET NULL,
    also_known_as text[] NOT NULL DEFAULT '{}',
    emoji_ids bigint[] NOT NULL DEFAULT '{}',
    public_key_id text,
    public_key_pem text,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    fetched_at timestamptz,
    silenced_at timestamptz,
    suspended_at timestamptz,
    CHECK (is_local = (domain IS NULL))
);
CREATE UNIQUE INDEX accounts_handle ON social.accounts (lower(username), coalesce(domain, ''));
CREATE INDEX accounts_domain ON social.accounts (domain) WHERE domain IS NOT NULL;
CREATE INDEX accounts_key ON social.accounts (public_key_id);
CREATE INDEX accounts_search ON social.accounts
    USING gin ((lower(username) || ' ' || lower(display_name)) gin_trgm_ops);

CREATE TABLE social.account_counts (
    account_id bigint PRIMARY KEY REFERENCES social.accounts ON DELETE CASCADE,
    statuses bigint NOT NULL DEFAULT 0,
    followers bigint NOT NULL DEFAULT 0,
    following bigint NOT NULL DEFAULT 0,
    last_status_at timestamptz
);

CREATE TABLE social.account_keys (
    account_id bigint PRIMARY KEY REFERENCES social.accounts ON DELETE CASCADE,
    private_key_pem text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE social.users (
    account_id bigint PRIMARY KEY REFERENCES social.accounts ON DELETE CASCADE,
    email text NOT NULL,
    password_hash text NOT NULL,
    role text NOT NULL DEFAULT 'User' CHECK (role IN ('User', 'Moderator', 'Admin', 'Owner')),
    locale text NOT NULL DEFAULT 'en',
    default_privacy text NOT NULL DEFAULT 'public',
    default_sensitive boolean NOT NULL DEFAULT false,
    default_language text,
    default_quote_policy text NOT NULL DEFAULT 'public',
    settings jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT now(),
    confirmed_at timestamptz,
    disabled_at timestamptz,
    last_active_at timestamptz
);
CREATE UNIQUE INDEX users_email ON social.users (lower(email));
"""

OAUTH = """
CREATE TABLE social.apps (
    id bigint PRIMARY KEY DEFAULT social.snowflake(clock_timestamp()),
    client_id text NOT NULL UNIQUE,
    client_secret_hash bytea NOT NULL,
    name text NOT NULL,
    website text,
    redirect_uris text[] NOT NULL,
    scopes text[] NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE social.grants (
    code_hash bytea PRIMARY KEY,
    app_id bigint NOT NULL REFERENCES social.apps ON DELETE CASCADE,
    account_id bigint NOT NULL REFERENCES social.accounts ON DELETE CASCADE,
    redirect_uri text NOT NULL,
    scopes text[] NOT NULL,
    code_challenge text,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL
);

CREATE TABLE social.tokens (
    id bigint PRIMARY KEY DEFAULT social.snowflake(clock_timestamp()),
    token_hash bytea NOT NULL UNIQUE,
    app_id bigint REFERENCES social.apps ON DELETE CASCADE,
    account_id bigint REFERENCES social.accounts ON DELETE CASCADE,
    scopes text[] NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    revoked_at timestamptz
);
CREATE INDEX tokens_account ON social.tokens (account_id);
"""

STATUSES = """
CREATE TABLE social.conversations (
    id bigint PRIMARY KEY DEFAULT social.snowflake(clock_timestamp()),
    uri text UNIQUE
);

CREATE TABLE social.statuses (
    id bigint PRIMARY KEY,
    uri text NOT NULL UNIQUE,
    url text,
    account_id bigint NOT NULL REFERENCES social.accounts ON DELETE CASCADE,
    is_local boolean NOT NULL,
    conversation_id bigint NOT NULL REFERENCES social.conversations,
    in_reply_to_id bigint REFERENCES social.statuses ON DELETE SET NULL,
    in_reply_to_account_id bigint REFERENCES social.accounts ON DELETE SET NULL,
    in_reply_to_uri text,
    reblog_of_id bigint REFERENCES social.statuses ON DELETE CASCADE,
    visibility text NOT NULL CHECK (visibility IN ('public', 'unlisted', 'private', 'direct', 'limited')),
    content text NOT NULL DEFAULT '',
    text text NOT NULL DEFAULT '',
    spoiler_text text NOT NULL DEFAULT '',
    sensitive boolean NOT NULL DEFAULT false,
    language text,
    emoji_ids bigint[] NOT NULL DEFAULT '{}',
    app_id bigint REFERENCES social.apps ON DELETE SET NULL,
    created_at timestamptz NOT NULL,
    edited_at timestamptz
);
CREATE INDEX statuses_of_account ON social.statuses (account_id, id DESC);
CREATE INDEX statuses_replies ON social.statuses (in_reply_to_id) WHERE in_reply_to_id IS NOT NULL;
CREATE INDEX statuses_waiting_for_parent ON social.statuses (in_reply_to_uri)
    WHERE in_reply_to_id IS NULL AND in_reply_to_uri IS NOT NULL;
CREATE INDEX statuses_reblogs ON social.statuses (reblog_of_id, account_id) WHERE reblog_of_id IS NOT NULL;
CREATE UNIQUE INDEX statuses_one_reblog ON social.statuses (account_id, reblog_of_id) WHERE reblog_of_id IS NOT NULL;
CREATE INDEX statuses_conversation ON social.statuses (conversation_id);
CREATE INDEX statuses_public ON social.statuses (id DESC) WHERE visibility = 'public' AND reblog_of_id IS NULL;
CREATE INDEX statuses_public_local ON social.statuses (id DESC)
    WHERE visibility = 'public' AND reblog_of_id IS NULL AND is_local;
CREATE INDEX statuses_words ON social.statuses USING gin (to_tsvector('simple', spoiler_text || ' ' || content));

CREATE TABLE social.status_counts (
    status_id bigint PRIMARY KEY REFERENCES social.statuses ON DELETE CASCADE,
    replies bigint NOT NULL DEFAULT 0,
    reblogs bigint NOT NULL DEFAULT 0,
    favourites bigint NOT NULL DEFAULT 0
);

CREATE TABLE social.status_edits (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    status_id bigint NOT NULL REFERENCES social.statuses ON DELETE CASCADE,
    content text NOT NULL,
    spoiler_text text NOT NULL,
    sensitive boolean NOT NULL,
    media_ids bigint[] NOT NULL DEFAULT '{}',
    emoji_ids bigint[] NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL
);
CREATE INDEX status_edits_of_status ON social.status_edits (status_id, id);

CREATE TABLE social.mentions (
    status_id bigint NOT NULL REFERENCES social.statuses ON DELETE CASCADE,
    account_id bigint NOT NULL REFERENCES social.accounts ON DELETE CASCADE,
    silent boolean NOT NULL DEFAULT false,
    PRIMARY KEY (status_id, account_id)
);
CREATE INDEX mentions_of_account ON social.mentions (account_id, status_id DESC);

CREATE TABLE social.tags (
    id bigint PRIMARY KEY DEFAULT social.snowflake(clock_timestamp()),
    name text NOT NULL UNIQUE,
    display_name text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX tags_search ON social.tags USING gin (name gin_trgm_ops);

CREATE TABLE social.status_tags (
    tag_id bigint NOT NULL REFERENCES social.tags ON DELETE CASCADE,
    status_id bigint NOT NULL REFERENCES social.statuses ON DELETE CASCADE,
    PRIMARY KEY (tag_id, status_id)
);
CREATE INDEX status_tags_of_status ON social.status_tags (status_id);

CREATE TABLE social.media_attachments (
    id bigint PRIMARY KEY DEFAULT social.snowflake(clock_timestamp()),
    account_id bigint NOT NULL REFERENCES social.accounts ON DELETE CASCADE,
    status_id bigint REFERENCES social.statuses ON DELETE SET NULL,
    is_local boolean NOT NULL,
    position int NOT NULL DEFAULT 0,
    kind text NOT NULL DEFAULT 'unknown' CHECK (kind IN ('unknown', 'image', 'gifv', 'video', 'audio')),
    state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'ready', 'failed')),
    file_key text,
    preview_key text,
    remote_url text,
    remote_preview_url text,
    mime_type text NOT NULL DEFAULT '',
    file_size bigint,
    description text,
    blurhash text,
    meta jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX media_of_status ON social.media_attachments (status_id, position);
CREATE INDEX media_unattached ON social.media_attachments (created_at) WHERE status_id IS NULL;

CREATE TABLE social.custom_emojis (
    id bigint PRIMARY KEY DEFAULT social.snowflake(clock_timestamp()),
    shortcode text NOT NULL,
    domain text,
    uri text,
    image_key text,
    static_key text,
    image_remote_url text,
    category text,
    visible_in_picker boolean NOT NULL DEFAULT true,
    disabled boolean NOT NULL DEFAULT false,
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX custom_emojis_shortcode ON social.custom_emojis (shortcode, coalesce(domain, ''));
"""

ACTS = """
CREATE TABLE social.favourites (
    id bigint PRIMARY KEY DEFAULT social.snowflake(clock_timestamp()),
    status_id bigint NOT NULL REFERENCES social.statuses ON DELETE CASCADE,
    account_id bigint NOT NULL REFERENCES social.accounts ON DELETE CASCADE,
    uri text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (status_id, account_id)
);
CREATE INDEX favourites_of_account ON social.favourites (account_id, id DESC);
CREATE INDEX favourites_uri ON social.favourites (uri);

CREATE TABLE social.bookmarks (
    id bigint PRIMARY KEY DEFAULT social.snowflake(clock_timestamp()),
    account_id bigint NOT NULL REFERENCES social.accounts ON DELETE CASCADE,
    status_id bigint NOT NULL REFERENCES social.statuses ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (account_id, status_id)
);

CREATE TABLE social.status_pins (
    account_id bigint NOT NULL REFERENCES social.accounts ON DELETE CASCADE,
    status_id bigint NOT NULL REFERENCES social.statuses ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, status_id)
);

CREATE TABLE social.follows (
    id bigint PRIMARY KEY DEFAULT social.snowflake(clock_timestamp()),
    account_id bigint NOT NULL REFERENCES social.accounts ON DELETE CASCADE,
    target_id bigint NOT NULL REFERENCES social.accounts ON DELETE CASCADE,
    uri text NOT NULL,
    show_reblogs boolean NOT NULL DEFAULT true,
    notify boolean NOT NULL DEFAULT false,
    languages text[],
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (account_id, target_id)
);
CREATE INDEX follows_of_target ON social.follows (target_id, id DESC);
CREATE INDEX follows_uri ON social.follows (uri);

CREATE TABLE social.follow_requests (LIKE social.follows INCLUDING DEFAULTS INCLUDING CONSTRAINTS);
ALTER TABLE social.follow_requests
    ADD PRIMARY KEY (id),
    ADD UNIQUE (account_id, target_id),
    ADD FOREIGN KEY (account_id) REFERENCES social.accounts ON DELETE CASCADE,
    ADD FOREIGN KEY (target_id) REFERENCES social.accounts ON DELETE CASCADE;
CREATE INDEX follow_requests_of_target ON social.follow_requests (target_id, id DESC);
CREATE INDEX follow_requests_uri ON social.follow_requests (uri);

CREATE TABLE social.blocks (
    id bigint PRIMARY KEY DEFAULT social.snowflake(clock_timestamp()),
    account_id bigint NOT NULL REFERENCES social.accounts ON DELETE CASCADE,
    target_id bigint NOT NULL REFERENCES social.accounts ON DELETE CASCADE,
    uri text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (account_id, target_id)
);
CREATE INDEX blocks_of_target ON social.blocks (target_id);
CREATE INDEX blocks_uri ON social.blocks (uri);

CREATE TABLE social.mutes (
    id bigint PRIMARY KEY DEFAULT social.snowflake(clock_timestamp()),
    account_id bigint NOT NULL REFERENCES social.accounts ON DELETE CASCADE,
    target_id bigint NOT NULL REFERENCES social.accounts ON DELETE CASCADE,
    hide_notifications boolean NOT NULL DEFAULT true,
    expires_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (account_id, target_id)
);

CREATE TABLE social.conversation_mutes (
    account_id bigint NOT NULL REFERENCES social.accounts ON DELETE CASCADE,
    conversation_id bigint NOT NULL REFERENCES social.conversations ON DELETE CASCADE,
    PRIMARY KEY (account_id, conversation_id)
);

CREATE TABLE social.account_domain_blocks (
    account_id bigint NOT NULL REFERENCES social.accounts ON DELETE CASCADE,
    domain text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, domain)
);

CREATE TABLE social.account_notes (
    account_id bigint NOT NULL REFERENCES social.accounts ON DELETE CASCADE,
    target_id bigint NOT NULL REFERENCES social.accounts ON DELETE CASCADE,
    comment text NOT NULL,
    PRIMARY KEY (account_id, target_id)
);
"""

NETWORK = """
-- What was deleted stays deleted, also when its Create comes after its Delete.
CREATE TABLE social.tombstones (
    uri text PRIMARY KEY,
    actor_uri text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);

-- Activities that were undone before they came.
CREATE TABLE social.undone (
    uri text PRIMARY KEY,
    actor_uri text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE social.domain_policies (
    domain text PRIMARY KEY,
    severity text NOT NULL DEFAULT 'noop' CHECK (severity IN ('noop', 'silence', 'suspend')),
    reject_media boolean NOT NULL DEFAULT false,
    reject_reports boolean NOT NULL DEFAULT false,
    private_comment text NOT NULL DEFAULT '',
    public_comment text NOT NULL DEFAULT '',
    obfuscate boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE social.reports (
    id bigint PRIMARY KEY DEFAULT social.snowflake(clock_timestamp()),
    account_id bigint NOT NULL REFERENCES social.accounts ON DELETE CASCADE,
    target_id bigint NOT NULL REFERENCES social.accounts ON DELETE CASCADE,
    status_ids bigint[] NOT NULL DEFAULT '{}',
    rule_ids bigint[] NOT NULL DEFAULT '{}',
    category text NOT NULL DEFAULT 'other' CHECK (category IN ('other', 'spam', 'legal', 'violation')),
    comment text NOT NULL DEFAULT '',
    forwarded boolean NOT NULL DEFAULT false,
    uri text UNIQUE,
    created_at timestamptz NOT NULL DEFAULT now(),
    resolved_at timestamptz,
    resolved_by_id bigint REFERENCES social.accounts ON DELETE SET NULL,
    assigned_id bigint REFERENCES social.accounts ON DELETE SET NULL
);
CREATE INDEX reports_open ON social.reports (id DESC) WHERE resolved_at IS NULL;

CREATE TABLE social.rules (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    position int NOT NULL DEFAULT 0,
    text text NOT NULL,
    hint text NOT NULL DEFAULT ''
);

-- The server's title, description, contact …: one row a key.
CREATE TABLE social.server_settings (
    key text PRIMARY KEY,
    value jsonb NOT NULL
);
"""

# Who may do what. Everyone reads the network; secrets are read by those who need them.
GRANTS = """
GRANT USAGE ON SCHEMA social TO api_gateway, inbox, delivery, timeline, media, moderation;
GRANT USAGE ON SEQUENCE social.snowflake_sequence TO api_gateway, inbox, delivery, timeline, media, moderation;
GRANT EXECUTE ON FUNCTION social.snowflake(timestamptz) TO api_gateway, inbox, delivery, timeline, media, moderation;
GRANT SELECT ON ALL TABLES IN SCHEMA social TO api_gateway, inbox, delivery, timeline, media, moderation;

REVOKE SELECT ON social.account_keys FROM timeline, media, moderation;
REVOKE SELECT ON social.grants FROM inbox, delivery, timeline, media, moderation;
REVOKE SELECT ON social.tokens FROM inbox, delivery;
REVOKE SELECT ON social.apps FROM inbox, delivery, timeline, media, moderation;
GRANT SELECT (id, name, website) ON social.apps TO inbox, delivery, timeline, media, moderation;
REVOKE SELECT ON social.users FROM inbox, delivery, timeline, media, moderation;
GRANT SELECT (account_id, role, locale, default_privacy, default_sensitive, default_language,
    default_quote_policy, settings, created_at, confirmed_at, disabled_at, last_active_at)
    ON social.users TO inbox, delivery, timeline, media, moderation;
GRANT UPDATE (last_active_at) ON social.users TO timeline;

-- The two who write the network: our people's client API, and what other servers say.
GRANT INSERT, UPDATE, DELETE ON
    social.accounts, social.conversations, social.statuses, social.status_edits, social.mentions, social.tags,
    social.status_tags, social.favourites, social.status_pins, social.follows, social.follow_requests,
    social.blocks, social.tombstones, social.media_attachments
    TO api_gateway, inbox;
GRANT INSERT, UPDATE, DELETE ON social.account_keys, social.users, social.apps, social.grants, social.tokens,
    social.bookmarks, social.mutes, social.conversation_mutes, social.account_domain_blocks, social.account_notes,
    social.server_settings, social.rules
    TO api_gateway;
GRANT INSERT, UPDATE, DELETE ON social.undone TO inbox;
GRANT INSERT, UPDATE ON social.custom_emojis TO inbox, api_gateway, media;
GRANT INSERT ON social.reports TO inbox, moderation;
GRANT DELETE ON social.mutes TO timeline;

-- Counts are recounted by timeline; inbox notes what remote servers say of their own accounts.
GRANT INSERT, UPDATE ON social.status_counts, social.account_counts TO timeline, inbox;
GRANT INSERT, UPDATE ON social.account_counts TO api_gateway;

-- Media owns files; the words about them are their author's.
GRANT INSERT, UPDATE, DELETE ON social.media_attachments TO media;
GRANT UPDATE (avatar_key, header_key, updated_at) ON social.accounts TO media;

-- Moderation changes sanctions, never words.
GRANT UPDATE (silenced_at, suspended_at) ON social.accounts TO moderation;
GRANT INSERT, UPDATE, DELETE ON social.domain_policies, social.server_settings, social.rules TO moderation;
GRANT UPDATE ON social.reports TO moderation;
GRANT DELETE ON social.statuses, social.follows, social.follow_requests TO moderation;
GRANT INSERT ON social.tombstones TO moderation;
GRANT UPDATE (role, disabled_at, confirmed_at) ON social.users TO moderation;
GRANT UPDATE (revoked_at) ON social.tokens TO moderation;
"""

# Authority below the application: no bug in inbox can touch our people's words, and none in the client
# API can touch a neighbour's. Deletions that follow a foreign key are PostgreSQL's own and pass.
ROWS = """
ALTER TABLE social.accounts ENABLE ROW LEVEL SECURITY;
ALTER TABLE social.statuses ENABLE ROW LEVEL SECURITY;
ALTER TABLE social.media_attachments ENABLE ROW LEVEL SECURITY;

CREATE POLICY everyone_reads ON social.accounts FOR SELECT USING (true);
CREATE POLICY everyone_reads ON social.statuses FOR SELECT USING (true);
CREATE POLICY everyone_reads ON social.media_attachments FOR SELECT USING (true);

CREATE POLICY local_only ON social.accounts TO api_gateway USING (is_local) WITH CHECK (is_local);
CREATE POLICY local_only ON social.statuses TO api_gateway USING (is_local) WITH CHECK (is_local);
CREATE POLICY local_only ON social.media_attachments TO api_gateway USING (is_local) WITH CHECK (is_local);

CREATE POLICY remote_only ON social.accounts TO inbox USING (NOT is_local) WITH CHECK (NOT is_local);
CREATE POLICY remote_only ON social.statuses TO inbox USING (NOT is_local) WITH CHECK (NOT is_local);
CREATE POLICY remote_only ON social.media_attachments TO inbox USING (NOT is_local) WITH CHECK (NOT is_local);

CREATE POLICY files ON social.media_attachments TO media USING (true) WITH CHECK (true);
CREATE POLICY pictures ON social.accounts FOR UPDATE TO media USING (true) WITH CHECK (true);
CREATE POLICY sanctions ON social.accounts FOR UPDATE TO moderation USING (true) WITH CHECK (true);
CREATE POLICY removals ON social.statuses FOR DELETE TO moderation USING (true);
"""


def upgrade() -> None:
    execute_script("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    for part in (IDS, ACCOUNTS, OAUTH, STATUSES, ACTS, NETWORK, GRANTS, ROWS):
        execute_script(part)

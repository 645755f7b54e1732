"""Which files we stored and for whom, uploads in hand, and which of other servers' pictures we hold."""

from chassis.script import execute_script, outbox_table

revision = "0001"
down_revision = None

FILES = """
-- Written before the file, so that no file is ever forgotten; collected once its owner no longer names the key.
CREATE TABLE media.files (
    key text PRIMARY KEY,
    owner_kind text NOT NULL CHECK (owner_kind IN ('attachment', 'account', 'cached')),
    owner_id bigint NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    checked_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX files_checked ON media.files (checked_at);
CREATE INDEX files_of_owner ON media.files (owner_id);

-- The raw bytes of an upload that waits to be processed.
CREATE TABLE media.uploads (
    media_id bigint PRIMARY KEY REFERENCES social.media_attachments ON DELETE CASCADE,
    raw_key text NOT NULL
);

-- Attachments without a status, and since when we know: a draft, or what a deleted status left behind.
CREATE TABLE media.unattached (
    media_id bigint PRIMARY KEY REFERENCES social.media_attachments ON DELETE CASCADE,
    seen_at timestamptz NOT NULL DEFAULT now()
);

-- Pictures of other servers. `key` is null when the last try failed.
CREATE TABLE media.cached (
    kind text NOT NULL CHECK (kind IN ('attachment', 'account', 'emoji')),
    owner_id bigint NOT NULL,
    variant text NOT NULL,
    source_url text NOT NULL,
    key text,
    fetched_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (kind, owner_id, variant)
);
CREATE INDEX cached_key ON media.cached (key) WHERE key IS NOT NULL;
CREATE INDEX cached_fetched ON media.cached (fetched_at);

GRANT SELECT, INSERT, UPDATE, DELETE ON media.files, media.uploads, media.unattached, media.cached TO media;
"""


def upgrade() -> None:
    execute_script(outbox_table("media"))
    execute_script(FILES)

"""Which files we stored and why, and which of other servers' pictures we hold."""

from chassis.script import execute_script, outbox_table

revision = "0001"
down_revision = None

FILES = """
-- Written before the file, so that no file is ever forgotten; collected once nothing names the key.
CREATE TABLE media.files (
    key text PRIMARY KEY,
    account_id bigint,
    created_at timestamptz NOT NULL DEFAULT now(),
    checked_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX files_checked ON media.files (checked_at);
CREATE INDEX files_of_account ON media.files (account_id);

-- Work in hand: the raw bytes of an upload that is not processed yet.
CREATE TABLE media.uploads (
    media_id bigint PRIMARY KEY REFERENCES social.media_attachments ON DELETE CASCADE,
    raw_key text NOT NULL
);

-- Pictures of other servers. `key` is null while the last try failed.
CREATE TABLE media.cached (
    kind text NOT NULL CHECK (kind IN ('attachment', 'account', 'emoji')),
    owner_id bigint NOT NULL,
    variant text NOT NULL CHECK (variant IN ('original', 'small', 'avatar', 'header', 'image', 'static')),
    source_url text NOT NULL,
    key text,
    fetched_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (kind, owner_id, variant)
);
CREATE INDEX cached_key ON media.cached (key) WHERE key IS NOT NULL;
CREATE INDEX cached_fetched ON media.cached (fetched_at);
GRANT SELECT, INSERT, UPDATE, DELETE ON media.files, media.uploads, media.cached TO media;
"""


def upgrade() -> None:
    execute_script(outbox_table("media"))
    execute_script(FILES)

"""Servers that we talk with where federation is limited, and relays.

Neither table is large or busy; nothing that exists is touched.
"""

from chassis.script import execute_script

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    execute_script(
        """
        CREATE TABLE social.domain_allows (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            domain text NOT NULL UNIQUE,
            created_at timestamptz NOT NULL DEFAULT now()
        );
        GRANT SELECT ON social.domain_allows TO api_gateway, inbox, delivery, timeline, media, moderation;
        GRANT INSERT, DELETE ON social.domain_allows TO api_gateway, moderation;

        CREATE TABLE social.relays (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            -- Where it takes deliveries: what an operator knows of a relay as Mastodon has them.
            inbox_url text NOT NULL UNIQUE,
            -- Its actor: what an operator knows of one as Pleroma has them. NULL where nobody said.
            actor_uri text UNIQUE,
            follow_uri text NOT NULL UNIQUE,
            state text NOT NULL CHECK (state IN ('idle', 'pending', 'accepted', 'rejected')),
            created_at timestamptz NOT NULL DEFAULT now()
        );
        GRANT SELECT ON social.relays TO api_gateway, inbox, delivery, timeline, media, moderation;
        GRANT INSERT, UPDATE, DELETE ON social.relays TO api_gateway, moderation;
        GRANT UPDATE (state, actor_uri) ON social.relays TO inbox;
        """
    )

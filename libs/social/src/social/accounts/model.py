"""What an account is, ours or anybody's."""

import datetime as dt
from typing import Any

import msgspec

from contracts.ids import AccountId, Domain, EmojiId, Uri

INSTANCE_ACTOR = AccountId(-99)
"""The server's own actor: it signs what no person does."""


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """A row of `social.accounts`. `domain` is None for our own."""

    id: AccountId
    username: str
    domain: Domain | None
    is_local: bool
    uri: Uri
    url: str | None
    actor_type: str
    inbox_url: str
    shared_inbox_url: str | None
    outbox_url: str | None
    followers_url: str | None
    following_url: str | None
    featured_url: str | None
    display_name: str
    note: str
    note_source: str
    fields: list[dict[str, Any]]
    fields_source: list[dict[str, Any]]
    avatar_key: str | None
    avatar_remote_url: str | None
    avatar_description: str
    header_key: str | None
    header_remote_url: str | None
    header_description: str
    locked: bool
    discoverable: bool | None
    indexable: bool
    hide_collections: bool | None
    memorial: bool
    show_media: bool
    show_media_replies: bool
    show_featured: bool
    attribution_domains: list[str]
    moved_to_id: AccountId | None
    also_known_as: list[str]
    emoji_ids: list[EmojiId]
    public_key_id: str | None
    public_key_pem: str | None
    created_at: dt.datetime
    updated_at: dt.datetime
    fetched_at: dt.datetime | None
    silenced_at: dt.datetime | None
    suspended_at: dt.datetime | None
    featured_tags_url: str | None = None
    multikeys: list[dict[str, Any]] = []
    """Its further public keys, each with `id` and `multibase`: ours have one for Ed25519."""

    @property
    def acct(self) -> str:
        """The handle as clients write it: bare for our own."""
        return f"{self.username}@{self.domain}" if self.domain else self.username

    @property
    def keys(self) -> dict[str, str]:
        """Its public keys by their ids, as PEM or Multikey."""
        first = {self.public_key_id: self.public_key_pem} if self.public_key_id and self.public_key_pem else {}
        return {key["id"]: key["multibase"] for key in self.multikeys} | first

    @property
    def is_bot(self) -> bool:
        return self.actor_type in ("Service", "Application")

    @property
    def is_group(self) -> bool:
        return self.actor_type == "Group"


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    statuses: int = 0
    followers: int = 0
    following: int = 0
    last_status_at: dt.datetime | None = None


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """An account with what is shown beside it. Who signs in here has a role and settings."""

    account: Account
    counts: Counts
    role: str | None
    settings: dict[str, Any]


class RemoteProfile(msgspec.Struct, frozen=True, kw_only=True):
    """What a remote server says of an account of its own: everything we store on each refresh."""

    username: str
    domain: Domain
    uri: Uri
    url: str | None
    actor_type: str
    inbox_url: str
    shared_inbox_url: str | None
    outbox_url: str | None
    followers_url: str | None
    following_url: str | None
    featured_url: str | None
    display_name: str
    note: str
    fields: list[dict[str, Any]]
    avatar_remote_url: str | None
    avatar_description: str
    header_remote_url: str | None
    header_description: str
    locked: bool
    discoverable: bool | None
    indexable: bool
    hide_collections: bool | None
    memorial: bool
    attribution_domains: list[str]
    also_known_as: list[str]
    emoji_ids: list[EmojiId]
    public_key_id: str | None
    public_key_pem: str | None
    created_at: dt.datetime | None
    featured_tags_url: str | None = None
    multikeys: list[dict[str, Any]] = []

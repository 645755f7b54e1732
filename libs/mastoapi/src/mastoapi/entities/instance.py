"""The server as it presents itself: version 1 for old clients, version 2 for the others."""

from typing import Literal

from msgspec import UNSET, Struct, UnsetType

from mastoapi.entities.accounts import Account

Access = Literal["public", "authenticated", "disabled"]


class Rule(Struct, frozen=True, kw_only=True):
    id: str
    text: str
    hint: str
    translations: dict[str, dict[str, str]]


class Thumbnail(Struct, frozen=True, kw_only=True):
    url: str
    description: str
    blurhash: str | UnsetType = UNSET
    versions: dict[str, str] | UnsetType = UNSET


class InstanceIcon(Struct, frozen=True, kw_only=True):
    src: str
    size: str


class UsersUsage(Struct, frozen=True, kw_only=True):
    active_month: int


class Usage(Struct, frozen=True, kw_only=True):
    users: UsersUsage


class Urls(Struct, frozen=True, kw_only=True):
    streaming: str
    status: str | None
    about: str
    privacy_policy: str | None
    terms_of_service: str | None


class Vapid(Struct, frozen=True, kw_only=True):
    public_key: str


class AccountLimits(Struct, frozen=True, kw_only=True):
    max_display_name_length: int
    max_note_length: int
    max_avatar_description_length: int
    max_header_description_length: int
    max_featured_tags: int
    max_pinned_statuses: int
    max_profile_fields: int
    profile_field_name_limit: int
    profile_field_value_limit: int


class StatusLimits(Struct, frozen=True, kw_only=True):
    max_characters: int
    max_media_attachments: int
    characters_reserved_per_url: int


class MediaLimits(Struct, frozen=True, kw_only=True):
    supported_mime_types: list[str]
    description_limit: int
    image_size_limit: int
    image_matrix_limit: int
    video_size_limit: int
    video_frame_rate_limit: int
    video_matrix_limit: int


class PollLimits(Struct, frozen=True, kw_only=True):
    max_options: int
    max_characters_per_option: int
    min_expiration: int
    max_expiration: int


class Translation(Struct, frozen=True, kw_only=True):
    enabled: bool


class FeedAccess(Struct, frozen=True, kw_only=True):
    local: Access
    remote: Access


class TimelinesAccess(Struct, frozen=True, kw_only=True):
    live_feeds: FeedAccess
    hashtag_feeds: FeedAccess
    trending_link_feeds: FeedAccess


class Configuration(Struct, frozen=True, kw_only=True):
    urls: Urls
    vapid: Vapid
    accounts: AccountLimits
    statuses: StatusLimits
    media_attachments: MediaLimits
    polls: PollLimits
    translation: Translation
    timelines_access: TimelinesAccess
    limited_federation: bool


class Registrations(Struct, frozen=True, kw_only=True):
    enabled: bool
    approval_required: bool
    reason_required: bool | None
    message: str | None
    min_age: int | None
    url: str | None


class ApiVersions(Struct, frozen=True, kw_only=True):
    mastodon: int


class Contact(Struct, frozen=True, kw_only=True):
    email: str
    account: Account | None


class Instance(Struct, frozen=True, kw_only=True):
    domain: str
    title: str
    version: str
    source_url: str
    description: str
    wrapstodon: str | None
    usage: Usage
    thumbnail: Thumbnail
    icon: list[InstanceIcon]
    languages: list[str]
    configuration: Configuration
    registrations: Registrations
    api_versions: ApiVersions
    contact: Contact
    rules: list[Rule]


class V1Urls(Struct, frozen=True, kw_only=True):
    streaming_api: str


class V1Stats(Struct, frozen=True, kw_only=True):
    user_count: int
    status_count: int
    domain_count: int


class V1Configuration(Struct, frozen=True, kw_only=True):
    accounts: AccountLimits
    statuses: StatusLimits
    media_attachments: MediaLimits
    polls: PollLimits


class V1Instance(Struct, frozen=True, kw_only=True):
    uri: str
    title: str
    short_description: str
    description: str
    email: str
    version: str
    urls: V1Urls
    stats: V1Stats
    thumbnail: str | None
    languages: list[str]
    registrations: bool
    approval_required: bool
    invites_enabled: bool
    configuration: V1Configuration
    contact_account: Account | None
    rules: list[Rule]


class ExtendedDescription(Struct, frozen=True, kw_only=True):
    updated_at: str
    content: str


class Activity(Struct, frozen=True, kw_only=True):
    """One week of the server; all are numbers in strings."""

    week: str
    statuses: str
    logins: str
    registrations: str


class DomainBlock(Struct, frozen=True, kw_only=True):
    domain: str
    digest: str
    severity: Literal["silence", "suspend"]
    comment: str | UnsetType = UNSET


class PrivacyPolicy(Struct, frozen=True, kw_only=True):
    updated_at: str
    content: str


class TermsOfService(Struct, frozen=True, kw_only=True):
    effective_date: str
    effective: bool
    content: str
    succeeded_by: str | None


class Language(Struct, frozen=True, kw_only=True):
    code: str
    name: str

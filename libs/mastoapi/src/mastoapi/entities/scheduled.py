"""Posts that wait for their time."""

from msgspec import Struct, UnsetType

from mastoapi.entities.statuses import MediaAttachment


class ScheduledPoll(Struct, frozen=True, kw_only=True):
    options: list[str]
    expires_in: int
    multiple: bool
    hide_totals: bool


class ScheduledParams(Struct, frozen=True, kw_only=True):
    """What was asked for when it was scheduled."""

    text: str
    poll: ScheduledPoll | None
    media_ids: list[str] | None
    sensitive: bool | None
    spoiler_text: str | None
    visibility: str
    in_reply_to_id: int | None
    language: str | None
    application_id: int
    allowed_mentions: list[str] | None
    quoted_status_id: str | None
    quote_approval_policy: str | UnsetType
    idempotency: str | None
    scheduled_at: None = None
    with_rate_limit: bool = False


class ScheduledStatus(Struct, frozen=True, kw_only=True):
    id: str
    scheduled_at: str
    params: ScheduledParams
    media_attachments: list[MediaAttachment]

"""What a quote is, and what an author says about being quoted."""

import datetime as dt

import msgspec

from contracts.ids import AccountId, QuoteId, StatusId, Uri

PENDING, ACCEPTED, REJECTED, REVOKED, DELETED = "pending", "accepted", "rejected", "revoked", "deleted"


class Policy(msgspec.Struct, frozen=True):
    """Who may quote a post: at once, or after its author agreed. Its author always may."""

    automatic: tuple[str, ...] = ()
    manual: tuple[str, ...] = ()


class Quoting(msgspec.Struct, frozen=True, kw_only=True):
    """What a draft quotes."""

    uri: Uri
    status_id: StatusId | None = None
    """None as long as we do not have the quoted post."""
    account_id: AccountId | None = None
    is_local: bool = False
    """Whether the quoted post is ours."""
    legacy: bool = False
    authorization: Uri | None = None
    """Where the quoted author is said to agree."""
    is_gone: bool = False


class Quote(msgspec.Struct, frozen=True, kw_only=True):
    """A row of `social.quotes`: the status `status_id` quotes another."""

    id: QuoteId
    status_id: StatusId
    account_id: AccountId
    quoted_status_id: StatusId | None
    quoted_account_id: AccountId | None
    quoted_uri: Uri
    state: str
    legacy: bool
    request_uri: Uri | None
    approval_uri: Uri | None
    created_at: dt.datetime
    updated_at: dt.datetime

    @property
    def is_as_at_first(self) -> bool:
        """Whether the post came with its quote as it stands, so that nobody saw it otherwise."""
        return self.updated_at == self.created_at

    @property
    def shows(self) -> bool:
        return self.state == ACCEPTED and self.quoted_status_id is not None


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How somebody stands to a post that they would quote."""

    visibility: str
    policy: Policy
    is_author: bool = False
    is_boost: bool = False
    follows_author: bool = False
    followed_by_author: bool = False
    is_blocked: bool = False
    """By either of the two, or the author shuns the other's server."""

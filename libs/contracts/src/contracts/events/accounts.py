"""What happens to accounts and to those who hold their tokens."""

from contracts.events.event import Event
from contracts.ids import AccountId, TokenId, Uri


class AccountCreated(Event, frozen=True, tag="account.created"):
    """A local account was made, or a remote one was seen for the first time."""

    account_id: AccountId
    is_local: bool


class AccountUpdated(Event, frozen=True, tag="account.updated"):
    """A profile changed."""

    account_id: AccountId
    is_local: bool


class AccountMoved(Event, frozen=True, tag="account.moved"):
    """An account named its successor, and the successor agreed."""

    account_id: AccountId
    target_id: AccountId


class AccountDeleted(Event, frozen=True, tag="account.deleted"):
    """An account and all that it posted is gone."""

    account_id: AccountId
    is_local: bool
    uri: Uri


class AccountSanctioned(Event, frozen=True, tag="account.sanctioned"):
    """A moderator silenced or suspended an account, or took that back."""

    account_id: AccountId


class TokenRevoked(Event, frozen=True, tag="token.revoked"):
    """An access token is worth nothing any more: open streams of its bearer close."""

    token_id: TokenId
    account_id: AccountId | None = None


class AccountKeysRotated(Event, frozen=True, tag="account.keys_rotated"):
    """An account of ours signs with other keys from now on: whoever keeps the old ones in memory forgets them."""

    account_id: AccountId

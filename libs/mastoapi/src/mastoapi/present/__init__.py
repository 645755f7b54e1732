"""From ids to entities: hydrate (one statement per kind, never per item), permit (pure), present."""

from mastoapi.present.files import attachment, emojis
from mastoapi.present.history import history
from mastoapi.present.joining import Tapped
from mastoapi.present.loading import accounts_by_id, people
from mastoapi.present.people import (
    account,
    account_from,
    accounts,
    credential_account,
    muted_accounts,
    relationship,
    relationships,
)
from mastoapi.present.polls import poll
from mastoapi.present.posts import opened, status, statuses, statuses_by_id, thread
from mastoapi.present.profiles import profile
from mastoapi.present.urls import MediaUrls

__all__ = [
    "MediaUrls",
    "Tapped",
    "account",
    "account_from",
    "accounts",
    "accounts_by_id",
    "attachment",
    "credential_account",
    "emojis",
    "history",
    "muted_accounts",
    "opened",
    "people",
    "poll",
    "profile",
    "relationship",
    "relationships",
    "status",
    "statuses",
    "statuses_by_id",
    "thread",
]

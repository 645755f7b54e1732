"""What clients offer to look at: links that go round, people to follow."""

from typing import Literal

from msgspec import Struct

from mastoapi.entities.accounts import Account
from mastoapi.entities.statuses import PreviewCard, TagHistory
from social.discovery.store import Source

OldSource = Literal["staff", "past_interactions", "global"]


class TrendsLink(PreviewCard, frozen=True, kw_only=True):
    history: list[TagHistory]


class Suggestion(Struct, frozen=True, kw_only=True):
    source: OldSource
    """From before there were several; one of them still."""
    sources: list[Source]
    account: Account

"""What clients offer to look at: links that go round, people to follow."""

from typing import Any, Literal

from msgspec import Struct

from mastoapi.entities.statuses import PreviewCard, TagHistory

Source = Literal["featured", "most_followed", "most_interactions", "similar_to_recently_followed", "friends_of_friends"]


class TrendsLink(PreviewCard, frozen=True, kw_only=True):
    history: list[TagHistory]


class Suggestion(Struct, frozen=True, kw_only=True):
    source: Literal["staff", "past_interactions", "global"]
    """From before there were several; one of them still."""
    sources: list[Source]
    account: Any

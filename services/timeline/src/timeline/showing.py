"""From rows to entities, for one viewer, with domain policies applied."""

from collections.abc import Mapping, Sequence

from msgspec import Raw

from contracts.ids import AccountId, StatusId
from mastoapi import present
from mastoapi.entities.notifications import Marker as MarkerEntity
from mastoapi.entities.statuses import Conversation as ConversationEntity
from mastoapi.entities.times import timestamp
from mastoapi.present import accounts_by_id
from social.statuses.model import Seen
from timeline.resources import Resources
from timeline.store.conversations import Conversation
from timeline.store.markers import Marker


async def statuses(
    res: Resources, ids: Sequence[StatusId], viewer: AccountId | None, seen: Mapping[StatusId, Seen] | None = None
) -> list[Raw]:
    """Those that the viewer may and wants to see, in the order of the ids; `seen` is what is known of them already."""
    return await present.statuses(res.db, ids, viewer, res.urls, unasked=True, policies=res.policies.value, seen=seen)


async def conversations(res: Resources, found: Sequence[Conversation], viewer: AccountId) -> list[ConversationEntity]:
    """Talks with oneself show oneself."""
    people = sorted({i for c in found for i in (c.participant_ids or [viewer])})
    accounts = await accounts_by_id(res.db, people, res.urls, res.policies.value)
    last = sorted(c.last_status_id for c in found)
    posts = await present.statuses_by_id(res.db, last, viewer, res.urls, policies=res.policies.value) if last else {}
    return [
        ConversationEntity(
            id=str(c.id),
            unread=c.unread,
            accounts=[accounts[i] for i in (c.participant_ids or [viewer]) if i in accounts],
            last_status=posts.get(c.last_status_id),
        )
        for c in found
    ]


def marker(found: Marker) -> MarkerEntity:
    return MarkerEntity(
        last_read_id=str(found.last_read_id), version=found.version, updated_at=timestamp(found.updated_at)
    )

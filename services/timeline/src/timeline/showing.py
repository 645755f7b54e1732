"""From rows to entities, for one viewer, with domain policies applied."""

from collections.abc import Sequence

from msgspec import UNSET, Raw

from contracts.ids import AccountId, StatusId
from mastoapi import present
from mastoapi.entities.notifications import Marker as MarkerEntity
from mastoapi.entities.notifications import Notification as NotificationEntity
from mastoapi.entities.times import timestamp
from social.accounts import store as accounts
from timeline.resources import Resources
from timeline.store.markers import Marker
from timeline.store.notifications import Notification


async def statuses(res: Resources, ids: Sequence[StatusId], viewer: AccountId | None) -> list[Raw]:
    """Those that the viewer may and wants to see, in the order of the ids."""
    return await present.statuses(res.db, ids, viewer, res.urls, unasked=True, policies=res.policies.value)


async def notifications(res: Resources, found: Sequence[Notification], viewer: AccountId) -> list[NotificationEntity]:
    """Without those whose sender or status the viewer cannot see."""
    rows = await accounts.many(res.db, sorted({n.from_account_id for n in found}))
    shown = [i for i, row in rows.items() if not res.policies.value.hides(row)]
    senders = {entity.id: entity for entity in await present.accounts(res.db, shown, res.urls)}
    wanted = sorted({n.status_id for n in found if n.status_id is not None})
    posts = await present.statuses_by_id(res.db, wanted, viewer, res.urls, policies=res.policies.value)
    return [
        NotificationEntity(
            id=str(n.id),
            type=n.type,
            created_at=timestamp(n.created_at),
            group_key=n.group_key or f"ungrouped-{n.id}",
            account=senders[str(n.from_account_id)],
            filtered=n.filtered or UNSET,
            status=posts[n.status_id] if n.status_id is not None else UNSET,
        )
        for n in found
        if str(n.from_account_id) in senders and (n.status_id is None or n.status_id in posts)
    ]


def marker(found: Marker) -> MarkerEntity:
    return MarkerEntity(
        last_read_id=str(found.last_read_id), version=found.version, updated_at=timestamp(found.updated_at)
    )

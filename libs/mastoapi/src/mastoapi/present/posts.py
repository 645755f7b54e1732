"""Statuses: read for their viewer, permitted, and joined from what is kept of them."""

from collections.abc import Sequence

import msgspec
from msgspec import Raw

from chassis.db import Reader
from contracts.ids import AccountId, StatusId
from mastoapi.entities import statuses as entities
from mastoapi.present.joining import Tapped, is_whole, joined, permitted
from mastoapi.present.loading import sheet_of
from mastoapi.present.urls import MediaUrls
from social.errors import NoSuchStatus
from social.policies.model import Policies
from social.statuses.model import FullStatus

NO_POLICIES = Policies()
NOTHING_TAPPED = Tapped()


async def statuses(
    db: Reader,
    ids: Sequence[StatusId],
    viewer: AccountId | None,
    urls: MediaUrls,
    *,
    unasked: bool = False,
    policies: Policies = NO_POLICIES,
) -> list[Raw]:
    """Those of the statuses that the viewer may see, in the order of the ids, as JSON.

    `unasked` also leaves out whom the viewer blocks, mutes or shuns: for timelines, threads and searches.
    `policies` hide whole servers.
    """
    shown = await statuses_by_id(db, ids, viewer, urls, unasked=unasked, policies=policies)
    return [shown[i] for i in ids if i in shown]


async def statuses_by_id(
    db: Reader,
    ids: Sequence[StatusId],
    viewer: AccountId | None,
    urls: MediaUrls,
    *,
    unasked: bool = False,
    policies: Policies = NO_POLICIES,
) -> dict[StatusId, Raw]:
    """As `statuses`, for those who need to know which is which."""
    if not ids:
        return {}
    sheet = await sheet_of(db, ids, viewer, urls, policies)
    wanted = [sheet.seen[i] for i in ids if i in sheet.seen]
    return {
        seen.id: Raw(joined(sheet, seen, NOTHING_TAPPED))
        for seen in wanted
        if permitted(sheet, seen, unasked=unasked) and is_whole(sheet, seen)
    }


async def status(
    db: Reader,
    status_id: StatusId,
    viewer: AccountId | None,
    urls: MediaUrls,
    *,
    tapped: Tapped = NOTHING_TAPPED,
    text: str | None = None,
    known: FullStatus | None = None,
    policies: Policies = NO_POLICIES,
) -> Raw:
    """One status as JSON, with its source `text` for whoever is about to write it anew.

    `known` is what it consists of, from whoever wrote it a moment ago.
    """
    sheet = await sheet_of(db, [status_id], viewer, urls, policies, known=known)
    seen = sheet.seen.get(status_id)
    if seen is None or not permitted(sheet, seen, unasked=False):
        raise NoSuchStatus
    return Raw(joined(sheet, seen, tapped, text=text))


def opened(rendered: Raw) -> entities.Status:
    """The entity again, for pages that show parts of it."""
    return msgspec.json.decode(rendered, type=entities.Status)

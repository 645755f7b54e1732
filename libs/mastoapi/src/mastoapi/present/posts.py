"""Statuses: read for their viewer, permitted, and joined from what is kept of them."""

from collections.abc import Mapping, Sequence
from contextlib import suppress

import msgspec
from msgspec import Raw

from chassis.db import Reader
from contracts.ids import AccountId, StatusId
from mastoapi.entities import statuses as entities
from mastoapi.present.fragments import WholeStatus
from mastoapi.present.joining import Look, Sheet, Tapped, is_plain, joined, outlook, permitted
from mastoapi.present.loading import sheet_of
from mastoapi.present.urls import MediaUrls
from social.errors import NoSuchStatus
from social.policies.model import Policies
from social.statuses import viewing
from social.statuses.model import FullStatus, Seen

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
    seen: Mapping[StatusId, Seen] | None = None,
) -> list[Raw]:
    """Those of the statuses that the viewer may see, in the order of the ids, as JSON.

    `unasked` also leaves out whom the viewer blocks, mutes or shuns: for timelines, threads and searches.
    `policies` hide whole servers. `seen` is what `viewing.seen` would say, where somebody has asked already.
    """
    shown = await statuses_by_id(db, ids, viewer, urls, unasked=unasked, policies=policies, seen=seen)
    return [shown[i] for i in ids if i in shown]


async def statuses_by_id(
    db: Reader,
    ids: Sequence[StatusId],
    viewer: AccountId | None,
    urls: MediaUrls,
    *,
    unasked: bool = False,
    policies: Policies = NO_POLICIES,
    seen: Mapping[StatusId, Seen] | None = None,
) -> dict[StatusId, Raw]:
    """As `statuses`, for those who need to know which is which."""
    if not ids:
        return {}
    look = Look(seen=await viewing.seen(db, ids, viewer) if seen is None else seen, viewer=viewer, policies=policies)
    wanted = [one for i in ids if (one := look.seen.get(i)) is not None and permitted(look, one, unasked=unasked)]
    kept = urls.fragments.wholes
    shown = {one.id: Raw(whole.json) for one in wanted if (whole := kept.get(one.id, outlook(look, one)))}
    if len(shown) < len(wanted):
        rest = [one for one in wanted if one.id not in shown]
        sheet = await sheet_of(db, [one.id for one in rest], look, urls)
        for one in rest:
            # Of many, one that was deleted between two statements is not missed.
            with suppress(NoSuchStatus):
                shown[one.id] = Raw(_whole(sheet, one, urls))
    return shown


def _whole(sheet: Sheet, seen: Seen, urls: MediaUrls) -> bytes:
    """The status as JSON, kept for whoever it looks the same to."""
    json = joined(sheet, seen, NOTHING_TAPPED)
    if is_plain(sheet, seen):
        urls.fragments.wholes.put(seen.id, outlook(sheet, seen), WholeStatus(json))
    return json


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
    look = Look(seen=await viewing.seen(db, [status_id], viewer), viewer=viewer, policies=policies)
    found = look.seen.get(status_id)
    if found is None or not permitted(look, found, unasked=False):
        raise NoSuchStatus
    sheet = await sheet_of(db, [status_id], look, urls, known=known)
    return Raw(joined(sheet, found, tapped, text=text))


async def thread(
    db: Reader,
    status_id: StatusId,
    around: tuple[Sequence[StatusId], Sequence[StatusId]],
    viewer: AccountId | None,
    urls: MediaUrls,
    policies: Policies,
) -> tuple[Seen, list[Raw], list[Raw]]:
    """A status that the viewer may see, and of what stands above and below it what they want to see."""
    ids = [i for part in around for i in part]
    seen = await viewing.seen(db, [status_id, *ids], viewer)
    found = seen.get(status_id)
    if found is None or not permitted(Look(seen=seen, viewer=viewer, policies=policies), found, unasked=False):
        raise NoSuchStatus
    shown = await statuses_by_id(db, ids, viewer, urls, unasked=True, policies=policies, seen=seen)
    above, below = ([shown[i] for i in part if i in shown] for part in around)
    return found, above, below


def opened(rendered: Raw) -> entities.Status:
    """The entity again, for pages that show parts of it."""
    return msgspec.json.decode(rendered, type=entities.Status)

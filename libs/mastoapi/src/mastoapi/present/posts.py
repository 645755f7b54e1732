"""Statuses: one statement where all is known, five where nothing is; permitted, and joined from fragments."""

from collections.abc import Iterable, Sequence

import msgspec
from msgspec import Raw

from chassis.clock import utc_now
from chassis.db import Reader
from contracts.ids import AccountId, StatusId
from mastoapi.entities import statuses as entities
from mastoapi.present.fragments import AccountFragment, FiltersFragment, Fragments, StatusFragment
from mastoapi.present.joining import Sheet, Tapped, joined, permitted
from mastoapi.present.rendering import account_fragment, status_fragment
from mastoapi.present.urls import MediaUrls
from social.accounts import store as accounts
from social.emojis import store as emoji_store
from social.errors import NoSuchStatus
from social.filters import store as filters
from social.filters.matching import Filters
from social.policies.model import Policies
from social.statuses import reading, viewing
from social.statuses.model import FullStatus, Seen

NO_POLICIES = Policies()
NO_FILTERS = Filters()
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
    sheet = await _sheet(db, ids, viewer, urls, policies)
    wanted = [sheet.seen[i] for i in ids if i in sheet.seen]
    return {
        seen.id: Raw(joined(sheet, seen, NOTHING_TAPPED)) for seen in wanted if permitted(sheet, seen, unasked=unasked)
    }


async def status(
    db: Reader,
    status_id: StatusId,
    viewer: AccountId | None,
    urls: MediaUrls,
    *,
    tapped: Tapped = NOTHING_TAPPED,
    text: str | None = None,
    policies: Policies = NO_POLICIES,
) -> Raw:
    """One status as JSON, with its source `text` for whoever is about to write it anew."""
    sheet = await _sheet(db, [status_id], viewer, urls, policies)
    seen = sheet.seen.get(status_id)
    if seen is None or not permitted(sheet, seen, unasked=False):
        raise NoSuchStatus
    return Raw(joined(sheet, seen, tapped, text=text))


def opened(rendered: Raw) -> entities.Status:
    """The entity again, for pages that show parts of it."""
    return msgspec.json.decode(rendered, type=entities.Status)


async def people(
    db: Reader, ids: Sequence[AccountId], urls: MediaUrls, *, policies: Policies = NO_POLICIES
) -> dict[AccountId, Raw]:
    """Accounts as JSON, without those that are suspended or on suspended servers."""
    found = await viewing.versions_of(db, ids) if ids else []
    open_to_all = {i: v for i, v, domain, gone in found if not gone and not (domain and policies.is_suspended(domain))}
    known = {i: kept for i, v in open_to_all.items() if (kept := urls.fragments.accounts.get(i, v))}
    missing = {i: v for i, v in open_to_all.items() if i not in known}
    if missing:
        known |= (await _rendered(db, {}, missing, urls))[1]
    return {i: Raw(known[i].json) for i in ids if i in known}


async def _sheet(
    db: Reader, ids: Sequence[StatusId], viewer: AccountId | None, urls: MediaUrls, policies: Policies
) -> Sheet:
    seen = await viewing.seen(db, ids, viewer)
    needed = _needed(seen, ids)
    fragments = urls.fragments
    known = {s.id: f for s in needed if (f := fragments.statuses.get(s.id, s.version))}
    authors = {s.account_id: a for s in needed if (a := fragments.accounts.get(s.account_id, s.author_version))}
    missing = {s.id: s.version for s in needed if s.id not in known}
    strangers = {s.account_id: s.author_version for s in needed if s.account_id not in authors}
    if missing or strangers:
        new, new_authors = await _rendered(db, missing, strangers, urls)
        known |= new
        authors |= new_authors
    return Sheet(
        seen=seen,
        statuses=known,
        accounts=authors,
        viewer=viewer,
        filters=await _filters(db, viewer, seen.values(), fragments),
        policies=policies,
        now=utc_now(),
    )


def _needed(seen: dict[StatusId, Seen], ids: Iterable[StatusId]) -> list[Seen]:
    """What is rendered: the statuses, what they boost, and what those quote, once each."""
    asked = [seen[i] for i in ids if i in seen]
    asked += [seen[s.reblog_of_id] for s in asked if s.reblog_of_id is not None and s.reblog_of_id in seen]
    asked += [seen[s.quoted_status_id] for s in asked if s.quoted_status_id is not None and s.quoted_status_id in seen]
    return list({s.id: s for s in asked}.values())


async def _rendered(
    db: Reader, missing: dict[StatusId, str], strangers: dict[AccountId, str], urls: MediaUrls
) -> tuple[dict[StatusId, StatusFragment], dict[AccountId, AccountFragment]]:
    """Render what is not known in its present version, and keep it."""
    full = await reading.full(db, list(missing)) if missing else {}
    full = {i: f for i, f in full.items() if i in missing}
    profiles = await accounts.profiles_of(db, sorted(_people_of(full.values()) | set(strangers)))
    used = {e for f in full.values() for e in f.status.emoji_ids}
    used |= {e for profile in profiles.values() for e in profile.account.emoji_ids}
    emojis = await emoji_store.many(db, sorted(used)) if used else {}
    now = utc_now()
    new = {i: status_fragment(f, profiles, emojis, urls, now) for i, f in full.items()}
    authors = {i: account_fragment(profiles[i], profiles, emojis, urls) for i in strangers if i in profiles}
    for status_id, fragment in new.items():
        urls.fragments.statuses.put(status_id, missing[status_id], fragment)
    for account_id, author in authors.items():
        urls.fragments.accounts.put(account_id, strangers[account_id], author)
    return new, authors


def _people_of(found: Iterable[FullStatus]) -> set[AccountId]:
    """Authors, of statuses and of the pages that these link to."""
    people = set()
    for full in found:
        people.add(full.status.account_id)
        if full.card is not None and full.card.author_account_id is not None:
            people.add(full.card.author_account_id)
    return people


async def _filters(db: Reader, viewer: AccountId | None, seen: Iterable[Seen], fragments: Fragments) -> Filters:
    """Each row says which version of the viewer's filters there is; nearly always none."""
    version = next((s.filters_version for s in seen), None)
    if viewer is None or version is None:
        return NO_FILTERS
    if (known := fragments.filters.get(viewer, version)) is not None:
        return known.filters
    found = await filters.active_of(db, viewer)
    fragments.filters.put(viewer, version, FiltersFragment(found))
    return found

"""What a page of statuses or accounts needs: one statement where all of it is known, five where nothing is."""

from collections.abc import Iterable, Sequence

from msgspec import Raw

from chassis.clock import utc_now
from chassis.db import Reader
from contracts.ids import AccountId, StatusId
from mastoapi.entities.accounts import Account
from mastoapi.present.fragments import AccountFragment, FiltersFragment, Fragments, StatusFragment
from mastoapi.present.joining import Sheet
from mastoapi.present.rendering import account_fragment, status_fragment
from mastoapi.present.urls import MediaUrls
from social.accounts import store as accounts
from social.emojis import store as emoji_store
from social.filters import store as filters
from social.filters.matching import Filters
from social.policies.model import Policies
from social.statuses import reading, viewing
from social.statuses.model import FullStatus, Seen

NO_FILTERS = Filters()


async def sheet_of(
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


async def people(db: Reader, ids: Sequence[AccountId], urls: MediaUrls, *, policies: Policies) -> dict[AccountId, Raw]:
    """Accounts as JSON: those that exist and that policies do not hide."""
    return {i: Raw(kept.json) for i, kept in (await _accounts(db, ids, urls, policies)).items()}


async def accounts_by_id(
    db: Reader, ids: Sequence[AccountId], urls: MediaUrls, policies: Policies
) -> dict[AccountId, Account]:
    """The same, for those who need parts of them."""
    return {i: kept.entity for i, kept in (await _accounts(db, ids, urls, policies)).items()}


async def _accounts(
    db: Reader, ids: Sequence[AccountId], urls: MediaUrls, policies: Policies
) -> dict[AccountId, AccountFragment]:
    found = await viewing.versions_of(db, ids) if ids else []
    shown = {i: v for i, v, domain, gone in found if not gone and not (domain and policies.is_suspended(domain))}
    known = {i: kept for i, v in shown.items() if (kept := urls.fragments.accounts.get(i, v))}
    missing = {i: v for i, v in shown.items() if i not in known}
    if missing:
        known |= (await _rendered(db, {}, missing, urls))[1]
    return {i: known[i] for i in ids if i in known}

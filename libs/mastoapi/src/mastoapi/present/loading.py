"""What a page of statuses or accounts needs: one statement where all of it is known, five where nothing is."""

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Raw

from chassis.clock import utc_now
from chassis.db import Reader
from contracts.ids import AccountId, EmojiId, StatusId
from mastoapi.entities.accounts import Account
from mastoapi.present.fragments import AccountFragment, FiltersFragment, Fragments, StatusFragment
from mastoapi.present.joining import Look, Sheet
from mastoapi.present.rendering import account_fragment, status_fragment
from mastoapi.present.urls import MediaUrls
from social.accounts import store as accounts
from social.accounts.model import Profile
from social.emojis import store as emoji_store
from social.emojis.model import Emoji
from social.filters import store as filters
from social.filters.matching import Filters
from social.policies.model import Policies
from social.statuses import reading, viewing
from social.statuses.model import FullStatus, Seen, Standing

NO_FILTERS = Filters()


async def sheet_of(
    db: Reader, ids: Sequence[StatusId], look: Look, urls: MediaUrls, *, known: FullStatus | None = None
) -> Sheet:
    """`known` is a status that was written a moment ago, and need not be read."""
    needed = _needed(look.seen, ids)
    fragments = urls.fragments
    kept = {s.id: f for s in needed if (f := fragments.statuses.get(s.id, s.version))}
    authors = {s.account_id: a for s in needed if (a := fragments.accounts.get(s.account_id, s.author_version))}
    missing = {s.id: s.version for s in needed if s.id not in kept}
    strangers = {s.account_id: s.author_version for s in needed if s.account_id not in authors}
    if missing or strangers:
        authors |= await _rendered_people(db, strangers, urls) if strangers else {}
        kept |= await _rendered(db, missing, authors, urls, known) if missing else {}
    return Sheet(
        seen=look.seen,
        statuses=kept,
        accounts=authors,
        viewer=look.viewer,
        filters=await _filters(db, look.viewer, look.seen.values(), fragments),
        policies=look.policies,
        now=utc_now(),
    )


def _needed(seen: Mapping[StatusId, Seen], ids: Iterable[StatusId]) -> list[Seen]:
    """What is rendered: the statuses, what they boost, and what those quote, once each."""
    asked = [seen[i] for i in ids if i in seen]
    asked += [seen[s.reblog_of_id] for s in asked if s.reblog_of_id is not None and s.reblog_of_id in seen]
    asked += [seen[s.quoted_status_id] for s in asked if s.quoted_status_id is not None and s.quoted_status_id in seen]
    return list({s.id: s for s in asked}.values())


async def _rendered(
    db: Reader,
    missing: dict[StatusId, str],
    authors: Mapping[AccountId, AccountFragment],
    urls: MediaUrls,
    known: FullStatus | None,
) -> dict[StatusId, StatusFragment]:
    """Render what is not kept in its present version, and keep it."""
    full = {known.status.id: known} if known is not None and known.status.id in missing else {}
    if unread := [i for i in missing if i not in full]:
        full |= await reading.full(db, unread)
    full = {i: f for i, f in full.items() if i in missing and f.status.account_id in authors}
    linked = {i for f in full.values() if f.card is not None and (i := f.card.author_account_id) is not None}
    profiles = await accounts.profiles_of(db, sorted(linked)) if linked else {}
    emojis = await _emojis(db, full.values(), profiles.values())
    now = utc_now()
    new = {i: status_fragment(f, authors[f.status.account_id], profiles, emojis, urls, now) for i, f in full.items()}
    for status_id, fragment in new.items():
        urls.fragments.statuses.put(status_id, missing[status_id], fragment)
    return new


async def _rendered_people(
    db: Reader, strangers: dict[AccountId, str], urls: MediaUrls
) -> dict[AccountId, AccountFragment]:
    profiles = await accounts.profiles_of(db, sorted(strangers))
    emojis = await _emojis(db, (), profiles.values())
    new = {i: account_fragment(profiles[i], profiles, emojis, urls) for i in strangers if i in profiles}
    for account_id, fragment in new.items():
        urls.fragments.accounts.put(account_id, strangers[account_id], fragment)
    return new


async def _emojis(db: Reader, full: Iterable[FullStatus], profiles: Iterable[Profile]) -> dict[EmojiId, Emoji]:
    used = {e for f in full for e in (*f.status.emoji_ids, *(r.emoji_id for r in f.reactions)) if e is not None}
    used |= {e for profile in profiles for e in profile.account.emoji_ids}
    return await emoji_store.many(db, sorted(used)) if used else {}


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


async def people(
    db: Reader,
    ids: Sequence[AccountId],
    urls: MediaUrls,
    *,
    policies: Policies,
    standings: Mapping[AccountId, Standing] | None = None,
) -> dict[AccountId, Raw]:
    """Accounts as JSON: those that exist and that policies do not hide. `standings` of them all, where known."""
    return {i: Raw(kept.json) for i, kept in (await _accounts(db, ids, urls, policies, standings)).items()}


async def accounts_by_id(
    db: Reader, ids: Sequence[AccountId], urls: MediaUrls, policies: Policies
) -> dict[AccountId, Account]:
    """The same, for those who need parts of them."""
    return {i: kept.entity for i, kept in (await _accounts(db, ids, urls, policies, None)).items()}


async def _accounts(
    db: Reader,
    ids: Sequence[AccountId],
    urls: MediaUrls,
    policies: Policies,
    standings: Mapping[AccountId, Standing] | None,
) -> dict[AccountId, AccountFragment]:
    if standings is None:
        standings = await viewing.standings_of(db, ids) if ids else {}
    shown = {
        i: one.version
        for i in ids
        if (one := standings.get(i)) is not None
        and not (one.is_suspended or (one.domain is not None and policies.is_suspended(one.domain)))
    }
    known = {i: kept for i, v in shown.items() if (kept := urls.fragments.accounts.get(i, v))}
    missing = {i: v for i, v in shown.items() if i not in known}
    if missing:
        known |= await _rendered_people(db, missing, urls)
    return {i: known[i] for i in ids if i in known}

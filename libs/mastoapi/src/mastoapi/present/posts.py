"""Statuses: hydrated in at most five statements, permitted, presented."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec
from msgspec import UNSET

from chassis.db import Reader
from contracts.ids import AccountId, EmojiId, StatusId
from mastoapi.entities import statuses as entities
from mastoapi.entities.accounts import Account
from mastoapi.entities.times import timestamp, timestamp_or_none
from mastoapi.present.files import attachment, emojis
from mastoapi.present.people import Emojis, Profiles, account_from
from mastoapi.present.urls import MediaUrls
from social.accounts import store as accounts
from social.emojis import store as emoji_store
from social.errors import NoSuchStatus
from social.policies.model import Policies
from social.relationships import store as relations
from social.relationships.model import Circle
from social.statuses import reading
from social.statuses.model import DIRECT, LIMITED, PRIVATE, Flags, FullStatus, Mention
from social.statuses.permit import may_see, people_in, wants_to_see

NOBODY = Circle()
NO_POLICIES = Policies()
NO_QUOTES = entities.QuoteApproval(automatic=[], manual=[], current_user="denied")


class Tapped(msgspec.Struct, frozen=True, kw_only=True):
    """What the viewer did a moment ago: counts are recounted later, but they see their own tap at once."""

    favourites: int = 0
    reblogs: int = 0


class _Loaded(msgspec.Struct, frozen=True, kw_only=True):
    """All that some statuses need, whoever looks."""

    full: Mapping[StatusId, FullStatus]
    profiles: Profiles
    emojis: Emojis
    flags: Mapping[StatusId, Flags]
    circle: Circle
    viewer: AccountId | None
    urls: MediaUrls
    tapped: Tapped
    policies: Policies

    def original(self, full: FullStatus) -> FullStatus | None:
        boosted = full.status.reblog_of_id
        return self.full.get(boosted) if boosted is not None else None


async def statuses(
    db: Reader,
    ids: Sequence[StatusId],
    viewer: AccountId | None,
    urls: MediaUrls,
    *,
    unasked: bool = False,
    policies: Policies = NO_POLICIES,
) -> list[entities.Status]:
    """Those of the statuses that the viewer may see, in the order of the ids.

    `unasked` also leaves out whom the viewer blocks, mutes or shuns: for timelines, threads and searches.
    `policies` hide whole servers.
    """
    loaded = await _load(db, ids, viewer, urls, policies=policies)
    return [_render(loaded, loaded.full[i]) for i in ids if i in loaded.full and _permit(loaded, i, unasked=unasked)]


async def status(
    db: Reader,
    status_id: StatusId,
    viewer: AccountId | None,
    urls: MediaUrls,
    *,
    tapped: Tapped | None = None,
    policies: Policies = NO_POLICIES,
) -> entities.Status:
    loaded = await _load(db, [status_id], viewer, urls, tapped, policies=policies)
    if status_id not in loaded.full or not _permit(loaded, status_id, unasked=False):
        raise NoSuchStatus
    return _render(loaded, loaded.full[status_id])


async def history(db: Reader, status_id: StatusId, urls: MediaUrls) -> list[entities.StatusEdit]:
    """All versions, the present one last. The caller has made sure that the viewer may see it."""
    edits = await reading.edits_of(db, status_id)
    loaded = await _load(db, [status_id], None, urls, more_emojis={e for edit in edits for e in edit.emoji_ids})
    if status_id not in loaded.full:
        raise NoSuchStatus
    now = loaded.full[status_id]
    row = now.status
    author = _author(loaded, now)
    files = {file.id: attachment(file, urls) for file in now.media}
    versions = [(e.content, e.spoiler_text, e.sensitive, e.created_at, e.media_ids, e.emoji_ids) for e in edits]
    present_at = row.edited_at or row.created_at
    versions.append((row.content, row.spoiler_text, row.sensitive, present_at, list(files), row.emoji_ids))
    return [
        entities.StatusEdit(
            content=content,
            spoiler_text=warning,
            sensitive=sensitive,
            created_at=timestamp(at),
            account=author,
            media_attachments=[files[i] for i in media_ids if i in files],
            emojis=emojis(loaded.emojis, emoji_ids, urls),
        )
        for content, warning, sensitive, at, media_ids, emoji_ids in versions
    ]


async def _load(
    db: Reader,
    ids: Sequence[StatusId],
    viewer: AccountId | None,
    urls: MediaUrls,
    tapped: Tapped | None = None,
    more_emojis: Iterable[EmojiId] = (),
    policies: Policies = NO_POLICIES,
) -> _Loaded:
    full = await reading.full(db, ids) if ids else {}
    profiles = await accounts.profiles_of(db, sorted({f.status.account_id for f in full.values()})) if full else {}
    used = {e for f in full.values() for e in f.status.emoji_ids} | set(more_emojis)
    used |= {e for profile in profiles.values() for e in profile.account.emoji_ids}
    people = [AccountId(i) for i in people_in(list(full.values()))]
    return _Loaded(
        full=full,
        profiles=profiles,
        emojis=await emoji_store.many(db, sorted(used)) if used else {},
        flags=await reading.flags_of(db, list(full), viewer) if viewer is not None and full else {},
        circle=await relations.circle_of(db, viewer, people) if viewer is not None and full else NOBODY,
        viewer=viewer,
        urls=urls,
        tapped=tapped or Tapped(),
        policies=policies,
    )


def _permit(loaded: _Loaded, status_id: StatusId, *, unasked: bool) -> bool:
    full = loaded.full[status_id]
    original = loaded.original(full)
    if full.status.reblog_of_id is not None and original is None:
        return False
    shown = [full] if original is None else [full, original]
    if any(_is_hidden(loaded, part) or not may_see(part, loaded.circle) for part in shown):
        return False
    return not unasked or wants_to_see(full, original, loaded.circle)


def _is_hidden(loaded: _Loaded, full: FullStatus) -> bool:
    return loaded.policies.hides(loaded.profiles[full.status.account_id].account)


def _author(loaded: _Loaded, full: FullStatus) -> Account:
    return account_from(loaded.profiles[full.status.account_id], loaded.profiles, loaded.emojis, loaded.urls)


def _render(loaded: _Loaded, full: FullStatus) -> entities.Status:
    row = full.status
    original = loaded.original(full)
    entity = entities.Status(
        id=str(row.id),
        created_at=timestamp(row.created_at),
        in_reply_to_id=_text(row.in_reply_to_id),
        in_reply_to_account_id=_text(row.in_reply_to_account_id),
        sensitive=row.sensitive,
        spoiler_text=row.spoiler_text,
        visibility=PRIVATE if row.visibility == LIMITED else row.visibility,
        language=row.language,
        uri=row.uri,
        url=row.url,
        replies_count=full.replies,
        reblogs_count=_tapped(full.reblogs, loaded.tapped.reblogs, original),
        favourites_count=_tapped(full.favourites, loaded.tapped.favourites, original),
        quotes_count=0,
        edited_at=timestamp_or_none(row.edited_at),
        content=row.content,
        reblog=_render(loaded, original) if original else None,
        application=_application(loaded, full),
        account=_author(loaded, full),
        media_attachments=[attachment(file, loaded.urls) for file in full.media],
        mentions=[_mention(m) for m in full.mentions if not m.silent],
        tags=[entities.StatusTag(name=t.display_name, url=loaded.urls.tag(t.name)) for t in full.tags],
        emojis=emojis(loaded.emojis, row.emoji_ids, loaded.urls),
        quote=None,
        quote_approval=NO_QUOTES,
        card=None,
        poll=None,
        tagged_collections=[],
    )
    return entity if loaded.viewer is None else _with_flags(entity, loaded, full)


def _with_flags(entity: entities.Status, loaded: _Loaded, full: FullStatus) -> entities.Status:
    """A boost has the flags of what it boosts."""
    row = full.status
    flags = loaded.flags.get(row.reblog_of_id or row.id, Flags())
    may_pin = row.account_id == loaded.viewer and row.reblog_of_id is None and row.visibility not in (DIRECT, LIMITED)
    return msgspec.structs.replace(
        entity,
        favourited=flags.favourited,
        reblogged=flags.reblogged,
        muted=flags.muted,
        bookmarked=flags.bookmarked,
        pinned=flags.pinned if may_pin else UNSET,
        filtered=[],
    )


def _application(loaded: _Loaded, full: FullStatus) -> "entities.StatusApplication | msgspec.UnsetType":
    """Authors say whether others see which app they use; they always see it themselves."""
    settings = loaded.profiles[full.status.account_id].settings
    if full.app_name is None or not full.status.is_local:
        return UNSET
    if full.status.account_id != loaded.viewer and not settings.get("show_application", True):
        return UNSET
    return entities.StatusApplication(name=full.app_name, website=full.app_website)


def _mention(mention: Mention) -> entities.Mention:
    acct = f"{mention.username}@{mention.domain}" if mention.domain else mention.username
    return entities.Mention(
        id=str(mention.account_id), username=mention.username, url=mention.url or mention.uri, acct=acct
    )


def _tapped(count: int, change: int, original: FullStatus | None) -> int:
    """Taps count for what is boosted, not for the boost."""
    return count if original is not None else max(count + change, 0)


def _text(number: int | None) -> str | None:
    return str(number) if number is not None else None

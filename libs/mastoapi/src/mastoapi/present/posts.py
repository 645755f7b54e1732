"""Statuses: hydrated in at most five statements, permitted, presented."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

import msgspec
from msgspec import UNSET, Raw, UnsetType

from chassis.clock import utc_now
from chassis.db import Reader
from contracts.ids import AccountId, EmojiId, MediaId, StatusId
from mastoapi.entities import statuses as entities
from mastoapi.entities.accounts import Account, Approvers
from mastoapi.entities.times import timestamp, timestamp_or_none
from mastoapi.present.cards import card_from
from mastoapi.present.files import attachment, emojis
from mastoapi.present.people import Emojis, Profiles, account_from
from mastoapi.present.polls import poll_from
from mastoapi.present.urls import MediaUrls
from social.accounts import store as accounts
from social.emojis import store as emoji_store
from social.errors import NoSuchStatus
from social.policies.model import Policies
from social.quotes import rules
from social.quotes.model import Policy, Standing
from social.relationships import store as relations
from social.relationships.model import Circle
from social.statuses import reading, viewing
from social.statuses.model import DIRECT, LIMITED, PRIVATE, Edit, Flags, FullStatus, Mention
from social.statuses.permit import may_see, people_in, wants_to_see

NOBODY = Circle()
NO_POLICIES = Policies()
APPROVERS: tuple[Approvers, ...] = ("public", "followers", "following")


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
    now: dt.datetime

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
    loaded = await _load(db, ids, viewer, urls, policies=policies)
    permitted = [i for i in ids if i in loaded.full and _permit(loaded, i, unasked=unasked)]
    return {i: _encoded(_render(loaded, loaded.full[i])) for i in permitted}


async def status(
    db: Reader,
    status_id: StatusId,
    viewer: AccountId | None,
    urls: MediaUrls,
    *,
    tapped: Tapped | None = None,
    text: str | UnsetType = UNSET,
    policies: Policies = NO_POLICIES,
) -> Raw:
    """One status as JSON, with its source `text` for whoever is about to write it anew."""
    loaded = await _load(db, [status_id], viewer, urls, tapped, policies=policies)
    if status_id not in loaded.full or not _permit(loaded, status_id, unasked=False):
        raise NoSuchStatus
    return _encoded(msgspec.structs.replace(_render(loaded, loaded.full[status_id]), text=text))


def opened(rendered: Raw) -> entities.Status:
    """The entity again, for pages that show parts of it."""
    return msgspec.json.decode(rendered, type=entities.Status)


def _encoded(entity: entities.Status) -> Raw:
    return Raw(msgspec.json.encode(entity))


async def history(db: Reader, status_id: StatusId, urls: MediaUrls) -> list[entities.StatusEdit]:
    """All versions, the present one last. The caller has made sure that the viewer may see it."""
    edits = await reading.edits_of(db, status_id)
    loaded = await _load(db, [status_id], None, urls, more_emojis={e for edit in edits for e in edit.emoji_ids})
    if status_id not in loaded.full:
        raise NoSuchStatus
    now = loaded.full[status_id]
    author = _author(loaded, now)
    files = {file.id: attachment(file, urls) for file in now.media}
    versions = [*edits, _as_edit(now, list(files))]
    return [
        entities.StatusEdit(
            content=edit.content,
            spoiler_text=edit.spoiler_text,
            sensitive=edit.sensitive,
            created_at=timestamp(edit.created_at),
            account=author,
            poll=_asked(edit.poll_options),
            media_attachments=[files[i] for i in edit.media_ids if i in files],
            emojis=emojis(loaded.emojis, edit.emoji_ids, urls),
        )
        for edit in versions
    ]


def _as_edit(full: FullStatus, media_ids: list[MediaId]) -> Edit:
    row = full.status
    return Edit(
        content=row.content,
        spoiler_text=row.spoiler_text,
        sensitive=row.sensitive,
        media_ids=media_ids,
        emoji_ids=row.emoji_ids,
        poll_options=full.poll.options if full.poll else None,
        created_at=row.edited_at or row.created_at,
    )


def _asked(options: Sequence[str] | None) -> entities.PollVersion | UnsetType:
    if options is None:
        return UNSET
    return entities.PollVersion(options=[entities.PollVersionOption(title=title) for title in options])


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
    profiles = await accounts.profiles_of(db, sorted(_people_of(full.values()))) if full else {}
    used = {e for f in full.values() for e in f.status.emoji_ids} | set(more_emojis)
    used |= {e for profile in profiles.values() for e in profile.account.emoji_ids}
    people = [AccountId(i) for i in people_in(list(full.values()))]
    return _Loaded(
        full=full,
        profiles=profiles,
        emojis=await emoji_store.many(db, sorted(used)) if used else {},
        flags=await viewing.flags_of(db, list(full), viewer) if viewer is not None and full else {},
        circle=await relations.circle_of(db, viewer, people) if viewer is not None and full else NOBODY,
        viewer=viewer,
        urls=urls,
        tapped=tapped or Tapped(),
        policies=policies,
        now=utc_now(),
    )


def _people_of(found: Iterable[FullStatus]) -> set[AccountId]:
    """Authors, of statuses and of the pages that these link to."""
    found = list(found)
    named = {f.card.author_account_id for f in found if f.card and f.card.author_account_id is not None}
    return {f.status.account_id for f in found} | named


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


def _render(loaded: _Loaded, full: FullStatus, *, quoted: bool = False) -> entities.Status:
    """`quoted` within another status that quotes it."""
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
        quotes_count=full.quotes,
        edited_at=timestamp_or_none(row.edited_at),
        content=row.content,
        reblog=_render(loaded, original) if original else None,
        application=_application(loaded, full),
        account=_author(loaded, full),
        media_attachments=[attachment(file, loaded.urls) for file in full.media],
        mentions=[_mention(m) for m in full.mentions if not m.silent],
        tags=[entities.StatusTag(name=t.display_name, url=loaded.urls.tag(t.name)) for t in full.tags],
        emojis=emojis(loaded.emojis, row.emoji_ids, loaded.urls),
        quote=_quote(loaded, full, shallow=quoted),
        quote_approval=_approval(loaded, original or full),
        card=_card(loaded, full),
        poll=_poll(loaded, full),
        tagged_collections=[],
    )
    return entity if loaded.viewer is None else _with_flags(entity, loaded, full)


def _quote(loaded: _Loaded, full: FullStatus, *, shallow: bool) -> entities.Quote | None:
    """What is quoted, if the author agreed and the viewer may see it; whom they shun is theirs to look at."""
    if full.quote is None:
        return None
    quoted = loaded.full.get(full.quote.quoted_status_id) if full.quote.quoted_status_id is not None else None
    circle = loaded.circle
    author = quoted.status.account_id if quoted else None
    state = rules.shown_state(
        full.quote.state,
        has_quoted=full.quote.quoted_status_id is not None,
        may_see=quoted is not None and not _is_hidden(loaded, quoted) and may_see(quoted, circle),
        blocks_author=author in circle.blocking,
        blocks_domain=author in circle.domain_blocking,
        mutes_author=author in circle.muting,
    )
    if quoted is None or state in rules.WITHOUT_QUOTED:
        quoted = None
    if shallow:
        return entities.Quote(state=state, quoted_status_id=str(quoted.status.id) if quoted else None)
    return entities.Quote(state=state, quoted_status=_render(loaded, quoted, quoted=True) if quoted else None)


def _approval(loaded: _Loaded, full: FullStatus) -> entities.QuoteApproval:
    row = full.status
    viewer, circle = loaded.viewer, loaded.circle
    standing = Standing(
        visibility=row.visibility,
        policy=Policy(tuple(row.quote_automatic), tuple(row.quote_manual)),
        is_author=row.account_id == viewer,
        follows_author=row.account_id in circle.following,
        followed_by_author=row.account_id in circle.followed_by,
        is_blocked=row.account_id in circle.blocking or row.account_id in circle.blocked_by,
    )
    return entities.QuoteApproval(
        automatic=_approvers(row.quote_automatic),
        manual=_approvers(row.quote_manual),
        current_user=rules.approval(standing) if viewer is not None else "denied",
    )


def _approvers(allowed: Sequence[str]) -> list[Approvers]:
    """What clients have no word for is one word."""
    known = [who for who in APPROVERS if who in allowed]
    return [*known, "unsupported_policy"] if len(known) < len(set(allowed)) else known


def _card(loaded: _Loaded, full: FullStatus) -> entities.PreviewCard | None:
    if full.card is None:
        return None
    named = full.card.author_account_id
    profile = loaded.profiles.get(named) if named is not None else None
    author = account_from(profile, loaded.profiles, loaded.emojis, loaded.urls) if profile else None
    return card_from(full.card, author, loaded.urls)


def _poll(loaded: _Loaded, full: FullStatus) -> entities.Poll | None:
    if full.poll is None:
        return None
    own = loaded.flags.get(full.status.id, Flags()).choices or ()
    known = {i: loaded.emojis[i] for i in full.status.emoji_ids if i in loaded.emojis}
    return poll_from(full.poll, own, known, loaded.viewer, loaded.urls, loaded.now)


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

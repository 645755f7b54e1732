"""Posts and edits, inside the caller's transaction."""

import datetime as dt
from collections.abc import Iterable, Mapping

import msgspec

from api_gateway import store
from api_gateway.posting.polls import draft_from
from api_gateway.posting.quoting import quotable, with_quote, with_same_quote
from api_gateway.posting.words import MediaWords, Words
from api_gateway.seeing import whole
from chassis.db import Tx
from chassis.errors import Conflict, NotFound
from contracts.ids import AccountId, StatusId
from mastoapi.viewer import Viewer
from social.accounts.model import Account
from social.addresses import Addresses
from social.emojis import store as emojis
from social.emojis.text import shortcodes_in
from social.errors import ValidationFailed
from social.interactions import actions as interactions
from social.interactions.rules import Act
from social.media import store as media
from social.media.model import FAILED, PENDING, checked_description, focus_in, focused
from social.polls import store as polls
from social.quotes import actions as quotes
from social.quotes import rules
from social.statuses import actions, reading
from social.statuses.model import Draft, FullStatus, Mention, Posted, Status
from social.statuses.text import Handle

LONGEST_KEY = 255


class NoSuchParent(NotFound):
    """The post you are trying to reply to does not appear to exist"""


class Published(msgspec.Struct, frozen=True):
    """A post that has gone out; `full` where all that belongs to it is known without reading it again."""

    id: StatusId
    full: FullStatus | None = None


async def check(tx: Tx, viewer: Viewer, words: Words) -> None:
    """Refuse ahead what could not be posted later."""
    parent = await _parent(tx, words.in_reply_to, viewer.id)
    if parent is not None:
        await interactions.check(tx, Act.REPLY, viewer.account, parent)
    await _check_files(tx, viewer.id, words, None)
    if words.quotes is not None:
        await quotable(tx, words.quotes, viewer.id)


async def publish(
    tx: Tx,
    addresses: Addresses,
    viewer: Viewer,
    words: Words,
    mentions: Mapping[Handle, Account],
    now: dt.datetime,
    promised: StatusId | None = None,
) -> Published:
    """Post, under the id that was promised if one was."""
    parent = await _parent(tx, words.in_reply_to, viewer.id)
    draft = await _draft(tx, addresses, viewer, words, mentions, parent, now)
    draft = await with_quote(tx, msgspec.structs.replace(draft, id=promised), words, viewer.id)
    posted = await actions.post_whole(tx, addresses, viewer.account, draft)
    assert posted is not None, "a post of ours has a new address, which nothing can have taken"
    return Published(posted.status.id, _as_it_stands(posted, draft, mentions.values(), viewer))


def _as_it_stands(posted: Posted, draft: Draft, mentioned: Iterable[Account], viewer: Viewer) -> FullStatus | None:
    if draft.media_ids or draft.poll or draft.quoting or (viewer.app is None and draft.app_id is not None):
        return None
    named = sorted({account.id: account for account in mentioned}.values(), key=lambda account: account.id)
    return FullStatus(
        status=posted.status,
        mentions=[Mention.of(account) for account in named],
        tags=list(posted.tags),
        app_name=viewer.app.name if viewer.app else None,
        app_website=viewer.app.website if viewer.app else None,
    )


async def publish_once(
    tx: Tx,
    key: str | None,
    addresses: Addresses,
    viewer: Viewer,
    words: Words,
    mentions: Mapping[Handle, Account],
    now: dt.datetime,
) -> Published:
    """Post, unless this key was used within the hour: then the post is the one from that time."""
    if not key:
        return await publish(tx, addresses, viewer, words, mentions, now)
    key = key[:LONGEST_KEY]
    promised = await store.promise_status(tx, viewer.id, key, now)
    if promised is not None:
        return await publish(tx, addresses, viewer, words, mentions, now, promised)
    posted = await store.status_of_key(tx, viewer.id, key)
    if posted is None:
        raise Conflict
    return Published(posted)


async def revise(
    tx: Tx,
    addresses: Addresses,
    viewer: Viewer,
    status: Status,
    words: Words,
    mentions: Mapping[Handle, Account],
    now: dt.datetime,
) -> None:
    """Edit, unless nothing would change."""
    full = await whole(tx, status)
    parent = await reading.by_id(tx, status.in_reply_to_id) if status.in_reply_to_id is not None else None
    draft = await _draft(tx, addresses, viewer, words, mentions, parent, now, full=full)
    draft = await with_same_quote(tx, draft, status)
    described = await _describe(tx, full, words.media_words)
    # A poll that is asked anew ends at another time, if nothing else.
    asks = draft.poll is not None or await polls.of_status(tx, status.id) is not None
    if described or asks or _differs(full, draft):
        await actions.edit(tx, viewer.account, status, draft, now)
    if words.quote_policy is not None:
        policy = rules.policy_for(words.quote_policy, status.visibility)
        await quotes.set_policy(tx, viewer.account, status, policy, now)


def _differs(full: FullStatus, draft: Draft) -> bool:
    old = full.status
    return (
        (old.text, old.spoiler_text, old.sensitive, old.language)
        != (draft.text, draft.spoiler_text, draft.sensitive, draft.language)
        or [file.id for file in full.media] != list(draft.media_ids)
        or old.content != draft.content
    )


async def _parent(tx: Tx, status_id: StatusId | None, viewer: AccountId) -> Status | None:
    """What is replied to; a reply to a boost is one to what it boosts."""
    if status_id is None:
        return None
    status = await reading.visible_to(tx, status_id, viewer)
    if status is not None and status.reblog_of_id is not None:
        status = await reading.visible_to(tx, status.reblog_of_id, viewer)
    if status is None:
        raise NoSuchParent
    return status


async def _draft(
    tx: Tx,
    addresses: Addresses,
    viewer: Viewer,
    words: Words,
    mentions: Mapping[Handle, Account],
    parent: Status | None,
    now: dt.datetime,
    *,
    full: FullStatus | None = None,
) -> Draft:
    """The words composed; `full` is what they replace."""
    await _check_files(tx, viewer.id, words, full)
    composed = words.text.compose(addresses, mentions)
    codes = shortcodes_in(words.text.source, words.spoiler_text, *(words.poll.options if words.poll else ()))
    return Draft(
        content=composed.html,
        text=words.text.source,
        spoiler_text=words.spoiler_text,
        sensitive=words.sensitive,
        language=words.language,
        visibility=full.status.visibility if full else words.visibility,
        in_reply_to=parent,
        mentions=tuple(dict.fromkeys(account.id for account in mentions.values())),
        tags=composed.tags,
        media_ids=words.media_ids,
        poll=draft_from(words.poll, now),
        emoji_ids=tuple(await emojis.named(tx, codes)) if codes else (),
        app_id=viewer.app_id,
        interaction_policy=words.interaction_policy,
        created_at=full.status.created_at if full else now,
    )


async def _check_files(tx: Tx, owner: AccountId, words: Words, full: FullStatus | None) -> None:
    known = {file.id for file in full.media} if full else set()
    for media_id in words.media_ids:
        file = None if media_id in known else await media.owned(tx, media_id, owner)
        if file is not None and file.state == PENDING:
            raise ValidationFailed("Cannot attach files that have not finished processing. Try again in a moment!")
        if file is not None and file.state == FAILED:
            raise ValidationFailed("Cannot attach a file that could not be processed")


async def _describe(tx: Tx, full: FullStatus, wanted: tuple[MediaWords, ...]) -> bool:
    """Change descriptions and focus of files that hang on the status; whether any did change."""
    changed = False
    for file in full.media:
        words = next((w for w in wanted if w.id == file.id), None)
        if words is None:
            continue
        description = file.description if words.description is None else checked_description(words.description)
        meta = focused(file.meta, focus_in(words.focus)) if words.focus else file.meta
        if (description, meta) != (file.description, file.meta):
            await media.set_words_of_attached(tx, file.id, full.status.account_id, description=description, meta=meta)
            changed = True
    return changed

"""Create, Update and Delete of a post, and the post itself as a document."""

import datetime as dt
from collections.abc import Sequence

import msgspec

from apcore import objects
from apcore.activities import Create, Delete, Update
from apcore.audience import Visibility, address
from apcore.context import PUBLIC
from apcore.objects import Note
from chassis.db import Reader, Tx
from contracts.ids import EmojiId, StatusId, Uri
from social.accounts import store as accounts
from social.accounts.model import Account
from social.addresses import Addresses
from social.emojis import store as emojis
from social.emojis.model import Emoji
from social.federation import answers, emoji, interacting, poll, quoting, store
from social.federation.arrival import Arrival, plausible
from social.federation.draft import People, draft_of, drafted, people_of
from social.federation.keeping import READ_BY_FOLLOWERS, publish, why_not
from social.federation.outcome import Outcome
from social.federation.refresh import counted, refresh
from social.federation.standing import Standing, standing_of
from social.interactions import store as interactions
from social.interactions.rules import Act
from social.quotes import actions as quotes
from social.statuses import actions, model, reading, threads
from social.statuses.model import Answer, Draft, FullStatus, Status

CREATED_BY_UPDATE = dt.timedelta(days=1)
"""How old an unknown post may be that arrives as an Update."""


class Material(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a document of one of our posts is made from."""

    author: Account
    full: FullStatus
    conversation: Uri | None
    """Its name elsewhere, if it began elsewhere."""
    emojis: list[Emoji]
    own_replies: list[Answer] = []
    """The first that its author gave to it."""


async def materials(db: Reader, ids: Sequence[StatusId]) -> dict[StatusId, Material]:
    """What is needed to render each of the statuses, and the originals of the boosts among them."""
    found = await reading.full(db, ids)
    authors = await accounts.many(db, list({full.status.account_id for full in found.values()}))
    names = await threads.names_of(db, [full.status.conversation_id for full in found.values()])
    own = await threads.own_replies_to(db, ids, answers.INLINED)
    pictures = await emojis.many(db, sorted({EmojiId(e) for full in found.values() for e in full.status.emoji_ids}))
    return {
        status_id: Material(
            author=authors[full.status.account_id],
            full=full,
            conversation=names.get(full.status.conversation_id),
            emojis=[pictures[e] for e in full.status.emoji_ids if e in pictures],
            own_replies=own.get(status_id, []),
        )
        for status_id, full in found.items()
    }


def render(addresses: Addresses, material: Material) -> Note:
    """One of our posts, as other servers get it."""
    status, author = material.full.status, material.author
    conversation = material.conversation or addresses.conversation(status.conversation_id)
    to, cc = _addressed(author, material.full)
    named = [mention.uri for mention in material.full.mentions if not mention.silent]
    may_reply, may_like, may_announce = (
        interacting.render(author, status.interaction_policy, act, named) for act in Act
    )
    return Note(
        id=status.uri,
        type="Question" if material.full.poll else "Note",
        attributed_to=author.uri,
        content=status.content,
        summary=status.spoiler_text,
        language=status.language,
        url=status.url,
        published=status.created_at,
        updated=status.edited_at,
        in_reply_to=status.in_reply_to_uri,
        conversation=conversation,
        context=None if material.conversation else conversation,
        sensitive=status.sensitive,
        to=to,
        cc=cc,
        mentions=tuple(_mention(addresses, m) for m in material.full.mentions if not m.silent),
        hashtags=tuple(
            objects.Hashtag(name=tag.display_name, href=addresses.tag_page(tag.name)) for tag in material.full.tags
        ),
        emojis=emoji.render(addresses, material.emojis),
        attachments=tuple(_attachment(addresses, item) for item in material.full.media if item.state == "ready"),
        replies=answers.address(status),
        answers=answers.inlined(status, material.own_replies),
        likes=f"{status.uri}/likes",
        shares=f"{status.uri}/shares",
        poll=poll.render(material.full.poll),
        likes_count=material.full.favourites,
        shares_count=material.full.reblogs,
        quote=quoting.render(material.full.quote),
        may_quote=quoting.render_policy(author, status),
        may_reply=may_reply,
        may_like=may_like,
        may_announce=may_announce,
        direct_message=None if status.visibility in model.OPEN else status.visibility == model.DIRECT,
    )


def _addressed(author: Account, full: FullStatus) -> tuple[tuple[str, ...], tuple[str, ...]]:
    mentioned = [uri for mention in full.mentions for uri in (mention.uri, mention.followers_url) if uri]
    return address(Visibility(full.status.visibility), author.followers_url or author.uri, mentioned)


def _mention(addresses: Addresses, mention: model.Mention) -> objects.Mention:
    return objects.Mention(href=mention.uri, name=f"@{mention.username}@{mention.domain or addresses.domain}")


def _attachment(addresses: Addresses, item: model.Attachment) -> objects.Attachment:
    size = item.meta.get("original") or {}
    focus = item.meta.get("focus")
    return objects.Attachment(
        url=addresses.file(item.file_key) if item.file_key else item.remote_url or "",
        media_type=item.mime_type,
        name=item.description or "",
        blurhash=item.blurhash,
        focal_point=(focus["x"], focus["y"]) if focus else None,
        width=size.get("width"),
        height=size.get("height"),
        duration=size.get("duration"),
        preview_url=addresses.file(item.preview_key) if item.preview_key and item.kind != "image" else None,
    )


def render_create(note: Note) -> Create:
    return Create(
        id=f"{note.id}/activity",
        actor=note.attributed_to,
        published=note.published,
        to=note.to,
        cc=note.cc,
        object=note.id,
        embedded=objects.write_note(note),
    )


def render_update(note: Note, at: dt.datetime | None = None) -> Update:
    """The edit that the post shows now, or what else changed at that moment. Two in one moment are one."""
    edited_at = at or note.updated or note.published
    assert edited_at is not None
    return Update(
        id=f"{note.id}#updates/{int(edited_at.timestamp() * 1000)}",
        actor=note.attributed_to,
        published=edited_at,
        to=note.to,
        cc=note.cc,
        object=note.id,
        embedded=objects.write_note(note),
    )


def render_delete(author: Uri, status: Uri, deleted_at: dt.datetime) -> Delete:
    """Addressed to everybody, as Mastodon does: whoever has a copy shall drop it."""
    tombstone = objects.Tombstone(id=status, former_type="Note", deleted=deleted_at)
    return Delete(
        id=f"{status}#delete",
        actor=author,
        to=(PUBLIC,),
        object=status,
        embedded=objects.write_tombstone(tombstone),
    )


async def receive_create(tx: Tx, arrival: Arrival, actor: Account, create: Create) -> Outcome:
    note = _said(arrival, actor, create)
    if isinstance(note, Outcome):
        return note
    if poll.is_vote(arrival, note):
        return await poll.receive_vote(tx, arrival, actor, note)
    standing = await standing_of(tx, Uri(note.id), actor)
    if standing.status is not None:
        return await _deliver_again(tx, arrival, actor, note, standing.status)
    return await _keep_if_wanted(tx, arrival, actor, note, standing)


async def receive_update(tx: Tx, arrival: Arrival, actor: Account, update: Update) -> Outcome:  # one line a reason
    """New words. An Update that comes before its Create stands for it, unless the post is old."""
    note = _said(arrival, actor, update)
    if isinstance(note, Outcome):
        return note
    if poll.is_vote(arrival, note):
        return Outcome.UNSUPPORTED
    standing = await standing_of(tx, Uri(note.id), actor)
    known = standing.status
    if known is None:
        return await _create_late(tx, arrival, actor, note, standing)
    if known.account_id != actor.id:
        return Outcome.NOT_OWNER
    if note.updated is None or not actions.is_newer(known, plausible(note.updated, arrival.at)):
        return Outcome.DONE if await refresh(tx, arrival, actor, known, note) else Outcome.STALE
    draft = await draft_of(tx, arrival, actor, note, known.id)
    await actions.edit(tx, actor, known, draft, plausible(note.updated, arrival.at))
    await interactions.set_policy(tx, known.id, draft.interaction_policy)
    await counted(tx, known, note)
    await quotes.requote(tx, arrival.addresses, actor, known, draft.quoting)
    return Outcome.DONE


async def _create_late(tx: Tx, arrival: Arrival, actor: Account, note: Note, standing: Standing) -> Outcome:
    if actor.suspended_at is not None:
        return Outcome.SUSPENDED  # They may change what they said before, and say nothing new.
    if note.published is None or arrival.at - note.published >= CREATED_BY_UPDATE:
        return Outcome.UNKNOWN_OBJECT
    return await _keep_if_wanted(tx, arrival, actor, note, standing, edited=True)


def _said(arrival: Arrival, actor: Account, activity: Create | Update) -> Note | Outcome:
    if activity.embedded is None:
        return Outcome.UNKNOWN_OBJECT
    if not objects.is_note(activity.embedded):
        return Outcome.UNSUPPORTED
    note = activity.note
    return Outcome.UNREADABLE if note is None else why_not(arrival, actor, note) or note


async def _keep_if_wanted(
    tx: Tx, arrival: Arrival, actor: Account, note: Note, standing: Standing, *, edited: bool = False
) -> Outcome:
    if standing.is_deleted:
        return Outcome.DELETED
    draft, people = await drafted(tx, arrival, actor, note)
    if not await _concerns_us(tx, arrival, draft, people, is_followed=standing.is_followed):
        return Outcome.NO_INTEREST
    if edited and note.updated:
        draft = msgspec.structs.replace(draft, edited_at=plausible(note.updated, arrival.at))
    status = await publish(tx, arrival, actor, note, draft)
    return Outcome.DONE if status else Outcome.NOT_ALLOWED


async def _concerns_us(tx: Tx, arrival: Arrival, draft: Draft, people: People, *, is_followed: bool) -> bool:
    """Whether somebody here follows the author, is addressed, or is answered."""
    if people.local or (arrival.is_relayed and draft.visibility == model.PUBLIC):
        return True
    if draft.visibility not in READ_BY_FOLLOWERS:
        return False
    if is_followed:
        return True
    parent = draft.in_reply_to
    if parent is None or draft.visibility == model.PRIVATE:
        return False
    return parent.is_local or await store.has_local_follower(tx, parent.account_id)


async def _deliver_again(tx: Tx, arrival: Arrival, actor: Account, note: Note, known: Status) -> Outcome:
    """A post for several people here comes once for each of them; only its author may widen its audience."""
    if known.account_id != actor.id or known.visibility in model.OPEN:
        return Outcome.REPEATED
    people = await people_of(tx, arrival, actor, note, known.visibility)
    for account_id in people.silent:
        await store.add_silent_mention(tx, known.id, account_id)
    return Outcome.REPEATED

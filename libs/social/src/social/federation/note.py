"""Create, Update and Delete of a post, and the post itself as a document."""

import datetime as dt
from collections.abc import Sequence

import msgspec

from apcore import objects
from apcore.activities import Create, Delete, Update
from apcore.audience import Visibility, address
from apcore.context import PUBLIC
from apcore.objects import Note
from chassis.db import Reader
from contracts.ids import EmojiId, StatusId, Uri
from social.accounts import store as accounts
from social.accounts.model import Account
from social.addresses import Addresses
from social.emojis import store as emojis
from social.emojis.model import Emoji
from social.federation import emoji
from social.statuses import model, reading, threads
from social.statuses.model import FullStatus


class Material(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a document of one of our posts is made from."""

    author: Account
    full: FullStatus
    conversation: Uri | None
    """Its name elsewhere, if it began elsewhere."""
    emojis: list[Emoji]


async def materials(db: Reader, ids: Sequence[StatusId]) -> dict[StatusId, Material]:
    """What is needed to render each of the statuses, and the originals of the boosts among them."""
    found = await reading.full(db, ids)
    authors = await accounts.many(db, list({full.status.account_id for full in found.values()}))
    names = await threads.names_of(db, [full.status.conversation_id for full in found.values()])
    pictures = await emojis.many(db, sorted({EmojiId(e) for full in found.values() for e in full.status.emoji_ids}))
    return {
        status_id: Material(
            author=authors[full.status.account_id],
            full=full,
            conversation=names.get(full.status.conversation_id),
            emojis=[pictures[e] for e in full.status.emoji_ids if e in pictures],
        )
        for status_id, full in found.items()
    }


def render(addresses: Addresses, material: Material) -> Note:
    """One of our posts, as other servers get it."""
    status, author = material.full.status, material.author
    conversation = material.conversation or addresses.conversation(status.conversation_id)
    to, cc = _addressed(author, material.full)
    return Note(
        id=status.uri,
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
        replies=f"{status.uri}/replies",
        likes=f"{status.uri}/likes",
        shares=f"{status.uri}/shares",
        likes_count=material.full.favourites,
        shares_count=material.full.reblogs,
        direct_message=None if status.visibility in model.OPEN else status.visibility == model.DIRECT,
    )


def _addressed(author: Account, full: FullStatus) -> tuple[tuple[str, ...], tuple[str, ...]]:
    mentioned = [mention.uri for mention in full.mentions]
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


def render_update(note: Note) -> Update:
    """The edit that the post shows now. Two edits in one moment are one."""
    edited_at = note.updated or note.published
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

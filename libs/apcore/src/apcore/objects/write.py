"""Notes, Questions and Tombstones, written as Mastodon expects them."""

from apcore.collections import Page, write_page
from apcore.context import ACTIVITYSTREAMS, CONTEXT
from apcore.jsonld import Json, stamp
from apcore.objects.model import (
    Approvers,
    Attachment,
    Emoji,
    Hashtag,
    Mention,
    Note,
    Poll,
    Quote,
    QuoteAuthorization,
    Tombstone,
)


def write_note(note: Note) -> Json:
    """The post as a document. The keys peers look for are there even when they hold nothing."""
    document: Json = {
        "@context": list(CONTEXT),
        "id": note.id,
        "type": note.type,
        "summary": note.summary or None,
        "inReplyTo": note.in_reply_to,
        "attributedTo": note.attributed_to,
        "url": note.url or note.id,
        "to": list(note.to),
        "cc": list(note.cc),
        "sensitive": note.sensitive,
        "atomUri": note.id,
        "inReplyToAtomUri": note.in_reply_to,
        "conversation": note.conversation,
        "content": note.content,
        "contentMap": {note.language: note.content} if note.language else None,
        "attachment": [_attachment(item) for item in note.attachments],
        "tag": _tags(note),
        **_optional(note),
        **_collections(note),
        **(_poll(note.poll) if note.poll else {}),
        **(_quote(note.quote) if note.quote else {}),
    }
    if document["contentMap"] is None:
        del document["contentMap"]
    return document


def write_quote_authorization(authorization: QuoteAuthorization) -> Json:
    return {
        "@context": list(CONTEXT),
        "id": authorization.id,
        "type": "QuoteAuthorization",
        "attributedTo": authorization.attributed_to,
        "interactingObject": authorization.interacting_object,
        "interactionTarget": authorization.interaction_target,
    }


def write_vote(vote: Note) -> Json:
    """The choice of an answer: a Note with a name and no content. More would make it a post to some readers."""
    return {
        "id": vote.id,
        "type": "Note",
        "name": vote.name,
        "attributedTo": vote.attributed_to,
        "inReplyTo": vote.in_reply_to,
        "to": list(vote.to),
    }


def write_tombstone(tombstone: Tombstone) -> Json:
    document: Json = {"@context": ACTIVITYSTREAMS, "id": tombstone.id, "type": "Tombstone"}
    if tombstone.former_type:
        document["formerType"] = tombstone.former_type
    if tombstone.deleted is not None:
        document["deleted"] = stamp(tombstone.deleted)
    return document


def _optional(note: Note) -> Json:
    document: Json = {}
    if note.published is not None:
        document["published"] = stamp(note.published)
    if note.updated is not None:
        document["updated"] = stamp(note.updated)
    if note.name:
        document["name"] = note.name
    if note.context:
        document["context"] = note.context
    if note.direct_message is not None:
        document["directMessage"] = note.direct_message
    if policy := _policy(note):
        document["interactionPolicy"] = policy
    return document


def _policy(note: Note) -> Json:
    quoting = Approvers(automatic=note.may_quote, manual=note.may_ask_to_quote) if note.may_quote is not None else None
    said = (
        ("canQuote", quoting),
        ("canReply", note.may_reply),
        ("canLike", note.may_like),
        ("canAnnounce", note.may_announce),
    )
    return {act: _approval(who) for act, who in said if who is not None}


def _approval(who: Approvers) -> Json:
    approved = {"automaticApproval": list(who.automatic)}
    if who.manual:
        approved["manualApproval"] = list(who.manual)
    return approved


def _collections(note: Note) -> Json:
    document: Json = {}
    if note.replies:
        page = Page(part_of=note.replies, items=note.answers.items, next=note.answers.next)
        document["replies"] = {
            "id": note.replies,
            "type": "Collection",
            "first": {key: value for key, value in write_page(page, ordered=False).items() if key != "@context"},
        }
    for term, uri, count in (
        ("likes", note.likes, note.likes_count),
        ("shares", note.shares, note.shares_count),
    ):
        if uri:
            document[term] = {"id": uri, "type": "Collection", "totalItems": count or 0}
    return document


def _poll(poll: Poll) -> Json:
    options = [
        {
            "type": "Note",
            "name": option.name,
            "replies": {"type": "Collection", "totalItems": option.votes},
        }
        for option in poll.options
    ]
    document: Json = {"anyOf" if poll.multiple else "oneOf": options}
    if poll.end_time is not None:
        document["endTime"] = stamp(poll.end_time)
    if poll.closed is not None:
        document["closed"] = stamp(poll.closed)
    if poll.voters_count is not None:
        document["votersCount"] = poll.voters_count
    return document


def _quote(quote: Quote) -> Json:
    if quote.is_gone:
        return {"quote": {"type": "Tombstone"} | ({"id": quote.uri} if quote.uri else {})}
    document: Json = {
        "quote": quote.uri,
        "_misskey_quote": quote.uri,
        "quoteUri": quote.uri,
        "quoteUrl": quote.uri,
    }
    if quote.authorization:
        document["quoteAuthorization"] = quote.authorization
    return document


def _attachment(item: Attachment) -> Json:
    document: Json = {
        "type": item.type,
        "mediaType": item.media_type,
        "url": item.url,
        "name": item.name or None,
    }
    for key, value in (
        ("blurhash", item.blurhash),
        ("focalPoint", list(item.focal_point) if item.focal_point else None),
        ("width", item.width),
        ("height", item.height),
        ("duration", f"PT{item.duration:g}S" if item.duration is not None else None),
        ("icon", {"type": "Image", "url": item.preview_url} if item.preview_url else None),
    ):
        if value is not None:
            document[key] = value
    return document


def _tags(note: Note) -> list[Json]:
    return [
        *(write_mention(mention) for mention in note.mentions),
        *(write_hashtag(hashtag) for hashtag in note.hashtags),
        *(write_emoji(emoji) for emoji in note.emojis),
        *([_link_to(note.quote)] if note.quote and not note.quote.is_gone else []),
    ]


def _link_to(quote: Quote) -> Json:
    """FEP-e232, by which servers without FEP-044f know a quote."""
    return {
        "type": "Link",
        "mediaType": f'application/ld+json; profile="{ACTIVITYSTREAMS}"',
        "rel": "https://misskey-hub.net/ns#_misskey_quote",
        "href": quote.uri,
        "name": f"RE: {quote.uri}",
    }


def write_mention(mention: Mention) -> Json:
    return {"type": "Mention", "href": mention.href, "name": mention.name}


def write_hashtag(hashtag: Hashtag) -> Json:
    return {"type": "Hashtag", "href": hashtag.href, "name": f"#{hashtag.name}"}


def write_emoji_document(emoji: Emoji) -> Json:
    """The emoji by itself, as it answers under its own address."""
    return {"@context": list(CONTEXT), **write_emoji(emoji)}


def write_emoji(emoji: Emoji) -> Json:
    icon: Json = {"type": "Image", "url": emoji.url}
    if emoji.media_type:
        icon["mediaType"] = emoji.media_type
    document: Json = {"type": "Emoji", "name": f":{emoji.shortcode}:", "icon": icon}
    if emoji.id:
        document["id"] = emoji.id
    if emoji.updated is not None:
        document["updated"] = stamp(emoji.updated)
    return document

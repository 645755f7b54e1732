"""Actors: people, bots and groups, read within bounds and written whole."""

from datetime import datetime
from typing import Final

import msgspec

from apcore import handles, html, jsonld
from apcore.context import CONTEXT
from apcore.jsonld import Json, Malformed, stamp
from apcore.objects import tags
from apcore.objects.model import Emoji, Hashtag
from apcore.objects.write import write_emoji, write_hashtag

ACTOR_TYPES: Final = frozenset({"Person", "Service", "Application", "Group", "Organization"})
BOT_TYPES: Final = frozenset({"Service", "Application"})
LONGEST_ID: Final = 512  # What stands beside it in an index may be long, too.
LONGEST_NAME: Final = 2048
LONGEST_SUMMARY: Final = 20_480
LONGEST_FIELD: Final = 2047
LONGEST_DESCRIPTION: Final = 10_000
MAX_FIELDS: Final = 50
MAX_ALIASES: Final = 256
MAX_KEYS: Final = 10
LONGEST_MULTIKEY: Final = 2048


class Image(msgspec.Struct, frozen=True, kw_only=True):
    url: str
    media_type: str = ""
    description: str = ""


class Field(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    value: str  # Sanitised HTML when it was read.


class ActorKey(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    owner: str
    pem: str


class Multikey(msgspec.Struct, frozen=True, kw_only=True):
    """A key that the actor's documents and requests may be signed with besides (FEP-521a)."""

    id: str
    multibase: str


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    inbox: str
    username: str
    type: str = "Person"
    webfinger: str | None = None  # `name@host`, when the actor says it (FEP-2c59).
    name: str = ""
    summary: str = ""  # Sanitised HTML when it was read.
    url: str | None = None
    shared_inbox: str | None = None
    outbox: str | None = None
    followers: str | None = None
    following: str | None = None
    featured: str | None = None
    featured_tags: str | None = None
    locked: bool = False
    discoverable: bool = False
    indexable: bool = False
    memorial: bool = False
    suspended: bool = False
    published: datetime | None = None
    moved_to: str | None = None
    also_known_as: tuple[str, ...] = ()
    attribution_domains: tuple[str, ...] = ()
    show_featured: bool = True
    show_media: bool = True
    show_replies_in_media: bool = True
    may_feature: tuple[str, ...] | None = None
    fields: tuple[Field, ...] = ()
    emojis: tuple[Emoji, ...] = ()
    hashtags: tuple[Hashtag, ...] = ()
    icon: Image | None = None
    image: Image | None = None
    keys: tuple[ActorKey, ...] = ()
    multikeys: tuple[Multikey, ...] = ()

    @property
    def is_bot(self) -> bool:
        return self.type in BOT_TYPES

    @property
    def keys_by_id(self) -> dict[str, str]:
        """All that its requests and documents may be signed with, as PEM or Multikey."""
        return {key.id: key.multibase for key in self.multikeys} | {key.id: key.pem for key in self.keys}


def is_actor(document: Json) -> bool:
    return jsonld.type_of(document) in ACTOR_TYPES


def read_actor(document: Json) -> Actor:
    """The actor in the document; what is over the limits is cut, what cannot be used is left out."""
    document = jsonld.normal(document)
    kind = jsonld.type_of(document)
    if kind not in ACTOR_TYPES:
        raise Malformed(f"{kind[:64] or 'object without type'} is no actor")
    identity = jsonld.web_uri(document.get("id"))
    inbox = jsonld.web_uri(document.get("inbox"))
    if identity is None or inbox is None or len(identity.encode()) > LONGEST_ID:
        raise Malformed("actor without id or inbox, or with a very long one")
    tag = document.get("tag")
    return Actor(
        id=identity,
        inbox=inbox,
        type=kind,
        **_names(document),
        **_addresses(document, identity, inbox),
        **_flags(document),
        fields=_fields(document.get("attachment")),
        emojis=tags.emojis(tag),
        hashtags=tags.hashtags(tag),
        icon=_image(document.get("icon")),
        image=_image(document.get("image")),
        keys=_keys(document.get("publicKey"), identity),
        multikeys=_multikeys(document.get("assertionMethod"), identity),
    )


def _names(document: Json) -> Json:
    said = jsonld.text(document.get("webfinger"))
    handle = handles.parse(said) if said else None
    full = handle if handle and handle.host else None
    username = jsonld.text(document.get("preferredUsername")) or (full.username if full else "")
    if not handles.is_username(username):
        raise Malformed("actor without a usable preferredUsername")
    return {
        "username": username,
        "webfinger": str(full) if full else None,
        "name": (jsonld.text(document.get("name")) or "")[:LONGEST_NAME],
        "summary": html.sanitise((jsonld.text(document.get("summary")) or "")[:LONGEST_SUMMARY]),
    }


def _addresses(document: Json, identity: str, inbox: str) -> Json:
    """Only addresses on the actor's own host are believed: others would speak for strangers."""

    def own(term: str) -> str | None:
        address = jsonld.web_uri(document.get(term))
        return address if address and jsonld.same_host(address, identity) else None

    endpoints = jsonld.one(document.get("endpoints"))
    within = endpoints.get("sharedInbox") if isinstance(endpoints, dict) else None
    shared = jsonld.web_uri(within) or jsonld.web_uri(document.get("sharedInbox"))
    url = tags.link(document.get("url"))[0]
    return {
        "url": url if url and jsonld.same_host(url, identity) else None,
        "shared_inbox": shared if shared and jsonld.same_host(shared, inbox) else None,
        "outbox": own("outbox"),
        "followers": own("followers"),
        "following": own("following"),
        "featured": own("featured"),
        "featured_tags": own("featuredTags"),
        "moved_to": jsonld.web_uri(document.get("movedTo")),
        "also_known_as": jsonld.uris(document.get("alsoKnownAs"), MAX_ALIASES),
        "attribution_domains": _domains(document.get("attributionDomains")),
    }


def _domains(value: object) -> tuple[str, ...]:
    found = (domain.lower() for item in jsonld.many(value) if (domain := jsonld.text(item, 256)))
    return tuple(dict.fromkeys(found))[:MAX_ALIASES]


def _flags(document: Json) -> Json:
    policy = jsonld.one(document.get("interactionPolicy"))
    feature = jsonld.one(policy.get("canFeature")) if isinstance(policy, dict) else None
    return {
        "locked": jsonld.boolean(document.get("manuallyApprovesFollowers")),
        "discoverable": jsonld.boolean(document.get("discoverable")),
        "indexable": jsonld.boolean(document.get("indexable")),
        "memorial": jsonld.boolean(document.get("memorial")),
        "suspended": jsonld.boolean(document.get("suspended")),
        "show_featured": jsonld.boolean(document.get("showFeatured"), default=True),
        "show_media": jsonld.boolean(document.get("showMedia"), default=True),
        "show_replies_in_media": jsonld.boolean(document.get("showRepliesInMedia"), default=True),
        "published": jsonld.moment(document.get("published")),
        "may_feature": jsonld.uris(feature.get("automaticApproval"), MAX_ALIASES)
        if isinstance(feature, dict)
        else None,
    }


def _fields(value: object) -> tuple[Field, ...]:
    rows = [item for item in jsonld.objects(value) if jsonld.type_of(item) == "PropertyValue"]
    return tuple(
        Field(
            name=(jsonld.text(row.get("name")) or "")[:LONGEST_FIELD],
            value=html.sanitise((jsonld.text(row.get("value")) or "")[:LONGEST_FIELD]),
        )
        for row in rows[:MAX_FIELDS]
    )


def _image(value: object) -> Image | None:
    first = jsonld.one(value)
    url, media_type = tags.picture(first)
    named = first if isinstance(first, dict) else {}
    description = jsonld.text(named.get("summary")) or jsonld.text(named.get("name")) or ""
    return Image(url=url, media_type=media_type, description=description[:LONGEST_DESCRIPTION]) if url else None


def _keys(value: object, owner: str) -> tuple[ActorKey, ...]:
    """The keys that say they are this actor's and lie where it does."""
    found = []
    for item in jsonld.objects(value, MAX_KEYS):
        key_id, pem = jsonld.web_uri(item.get("id")), jsonld.text(item.get("publicKeyPem"))
        said_owner = jsonld.uri(item.get("owner")) or owner
        if key_id and pem and said_owner == owner and jsonld.same_host(key_id, owner):
            found.append(ActorKey(id=key_id, owner=owner, pem=pem))
    return tuple(found)


def _multikeys(value: object, controller: str) -> tuple[Multikey, ...]:
    """Those that say they are this actor's and lie where it does. What is only named is not fetched."""
    found = []
    for item in jsonld.objects(value, MAX_KEYS):
        key_id, written = jsonld.web_uri(item.get("id")), jsonld.text(item.get("publicKeyMultibase"))
        is_own = jsonld.uri(item.get("controller")) == controller and jsonld.type_of(item) == "Multikey"
        if key_id and written and is_own and jsonld.same_host(key_id, controller):
            found.append(Multikey(id=key_id, multibase=written[:LONGEST_MULTIKEY]))
    return tuple(found)


def write_actor(actor: Actor) -> Json:
    """The actor as a document."""
    document: Json = {
        "@context": list(CONTEXT),
        "id": actor.id,
        "type": actor.type,
        "following": actor.following,
        "followers": actor.followers,
        "inbox": actor.inbox,
        "outbox": actor.outbox,
        "featured": actor.featured,
        "featuredTags": actor.featured_tags,
        "preferredUsername": actor.username,
        "webfinger": actor.webfinger,
        "name": actor.name,
        "summary": actor.summary,
        "url": actor.url or actor.id,
        "manuallyApprovesFollowers": actor.locked,
        "discoverable": actor.discoverable,
        "indexable": actor.indexable,
        "memorial": actor.memorial,
        "showFeatured": actor.show_featured,
        "showMedia": actor.show_media,
        "showRepliesInMedia": actor.show_replies_in_media,
        "published": stamp(actor.published) if actor.published else None,
        "movedTo": actor.moved_to,
        "alsoKnownAs": list(actor.also_known_as) or None,
        "attributionDomains": list(actor.attribution_domains) or None,
        "suspended": True if actor.suspended else None,
        **_written_parts(actor),
    }
    return {key: value for key, value in document.items() if value is not None}


def _written_parts(actor: Actor) -> Json:
    parts: Json = {
        "tag": [
            *(write_emoji(emoji) for emoji in actor.emojis),
            *(write_hashtag(hashtag) for hashtag in actor.hashtags),
        ],
        "attachment": [{"type": "PropertyValue", "name": field.name, "value": field.value} for field in actor.fields],
        "endpoints": {"sharedInbox": actor.shared_inbox} if actor.shared_inbox else None,
        "icon": _written_image(actor.icon) if actor.icon else None,
        "image": _written_image(actor.image) if actor.image else None,
    }
    keys = [{"id": key.id, "owner": key.owner, "publicKeyPem": key.pem} for key in actor.keys]
    if keys:
        parts["publicKey"] = keys[0] if len(keys) == 1 else keys
    if actor.multikeys:
        parts["assertionMethod"] = [
            {"id": key.id, "type": "Multikey", "controller": actor.id, "publicKeyMultibase": key.multibase}
            for key in actor.multikeys
        ]
    if actor.may_feature is not None:
        approved = {"automaticApproval": list(actor.may_feature)}
        parts["interactionPolicy"] = {"canFeature": approved}
    return parts


def _written_image(image: Image) -> Json:
    document: Json = {"type": "Image", "url": image.url}
    if image.media_type:
        document["mediaType"] = image.media_type
    if image.description:
        document["summary"] = image.description
    return document

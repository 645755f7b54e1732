"""The activities we understand: read from what peers send, written as they expect them."""

from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from typing import Any, Final

import msgspec

from apcore import jsonld
from apcore.context import ACTIVITYSTREAMS, CONTEXT
from apcore.jsonld import Json, Malformed
from apcore.objects import Note, note_in, tags
from apcore.objects.model import Emoji


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What every activity has. `id` is empty when the sender gave none that it may give."""

    id: str = ""
    actor: str
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    published: datetime | None = None


class Upon(Said, frozen=True, kw_only=True):
    """An activity upon one object: its address (empty when it has none) and its document, if inlined."""

    object: str = ""
    embedded: Json | None = None


class Follow(Upon, frozen=True, kw_only=True):
    pass


class Accept(Upon, frozen=True, kw_only=True):
    result: str | None = None


class Reject(Upon, frozen=True, kw_only=True):
    pass


class Undo(Upon, frozen=True, kw_only=True):
    pass


class Saying(Upon, frozen=True, kw_only=True, dict=True):
    """One that may bring a post."""

    @cached_property
    def note(self) -> Note | None:
        """The post within, with the activity's author and audience where it names none of its own. Read once."""
        note = note_in(self.embedded, by=self.actor) if self.embedded else None
        return note if note is None or note.to or note.cc else msgspec.structs.replace(note, to=self.to, cc=self.cc)


class Create(Saying, frozen=True, kw_only=True):
    pass


class Update(Saying, frozen=True, kw_only=True):
    pass


class Delete(Upon, frozen=True, kw_only=True):
    pass


class Like(Upon, frozen=True, kw_only=True):
    """With content, which is an emoji or the name of one of the `emojis`, it is a reaction (Misskey)."""

    content: str | None = None
    emojis: tuple[Emoji, ...] = ()


class EmojiReact(Like, frozen=True, kw_only=True):
    """The same under a name of its own (Pleroma)."""


class Announce(Upon, frozen=True, kw_only=True):
    pass


class Add(Upon, frozen=True, kw_only=True):
    target: str = ""


class Remove(Upon, frozen=True, kw_only=True):
    target: str = ""


class Block(Upon, frozen=True, kw_only=True):
    pass


class Move(Upon, frozen=True, kw_only=True):
    target: str = ""


class QuoteRequest(Upon, frozen=True, kw_only=True):
    """FEP-044f: may my post, the instrument, quote yours, the object?"""

    instrument: str = ""
    embedded_instrument: Json | None = None


class Flag(Said, frozen=True, kw_only=True):
    objects: tuple[str, ...]
    content: str = ""


class Unknown(Said, frozen=True, kw_only=True):
    """A class we have no meaning for: it is dropped, and counted under its type."""

    type: str


Activity = (
    Follow
    | Accept
    | Reject
    | Undo
    | Create
    | Update
    | Delete
    | Like
    | EmojiReact
    | Announce
    | Add
    | Remove
    | Block
    | Move
    | QuoteRequest
    | Flag
    | Unknown
)

MAX_FLAGGED: Final = 200
MAX_COMMENT: Final = 5000
LONGEST_REACTION: Final = 256

_PLAIN: Final[dict[str, Callable[..., Activity]]] = {
    "Follow": Follow,
    "Reject": Reject,
    "Undo": Undo,
    "Create": Create,
    "Update": Update,
    "Delete": Delete,
    "Announce": Announce,
    "Block": Block,
}
_TARGETED: Final[dict[str, Callable[..., Activity]]] = {"Add": Add, "Remove": Remove, "Move": Move}
_REACTIONS: Final[dict[str, Callable[..., Activity]]] = {"Like": Like, "EmojiReact": EmojiReact}
# These mean nothing without the address of what they are about.
_NEED_ADDRESS: Final = frozenset({"Follow", "Like", "EmojiReact", "Block", "Delete", "Move", "QuoteRequest"})
# Terms that plain ActivityStreams does not have, wherever they stand in what we say.
_RICH: Final = frozenset({"QuoteRequest", "QuoteAuthorization", "Hashtag"})


def read(document: Json, *, by: str | None = None) -> Activity:  # noqa: PLR0911  # one line a class
    """The activity in the document. `by` is who says it where the document leaves that out."""
    document = jsonld.normal(document)
    kind = jsonld.type_of(document)
    if not kind:
        raise Malformed("activity without type")
    said = _said(document, kind, by)
    if kind == "Flag":
        return _read_flag(said, document)
    upon = said | _upon(document)
    if kind in _NEED_ADDRESS and not upon["object"]:
        raise Malformed(f"{kind} without object")
    if not upon["object"] and upon["embedded"] is None and (kind in _PLAIN or kind in _TARGETED):
        raise Malformed(f"{kind} without object")
    if kind in _PLAIN:
        return _PLAIN[kind](**upon)
    if kind in _TARGETED:
        return _TARGETED[kind](**upon, target=jsonld.web_uri(document.get("target")) or "")
    if kind in _REACTIONS:
        return _REACTIONS[kind](**upon, **_reaction(document))
    if kind == "QuoteRequest":
        return QuoteRequest(**upon, **_instrument(document))
    if kind == "Accept":
        return Accept(**upon, result=jsonld.web_uri(document.get("result")))
    return Unknown(**said, type=kind[:64])


def inner(activity: Undo | Accept | Reject | Announce) -> Activity | None:
    """The activity within, when it is inlined and can be read; the caller checks whose it is."""
    if activity.embedded is None:
        return None
    try:
        return read(activity.embedded, by=activity.actor if isinstance(activity, Undo) else None)
    except Malformed:
        return None


def write(activity: Activity) -> Json:
    """The activity as Mastodon expects it."""
    document: Json = {"type": _type(activity), "actor": activity.actor}
    if activity.id:
        document["id"] = activity.id
    match activity:
        case Flag():
            document |= {"content": activity.content, "object": list(activity.objects)}
        case Unknown():
            pass
        case Upon():
            document["object"] = _object(activity)
    if isinstance(activity, Add | Remove | Move):
        document["target"] = activity.target
    if isinstance(activity, Like) and activity.content:
        document["content"] = activity.content
    if isinstance(activity, QuoteRequest):
        document["instrument"] = _plain(activity.embedded_instrument) or activity.instrument
    if isinstance(activity, Accept) and activity.result:
        document["result"] = activity.result
    return _context(activity) | document | _delivery(activity)


def _type(activity: Activity) -> str:
    return activity.type if isinstance(activity, Unknown) else type(activity).__name__


def _object(activity: Upon) -> Any:
    if activity.embedded is None:
        return activity.object
    return _plain(activity.embedded)


def _plain(embedded: Json | None) -> Json | None:
    """Without the context, which stands once, outside."""
    return {key: value for key, value in embedded.items() if key != "@context"} if embedded else None


def _context(activity: Activity) -> Json:
    rich = isinstance(activity, Create | Update | Announce) and activity.embedded is not None
    rich = rich or isinstance(activity, QuoteRequest) or _names_quoting(activity)
    return {"@context": list(CONTEXT) if rich else ACTIVITYSTREAMS}


def _names_quoting(activity: Activity) -> bool:
    return isinstance(activity, Upon) and activity.embedded is not None and activity.embedded.get("type") in _RICH


def _delivery(activity: Activity) -> Json:
    parts: Json = {}
    if activity.published is not None:
        parts["published"] = jsonld.stamp(activity.published)
    if activity.to:
        parts["to"] = list(activity.to)
    if activity.cc:
        parts["cc"] = list(activity.cc)
    return parts


def _said(document: Json, kind: str, by: str | None) -> Json:
    actor = jsonld.web_uri(document.get("actor")) or by
    if actor is None:
        raise Malformed(f"{kind[:64]} without actor")
    identity = jsonld.web_uri(document.get("id"))
    return {
        # An id on someone else's host would let one server suppress the activities of another.
        "id": identity if identity and jsonld.same_host(identity, actor) else "",
        "actor": actor,
        "to": jsonld.uris(document.get("to")),
        "cc": jsonld.uris(document.get("cc")),
        "published": jsonld.moment(document.get("published")),
    }


def _upon(document: Json) -> Json:
    return {
        "object": jsonld.uri(document.get("object")) or "",
        "embedded": jsonld.embedded(document.get("object")),
    }


def _reaction(document: Json) -> Json:
    content = jsonld.text(document.get("content")) or jsonld.text(document.get("_misskey_reaction"))
    return {"content": content[:LONGEST_REACTION] if content else None, "emojis": tags.emojis(document.get("tag"))}


def _instrument(document: Json) -> Json:
    found = jsonld.web_uri(document.get("instrument"))
    if found is None:
        raise Malformed("QuoteRequest without instrument")
    return {"instrument": found, "embedded_instrument": jsonld.embedded(document.get("instrument"))}


def _read_flag(said: Json, document: Json) -> Flag:
    found = jsonld.uris(document.get("object"), MAX_FLAGGED)
    if not found:
        raise Malformed("Flag without object")
    # Lemmy writes the reason into `summary`, Mastodon and Mbin into `content`.
    comment = jsonld.text(document.get("content")) or jsonld.text(document.get("summary")) or ""
    return Flag(**said, objects=found, content=comment[:MAX_COMMENT])

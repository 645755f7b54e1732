"""One valid document of each kind, as other servers send it: what bad neighbours begin with."""

import itertools
from collections.abc import Callable
from typing import Any

import msgspec
from neighbours import Person

from apcore.context import PUBLIC
from social.accounts.model import Account
from social.statuses.model import Status

Json = dict[str, Any]

_numbers = itertools.count(1)


class World(msgspec.Struct, frozen=True, kw_only=True):
    """Who there is: one of ours with posts, a good neighbour with one, and two bad ones on one host."""

    alice: Account
    post: Status
    poll: Status
    secret: Status
    bob: Person
    note: Json
    mallory: Person
    carol: Person

    @property
    def uris(self) -> list[str]:
        """Names of what there is and of what there is not, in all places."""
        m, host = self.mallory, f"https://{self.mallory.host}"
        ours = [self.alice.uri, self.post.uri, self.poll.uri, self.secret.uri, self.alice.followers_url or ""]
        theirs = [self.bob.uri, self.note["id"], self.bob.followers, f"https://{self.bob.host}/none"]
        return [
            *(f"{host}/notes/new", f"{host}/actor/new", m.uri, self.carol.uri, m.followers, f"{m.uri}/featured"),
            *(*ours, "https://ours.test/ap/users/0", "https://ours.test/x", "https://ours.test"),
            *(*theirs, PUBLIC, "as:Public", "Public", "https://away.localhost:1/x", "http://evil.localhost/x"),
        ]


def note(w: World, **more: object) -> Json:
    """A post with everything that one may have."""
    m = w.mallory
    return {
        "@context": ["https://www.w3.org/ns/activitystreams", {"sensitive": "as:sensitive"}],
        "id": f"https://{m.host}/notes/{next(_numbers)}",
        "type": "Note",
        "attributedTo": m.uri,
        "to": [PUBLIC],
        "cc": [m.followers, w.alice.uri],
        "content": "<p>Hello <a href='https://evil.localhost/x'>x</a></p>",
        "contentMap": {"en": "<p>Hello</p>"},
        "summary": "careful",
        "sensitive": True,
        "published": "2026-06-01T12:00:00Z",
        "inReplyTo": w.post.uri,
        "conversation": f"tag:{m.host},2026:1",
        "url": [{"type": "Link", "mediaType": "text/html", "href": f"https://{m.host}/@mallory/1"}],
        "tag": [
            {"type": "Mention", "href": w.alice.uri, "name": "@alice@ours.test"},
            {"type": "Mention", "href": w.carol.uri, "name": "@carol"},
            {"type": "Hashtag", "name": "#Fuzz", "href": f"https://{m.host}/tags/fuzz"},
            {
                "type": "Emoji",
                "id": f"https://{m.host}/emoji/1",
                "name": ":blob:",
                "updated": "2026-06-01T12:00:00Z",
                "icon": {"type": "Image", "mediaType": "image/png", "url": f"https://{m.host}/blob.png"},
            },
        ],
        "attachment": [
            {
                "type": "Document",
                "mediaType": "image/png",
                "url": f"https://{m.host}/1.png",
                "name": "A picture",
                "blurhash": "LEHV6nWB2yk8pyo0adR*.7kCMdnj",
                "focalPoint": [0.5, -0.5],
                "width": 100,
                "height": 100,
                "duration": "PT1M3.5S",
                "icon": {"type": "Image", "url": f"https://{m.host}/1s.png"},
            }
        ],
        "replies": {"id": f"https://{m.host}/replies", "type": "Collection", "totalItems": 3},
        "likes": {"type": "Collection", "totalItems": 3},
        "quote": w.post.uri,
        "quoteAuthorization": f"{w.alice.uri}/quote_authorizations/1",
        "interactionPolicy": {"canQuote": {"automaticApproval": [PUBLIC], "manualApproval": [m.followers]}},
        "directMessage": False,
        **more,
    }


def question(w: World, **more: object) -> Json:
    options = [{"type": "Note", "name": name, "replies": {"type": "Collection", "totalItems": 1}} for name in "ab"]
    poll = {"oneOf": options, "endTime": "2126-06-01T12:00:00Z", "closed": None, "votersCount": 2}
    return note(w, type="Question", **poll, **more)


def does(w: World, kind: str, what: object, **more: object) -> Json:
    addressed = {"to": [PUBLIC], "cc": [w.alice.uri], "published": "2026-06-01T12:00:00Z"}
    return w.mallory.does(kind, what, **(addressed | more))


def creates(w: World, what: Json) -> Json:
    return does(w, "Create", what, to=what.get("to"), cc=what.get("cc"))


def kept(w: World, **more: object) -> Json:
    """The post of mallory's that is here already."""
    identity = f"https://{w.mallory.host}/notes/kept"
    return note(w, id=identity, inReplyTo=None, quote=None) | {"updated": "2026-06-02T12:00:00Z"} | more


def _converted(kind: str) -> Callable[[World], Json]:
    return lambda w: creates(w, note(w, type=kind, name="A title", icon=[{"type": "Image", "url": "https://x.test/1"}]))


def _vote(w: World) -> Json:
    identity = f"https://{w.mallory.host}/votes/{next(_numbers)}"
    vote = {"id": identity, "type": "Note", "name": "one", "attributedTo": w.mallory.uri, "inReplyTo": w.poll.uri}
    return does(w, "Create", vote | {"to": [w.alice.uri]}, to=[w.alice.uri])


def _follow(w: World) -> Json:
    return {"id": f"{w.alice.uri}#follows/1", "type": "Follow", "actor": w.alice.uri, "object": w.mallory.uri}


def _asks(w: World) -> Json:
    post = note(w, quote=w.post.uri)
    return does(w, "QuoteRequest", w.post.uri, instrument=post)


SAMPLES: dict[str, Callable[[World], Json]] = {
    "Create": lambda w: creates(w, note(w)),
    "Create private": lambda w: creates(w, note(w, to=[w.mallory.followers], cc=[])),
    "Create direct": lambda w: creates(w, note(w, to=[w.alice.uri], cc=[])),
    "Create by name": lambda w: does(w, "Create", f"https://{w.mallory.host}/notes/served"),
    "Create question": lambda w: creates(w, question(w)),
    "Create vote": _vote,
    **{f"Create {kind}": _converted(kind) for kind in ("Article", "Page", "Image", "Audio", "Video", "Event")},
    "Update": lambda w: does(w, "Update", kept(w)),
    "Update unknown": lambda w: does(w, "Update", note(w) | {"updated": "2026-06-02T12:00:00Z"}),
    "Update question": lambda w: does(w, "Update", question(w) | {"id": kept(w)["id"]}),
    "Update actor": lambda w: does(w, "Update", w.mallory.document()),
    "Delete": lambda w: does(w, "Delete", {"id": kept(w)["id"], "type": "Tombstone", "formerType": "Note"}),
    "Delete by name": lambda w: does(w, "Delete", kept(w)["id"]),
    "Delete actor": lambda w: does(w, "Delete", w.mallory.uri),
    "Follow": lambda w: does(w, "Follow", w.alice.uri),
    "Accept": lambda w: does(w, "Accept", _follow(w)),
    "Accept quote": lambda w: does(w, "Accept", _asks(w), result=f"{w.mallory.uri}/consents/1"),
    "Reject": lambda w: does(w, "Reject", _follow(w)),
    "Undo follow": lambda w: does(w, "Undo", does(w, "Follow", w.alice.uri)),
    "Undo like": lambda w: does(w, "Undo", does(w, "Like", w.post.uri)),
    "Undo announce": lambda w: does(w, "Undo", does(w, "Announce", w.post.uri)),
    "Undo block": lambda w: does(w, "Undo", does(w, "Block", w.alice.uri)),
    "Undo accept": lambda w: does(w, "Undo", does(w, "Accept", _follow(w))),
    "Undo by name": lambda w: does(w, "Undo", f"{w.mallory.uri}/activities/1"),
    "Like": lambda w: does(w, "Like", w.post.uri),
    "EmojiReact": lambda w: does(w, "EmojiReact", w.post.uri, content=":blob:", tag=note(w)["tag"]),
    "Announce": lambda w: does(w, "Announce", w.post.uri),
    "Announce theirs": lambda w: does(w, "Announce", w.note["id"]),
    "Announce own": lambda w: does(w, "Announce", note(w, to=[w.mallory.followers], cc=[])),
    "Announce served": lambda w: does(w, "Announce", f"https://{w.mallory.host}/notes/served"),
    "Add": lambda w: does(w, "Add", kept(w)["id"], target=f"{w.mallory.uri}/featured"),
    "Add tag": lambda w: does(w, "Add", {"type": "Hashtag", "name": "#x"}, target=f"{w.mallory.uri}/featured"),
    "Remove": lambda w: does(w, "Remove", kept(w)["id"], target=f"{w.mallory.uri}/featured"),
    "Block": lambda w: does(w, "Block", w.alice.uri),
    "Flag": lambda w: does(w, "Flag", [w.alice.uri, w.post.uri], content="Rude"),
    "Move": lambda w: does(w, "Move", w.mallory.uri, target=w.carol.uri),
    "QuoteRequest": _asks,
    "Note alone": note,
    "Actor alone": lambda w: w.mallory.document(),
    "Something": lambda w: does(w, "Offer", w.post.uri),
}

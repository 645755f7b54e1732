"""What bad neighbours put into documents: any value in any place, and documents within documents."""

import copy
import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec
from hypothesis import strategies as st

Json = dict[str, Any]
Place = tuple[Any, Any]
"""A list or object, and what it has there."""

LONG = "".join(hashlib.sha512(bytes([n])).hexdigest() for n in range(31))
"""Four thousand characters that nothing compresses."""
WIDE = "".join(chr(0x4E00 + int(LONG[n : n + 3], 16)) for n in range(0, 3_000, 2))
"""The same of characters that take three bytes each."""


def nested(depth: int, *, as_list: bool) -> Any:
    value: Any = "bottom"
    for _ in range(depth):
        value = [value] if as_list else {"object": value, "tag": "x"}
    return value


TEXTS = [
    "",
    " ",
    "\0",
    "a\0b",
    "\ud800",
    "\udfff\ud800x",
    "\ufeff\u200b\u2060",
    "\u202eevil\u2066\u2069",
    "e" + "\u0301" * 2_000,
    "\U0001f468\u200d\U0001f469\u200d\U0001f467" * 300,
    "\ufdfa" * 2_000,
    "\u0130\u0131\u017f\u212a" * 500,
    "a" * 70_000,
    LONG,
    LONG[:2_000],
    WIDE,
    WIDE[:250],
    "<math><semantics><annotation>x</annotation></semantics></math>",
    "<a href='javascript:alert(1)'>" * 300,
    "<" * 3_000,
    "&" * 3_000,
    "#" * 300,
    ":" * 300,
    "'; DROP TABLE social.accounts; --",
    "%s%n{}{0}\\u0000\\",
    "${jndi:ldap://x}",
    "en-" + "x" * 40,
    "NaN",
    "undefined",
]
NUMBERS = [
    0,
    -1,
    1,
    2**31 - 1,
    2**31,
    2**53 + 1,
    2**63 - 1,
    2**63,
    -(2**63) - 1,
    10**400,
    0.5,
    -0.0,
    1e308,
    5e-324,
    float("inf"),
    float("nan"),
]
MOMENTS = [
    "2026-06-01T12:00:00Z",
    "2126-06-01T12:00:00Z",
    "9999-12-31T23:59:59.999999Z",
    "9999-12-31T23:59:59-14:00",
    "0001-01-01T00:00:00Z",
    "0001-01-01T00:00:00+14:00",
    "10000-01-01T00:00:00Z",
    "-0001-01-01T00:00:00Z",
    "2026-02-30T25:61:61Z",
    "2026-06-01",
    "20260601T120000",
    "2026-W01-1",
    "1999-01-01T00:00:00+99:99",
]
TYPES = [
    *("Create", "Update", "Delete", "Follow", "Accept", "Reject", "Undo", "Like", "Announce", "Add", "Remove"),
    *("Block", "Flag", "Move", "QuoteRequest", "EmojiReact", "Note", "Question", "Article", "Page", "Image", "Audio"),
    *("Video", "Event", "Person", "Service", "Group", "Tombstone", "Collection", "OrderedCollection", "Hashtag"),
    *("OrderedCollectionPage", "Mention", "Emoji", "Link", "Document", "PropertyValue", "ChatMessage", "as:Note"),
    *("https://www.w3.org/ns/activitystreams#Create", "toot:Emoji", "@type", "", "Create\0", "cr\u00e9er"),
]
SHAPES: list[Any] = [
    None,
    True,
    False,
    [],
    {},
    [None],
    [[]],
    [{}],
    [1, "a", None, {"id": 1}],
    {"id": None},
    {"id": []},
    {"id": {"id": {"id": "x"}}},
    {"type": "Link"},
    {"type": "Link", "href": "javascript:alert(1)"},
    {"@value": {"@list": [{"@set": "x"}]}},
    {"@list": [1, 2]},
    {"@graph": [{}]},
    {"@id": 1, "@type": ["Note", "Person"]},
    {"en": "x", "": "y", "\0": None, "x" * 100: 1},
    {"totalItems": -1},
    {"totalItems": 1e300},
    {"name": "x", "replies": {"totalItems": 2**31}},
    list(range(2_000)),
    [{"type": "Mention", "href": f"https://evil.localhost/{n}"} for n in range(1_200)],
    [{"type": "Hashtag", "name": f"#tag{n}"} for n in range(1_200)],
    [{"type": "Hashtag", "name": "#" + text} for text in TEXTS],
    [{"type": "Emoji", "name": f":{text}:", "icon": {"url": "https://evil.localhost/e.png"}} for text in TEXTS],
    [{"type": "Document", "url": f"https://evil.localhost/{n}", "mediaType": "image/png"} for n in range(600)],
    [{"type": "PropertyValue", "name": text, "value": text} for text in TEXTS],
    [{"type": "Note", "name": text, "replies": {"totalItems": 3}} for text in TEXTS],
    [{"id": f"https://evil.localhost/{LONG[n:]}"} for n in range(3)],
    nested(20, as_list=True),
    nested(20, as_list=False),
    nested(80, as_list=True),
    nested(80, as_list=False),
    nested(250, as_list=True),
    {"x" * n: n for n in range(300)},
    {"@context": {"@vocab": "https://evil.localhost/", "object": "as:actor"}},
    {"@context": nested(80, as_list=True)},
]
ALIASES = ("as:{}", "https://www.w3.org/ns/activitystreams#{}", "toot:{}", " {}", "{}\0", "@{}", "sec:{}", "{}Map")
SCHEMES = ("javascript:alert(1)", "acct:x@evil.localhost", "data:text/html,x", "tag:x,2026:1", "urn:uuid:1", "//x/y")


class Change(msgspec.Struct, frozen=True):
    """One thing done to a document. The numbers choose among what there is, whatever that is."""

    how: str
    place: int
    value: int


HOW = (
    "value",
    "value",
    "value",
    "uri",
    "uri",
    "type",
    "moment",
    "lose",
    "many",
    "swap",
    "alias",
    "fold",
    "copy",
    "add",
)
CHANGES = st.lists(
    st.builds(Change, st.sampled_from(HOW), st.integers(0, 500), st.integers(0, 500)), min_size=1, max_size=4
)


def changed(document: Json, changes: Sequence[Change], uris: Sequence[str], others: Sequence[Json]) -> Json:
    """The document after all changes. `uris` are names of what there is, `others` what it may be folded into."""
    document = copy.deepcopy(document)
    for change in changes:
        places = list(_places(document))
        if places:
            _change(change, places[change.place % len(places)], document, uris, others)
    return document


def _change(change: Change, place: Place, document: Json, uris: Sequence[str], others: Sequence[Json]) -> None:
    within, name = place
    old = within[name]
    made: dict[str, Callable[[], Any]] = {
        "value": lambda: _one(VALUES, change.value),
        "uri": lambda: _one(_addresses(uris), change.value),
        "type": lambda: _one(TYPES, change.value),
        "moment": lambda: _one(MOMENTS, change.value),
        "many": lambda: [old] * (2, 3, 300, 1_500)[change.value % 4],
        "fold": lambda: _one(
            [{"id": old}, {"@value": old}, [old], {"type": "Link", "href": old}, [[old]]], change.value
        ),
        "copy": lambda: _one([document, *others], change.value),
    }
    if change.how in made:
        within[name] = copy.deepcopy(made[change.how]())
    elif isinstance(within, dict):
        _rename(change, within, name, document)
    elif change.how == "lose":
        del within[name]


def _rename(change: Change, within: Json, name: str, document: Json) -> None:
    if change.how == "add":
        within[_one(sorted(TERMS), change.value)] = copy.deepcopy(_one(VALUES, change.place))
        return
    old = within.pop(name)
    if change.how == "alias":
        within[_one(ALIASES, change.value).format(name)] = old
    elif change.how == "swap":
        within[_one([*sorted(document), name], change.value)] = old


def _places(value: Any, depth: int = 0) -> Iterator[Place]:
    """Everything in the document that can be something else."""
    if depth > 6:
        return
    items = value.items() if isinstance(value, dict) else enumerate(value[:20]) if isinstance(value, list) else ()
    for name, item in list(items):
        yield value, name
        yield from _places(item, depth + 1)


def _one(values: Sequence[Any], number: int) -> Any:
    return values[number % len(values)]


def _addresses(uris: Sequence[str]) -> list[str]:
    odd = [f"{uri}{LONG[:length]}" for uri in uris[:2] for length in (600, 2_000, 3_000)]
    spelled = [uri.replace("localhost", "LOCALHOST") for uri in uris[:3]] + [f"{uri}#x" for uri in uris[:3]]
    return [
        *uris,
        *odd,
        *spelled,
        *SCHEMES,
        f"{uris[0]}/\u00e9\u202e",
        uris[0] + "?" + "\u00ff" * 2_000,
        "https://[::1]/x",
    ]


def written(document: Json, twice: str | None = None) -> bytes:
    """As JSON, or nearly so: with what no JSON has, and with a term that stands there twice."""
    text = json.dumps(document)
    return (f'{{"{twice}": "https://evil.localhost/first", {text[1:]}' if twice and document else text).encode()


VALUES: list[Any] = [*SHAPES, *TEXTS, *NUMBERS]
TERMS = (
    *("id", "type", "actor", "object", "target", "instrument", "result", "to", "cc", "content", "contentMap"),
    *("summary", "name", "url", "published", "updated", "inReplyTo", "conversation", "context", "sensitive", "tag"),
    *("attachment", "replies", "likes", "shares", "oneOf", "anyOf", "endTime", "closed", "votersCount", "quote"),
    *("quoteUrl", "quoteAuthorization", "interactionPolicy", "attributedTo", "inbox", "outbox", "followers"),
    *("endpoints", "preferredUsername", "webfinger", "publicKey", "assertionMethod", "icon", "image", "movedTo"),
    *("alsoKnownAs", "featured", "featuredTags", "attributionDomains", "signature", "proof", "directMessage"),
    *("@context", "@id", "@type", "@graph", "@value", "@list", "duration", "focalPoint", "blurhash", "totalItems"),
    *("first", "items", "orderedItems", "next", "partOf", "deleted", "formerType", "owner", "mediaType", "width"),
)

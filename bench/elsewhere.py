"""Two hundred other servers, as far as their letters go: people whose keys are known here, and what they say."""

import datetime as dt
import itertools
from collections.abc import Sequence
from typing import Any

import msgspec
import orjson
from people import a_local_account, a_post, a_remote_profile

from apcore import keys
from apcore.context import CONTEXT, PUBLIC
from apcore.signatures import styles
from apcore.signatures.styles import Style
from chassis.db import Database
from contracts.ids import Uri
from social.accounts import store as accounts
from social.accounts.model import Account
from social.addresses import Addresses
from social.relationships import store as relationships
from social.statuses.model import Status

SERVERS, PEOPLE, KEYS = 200, 20, 20
KINDS = ("Create", "Like", "Announce", "Follow", "Delete")
MENTIONS, TAGS, BY_RFC = 4, 3, 5
"""Every so many posts name somebody here, have a hashtag; every so many requests are signed after RFC 9421."""
WORDS = (
    "<p>The swifts came back this morning, two weeks earlier than last year, and half of the street stood at their "
    'windows to watch them.</p><p>Somebody had brought <a href="https://coffee.example/how?kind=filter" rel="nofollow '
    'noopener" target="_blank"><span class="invisible">https://</span><span class="ellipsis">coffee.example/how'
    "</span></a> down for everybody; it was the best Tuesday in months.</p>"
)

_numbers = itertools.count(1)


class Letter(msgspec.Struct, frozen=True):
    headers: dict[str, str]
    body: bytes


class Elsewhere:
    """What is here and there, and what it says. Nothing is said twice."""

    def __init__(self, url: str, people: Sequence[Account], posts: Sequence[Status], pairs: list[keys.KeyPair]) -> None:
        self._url = url
        self._people = people
        self._posts = posts
        self._keys = [keys.load_private(pair.private_pem) for pair in pairs]
        self._said: dict[str, int] = dict.fromkeys(KINDS, 0)
        self._notes: list[tuple[int, str]] = []

    def letters(self, kind: str, count: int) -> list[Letter]:
        return [self._letter(kind) for _ in range(count)]

    def _letter(self, kind: str) -> Letter:
        number = self._said[kind]
        self._said[kind] += 1
        place, what = self._what(kind, number)
        actor = actor_of(place)
        activity = {"@context": list(CONTEXT), "type": kind, "actor": actor, **what}
        activity.setdefault("id", f"{actor}/activities/{next(_numbers)}")
        body = orjson.dumps(activity)
        style = Style.RFC9421 if number % BY_RFC == 0 else Style.CAVAGE
        headers = styles.sign(
            style,
            self._keys[place % KEYS],
            f"{actor}#main-key",
            method="POST",
            url=f"{self._url}/inbox",
            now=dt.datetime.now(dt.UTC),
            body=body,
            content_type="application/activity+json",
        )
        return Letter(headers, body)

    def _what(self, kind: str, number: int) -> tuple[int, dict[str, Any]]:
        """Whose server says it, and what. Everybody does each thing once to everything."""
        place, round_ = number % SERVERS, number // SERVERS
        match kind:
            case "Create":
                return place, self._create(place, number)
            case "Delete":
                place, note = self._notes.pop(0)
                return place, {"object": {"id": note, "type": "Tombstone"}, "to": [PUBLIC]}
            case "Follow":
                return place, {"object": self._people[round_ % PEOPLE].uri}
            case _:
                return place, {"object": self._posts[round_ % len(self._posts)].uri, "to": [PUBLIC]}

    def _create(self, place: int, number: int) -> dict[str, Any]:
        actor = actor_of(place)
        uri = f"{actor}/statuses/{next(_numbers)}"
        self._notes.append((place, uri))
        to, cc, tags = [PUBLIC], [f"{actor}/followers"], []
        content = WORDS
        if number % MENTIONS == 0:
            named = self._people[number % PEOPLE]
            cc.append(named.uri)
            tags.append({"type": "Mention", "href": named.uri, "name": f"@{named.username}@ours.test"})
            content += f'<p><a href="{named.url}" class="u-url mention">@<span>{named.username}</span></a></p>'
        if number % TAGS == 0:
            tags.append({"type": "Hashtag", "href": f"https://{host_of(place)}/tags/birds", "name": "#Birds"})
        note = {
            "id": uri,
            "type": "Note",
            "summary": None,
            "inReplyTo": None,
            "published": dt.datetime.now(dt.UTC).isoformat(),
            "url": f"https://{host_of(place)}/@somebody/{number}",
            "attributedTo": actor,
            "to": to,
            "cc": cc,
            "sensitive": False,
            "conversation": f"tag:{host_of(place)},2026:objectId={number}:objectType=Conversation",
            "content": content,
            "contentMap": {"en": content},
            "attachment": [],
            "tag": tags,
            "replies": {"id": f"{uri}/replies", "type": "Collection", "first": {"type": "CollectionPage", "items": []}},
        }
        return {"id": f"{uri}/activity", "object": note, "to": to, "cc": cc, "published": note["published"]}


def host_of(place: int) -> str:
    return f"server{place}.example"


def actor_of(place: int) -> str:
    return f"https://{host_of(place)}/users/somebody"


async def settle(gateway: Database, inbox: Database, url: str) -> Elsewhere:
    """Everybody who writes to us is known and followed by somebody here."""
    pairs = [keys.generate() for _ in range(KEYS)]
    addresses = Addresses(url, "ours.test")
    async with gateway.transaction() as tx:
        people = [await a_local_account(tx, f"local{n}", addresses=addresses, pair=pairs[n]) for n in range(PEOPLE)]
        posts = [await a_post(tx, people[n % PEOPLE], f"Post {n}") for n in range(PEOPLE)]
    now = dt.datetime.now(dt.UTC)
    for place in range(SERVERS):
        profile = a_remote_profile(f"somebody@{host_of(place)}", public_key_pem=pairs[place % KEYS].public_pem)
        async with inbox.transaction() as tx:
            account, _ = await accounts.set_remote(tx, profile, now)
        async with gateway.transaction() as tx:
            reader = people[place % PEOPLE]
            uri = Uri(f"{reader.uri}#follows/{place}")
            await relationships.set_follow(
                tx, reader.id, account.id, uri, show_reblogs=True, notify=False, languages=None
            )
    return Elsewhere(url, people, posts, pairs)

"""What 14 programs really send goes through the whole inbound path: understood, or dropped for a counted reason."""

import json
import re
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import trustme
from corpus.table import Row, differences, reviewed, written
from doorstep import Doorstep, outcomes, refusals
from inbox_scene import alice, authority, ca_file, changes, client, database, door, inboxs_database, resources
from neighbours import KEYS, Neighbours, Person, open_neighbours
from people import NOW

from apcore import jsonld
from chassis.db import Database
from contracts.ids import Uri
from social.accounts import store as accounts
from social.accounts.model import Account
from social.federation import store
from social.relationships import actions as relationships
from social.statuses import reading
from social.statuses.model import FullStatus

__all__ = ["alice", "authority", "ca_file", "changes", "client", "database", "door", "inboxs_database", "resources"]

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
DOCUMENTS = 124
ACTORS = {"Person", "Service", "Application", "Group", "Organization"}
POSTS = {"Note", "Question", "Article", "Page", "Image", "Audio", "Video", "Event"}
NO_ACTIVITY = ACTORS | POSTS | {"Tombstone", "OrderedCollection", "Collection", "ChatMessage"}

if not CORPUS.is_dir():
    print(f"The corpus is not at {CORPUS}: it is not fed to inbox.")  # noqa: T201  # says so

pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason=f"no corpus at {CORPUS}")


def texts() -> dict[str, str]:
    found = {str(path.relative_to(CORPUS)): json.loads(path.read_text()) for path in sorted(CORPUS.rglob("*.json"))}
    # PHP escapes slashes.
    return {name: json.dumps(document) for name, document in found.items()}


def hosts_in(documents: dict[str, str]) -> list[str]:
    """Every host that a document claims to come from."""
    found = set()
    for text in documents.values():
        document = json.loads(text)
        for term in ("id", "actor", "attributedTo"):
            for value in _strings(document, term):
                found.add(urlsplit(value).netloc)
    return sorted(host for host in found if host)


def _strings(value: Any, term: str) -> list[str]:
    if isinstance(value, list):
        return [found for item in value for found in _strings(item, term)]
    if not isinstance(value, dict):
        return []
    here = [value[term]] if isinstance(value.get(term), str) else []
    return here + [found for item in value.values() for found in _strings(item, term)]


def here(host: str) -> str:
    """The name under which a server of the corpus is played."""
    return re.sub(r"[^a-z0-9]+", "-", host.lower()) + ".localhost"


def moved(text: str, hosts: list[str], port: int) -> Any:
    """The document as if its servers were our neighbours on loopback."""
    for host in hosts:
        text = re.sub(rf"https?://{re.escape(host)}(?=[/\"#?])", f"https://{here(host)}:{port}", text)
        text = re.sub(rf"@{re.escape(host)}(?=\")", f"@{here(host)}:{port}", text)
    return json.loads(text)


@pytest.fixture
async def neighbours(authority: trustme.CA) -> AsyncIterator[Neighbours]:
    async with open_neighbours(authority, [here(host) for host in hosts_in(texts())]) as opened:
        yield opened


class Feed:
    """The corpus, served by the servers that it came from."""

    def __init__(self, door: Doorstep, gateway: Database, alice: Account) -> None:
        self.door = door
        self.gateway = gateway
        self.alice = alice
        self.hosts = hosts_in(texts())
        self.documents = {name: moved(text, self.hosts, door.neighbours.port) for name, text in texts().items()}
        self.people: dict[str, Person] = {}
        for document in self.documents.values():
            self._serve(document)

    def _serve(self, document: dict[str, Any]) -> None:
        # A fragment is part of another document, which must not be covered by it.
        if not isinstance(document.get("id"), str) or "#" in document["id"]:
            return
        if document.get("type") in ACTORS and "preferredUsername" in document:
            self._serve_actor(document)
        else:
            self.door.neighbours.serves(document["id"], document)
        # What an activity brings along is served by itself, too.
        inner = document.get("object")
        if document.get("type") in ("Announce", "Create") and isinstance(inner, dict):
            self._serve(inner)

    def _serve_actor(self, document: dict[str, Any]) -> None:
        key = {"id": f"{document['id']}#main-key", "owner": document["id"], "publicKeyPem": KEYS[0].public_pem}
        self.door.neighbours.serves(document["id"], document | {"publicKey": key})
        handle = f"{document['preferredUsername']}@{urlsplit(document['id']).netloc}"
        self.door.neighbours.fingers[handle] = document["id"]

    async def person(self, uri: str) -> Person:
        """Whoever acts: as the corpus describes them, or made up where it does not; followed by Alice."""
        parts = urlsplit(uri)
        if not self.door.neighbours.knows(uri):
            made_up = {"id": uri, "type": "Person", "inbox": f"{uri}/inbox"}
            self._serve_actor(made_up | {"preferredUsername": re.sub(r"\W", "_", parts.path).strip("_")})
        person = At(neighbours=self.door.neighbours, username="x", host=parts.netloc, pair=KEYS[0], address=uri)
        if uri not in self.people:
            self.people[uri] = person
            await self._follow(uri)
        return person

    async def _follow(self, uri: str) -> None:
        await resolved(self.door, uri)
        async with self.gateway.transaction() as tx:
            if target := await accounts.by_uri(tx, Uri(uri)):
                await relationships.follow(tx, self.alice, target, now=NOW)
        if target:
            async with self.door.res.db.transaction() as tx:
                await relationships.accept(tx, self.alice, target)

    async def deliver(self, document: dict[str, Any]) -> str:
        """POST it in its actor's name; the outcome, or the answer of the door."""
        before = outcomes(), refusals()
        actor = document.get("actor") or f"https://{here(self.hosts[0])}:{self.door.neighbours.port}/nobody"
        person = await self.person(actor if isinstance(actor, str) else actor["id"])
        response = await self.door.deliver(person, document)
        await self.door.settle()
        reasons = [outcome for (_, outcome) in (outcomes() - before[0])]
        refused = [f"{response.status_code} {reason}" for (reason,) in (refusals() - before[1])]
        assert len(reasons) + len(refused) == 1, f"{response.status_code} {response.text} {reasons} {refused}"
        return (reasons + refused)[0]


class At(Person, kw_only=True):
    """A person under an address of the corpus."""

    address: str

    @property
    def uri(self) -> str:
        return self.address


async def resolved(door: Doorstep, resource: str) -> str:
    response = await door.client.post(
        "/internal/resolve", json={"resource": resource}, headers={"Authorization": "Bearer internal"}
    )
    assert response.status_code in (200, 404), response.text
    await door.settle()
    return response.json()["kind"] if response.status_code == 200 else "nothing"


@pytest.fixture
async def feed(door: Doorstep, gateway: Database, alice: Account) -> Feed:
    return Feed(door, gateway, alice)


async def kept_as(feed: Feed, document: dict[str, Any]) -> str:
    """What is there because of the document."""
    db = feed.door.res.db
    subject = document["object"] if document["type"] in ("Create", "Update", "Announce", "Delete") else document
    while isinstance(subject, dict) and isinstance(subject.get("object"), dict):
        subject = subject["object"]
    uri = Uri(str(jsonld.uri(subject)))
    boost = "a boost of " if await reading.by_uri(db, Uri(document.get("id", ""))) and subject is not document else ""
    if status := await reading.by_uri(db, uri):
        return boost + post_in_words((await reading.full(db, [status.id]))[status.id])
    if account := await accounts.by_uri(db, uri):
        return f"{account.actor_type} @{account.username}"
    return "a tombstone" if await store.is_gone(db, uri) else ""


def post_in_words(full: FullStatus) -> str:
    status = full.status
    parts = [f"{status.visibility} {'reply' if status.in_reply_to_uri else 'post'}, {len(status.content)} characters"]
    files = Counter(file.kind for file in full.media)
    parts += [f"{count} {kind}" for kind, count in sorted(files.items())]
    for what, there in (
        ("warning", status.spoiler_text),
        ("language", status.language),
        ("mentions", [mention for mention in full.mentions if not mention.silent]),
        ("tags", full.tags),
        ("emoji", status.emoji_ids),
        ("poll", full.poll),
    ):
        parts += [what] if there else []
    return ", ".join(parts)


async def test_every_activity_becomes_what_was_found_right(feed: Feed) -> None:
    activities = {name: document for name, document in feed.documents.items() if document["type"] not in NO_ACTIVITY}
    # Whoever deletes themselves has nothing more to say.
    farewells_last = sorted(activities, key=lambda name: "delete_user" in name)
    found = {}
    for name in farewells_last:
        document = activities[name]
        outcome = await feed.deliver(document)
        found[name] = Row(name, kind_of(document), outcome, await kept_as(feed, document))
    print(written(found.values()))  # noqa: T201  # for whoever looks
    assert {verdict.value for verdict in feed.door.verdicts} <= {"ack", "retry"}
    assert not (changed := differences(found)), f"docs/corpus.md says otherwise:\n{changed}"


async def test_every_object_becomes_what_was_found_right(feed: Feed) -> None:
    found = {}
    for name, document in feed.documents.items():
        if document["type"] in NO_ACTIVITY and "id" in document:
            await feed.person(_author_of(document))
            outcome = await resolved(feed.door, document["id"])
            found[name] = Row(name, document["type"], f"fetched: {outcome}", await kept_as(feed, document))
    print(written(found.values()))  # noqa: T201  # for whoever looks
    assert not (changed := differences(found)), f"docs/corpus.md says otherwise:\n{changed}"


def test_the_page_has_a_row_for_each_document_and_no_other() -> None:
    documents = {name: json.loads(text) for name, text in texts().items()}
    anonymous = {name for name, document in documents.items() if "id" not in document}
    assert set(reviewed()) == set(documents) - anonymous


def kind_of(document: dict[str, Any]) -> str:
    """`Create Note` and the like."""
    inner = document.get("object")
    within = inner.get("type") if isinstance(inner, dict) else None
    return f"{document['type']} {within}" if isinstance(within, str) else str(document["type"])


async def test_every_object_at_the_door_gets_an_answer(feed: Feed) -> None:
    for document in feed.documents.values():
        if document["type"] in NO_ACTIVITY:
            said = await feed.deliver(document | {"actor": _author_of(document)})
            assert said in ("unsupported", "422 malformed"), (document["type"], document.get("id"))
    assert len(feed.documents) == DOCUMENTS


def _author_of(document: dict[str, Any]) -> str:
    if document["type"] in ACTORS:
        return document["id"]
    return next(iter(_strings(document, "attributedTo")), document.get("actor") or document["id"] + "/author")

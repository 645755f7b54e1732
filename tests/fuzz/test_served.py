"""Whatever a server shows when it is asked, nothing breaks, and it says nothing about what is not its own."""

import itertools
from typing import Any

import msgspec
import pytest
from fuzz.hostile import CHANGES, Change, changed, written
from fuzz.samples import World, note, question
from fuzz.scene import LONGEST, TOGETHER, Scene, share
from hypothesis import given
from hypothesis import strategies as st
from neighbours import ACTIVITY, Person, Served
from structlog.processors import format_exc_info
from structlog.testing import capture_logs

COLLECTIONS = ("outbox", "followers", "following", "featured", "featuredTags", "replies")
SHOWN = ("actor", "finger", "note", "question", *COLLECTIONS)

_numbers = itertools.count(1)


class Shown(msgspec.Struct, frozen=True):
    what: str
    changes: list[Change]
    garbled: str | None


SHOWING = st.builds(
    Shown, st.sampled_from(SHOWN), CHANGES, st.none() | st.none() | st.sampled_from(("cut", "page", "bytes", "list"))
)


def garbled(how: str | None, body: bytes) -> Served:
    match how:
        case "cut":
            return Served(body[: len(body) // 2])
        case "page":
            return Served(body, "text/html; charset=utf-8")
        case "bytes":
            return Served(b"\xff\xfe" + body)
        case "list":
            return Served(b"[" + body + b"]")
        case _:
            return Served(body)


def documents_of(w: World, person: Person) -> dict[str, Any]:
    """All that somebody's server shows of them, each as it should be."""
    host, named = f"https://{person.host}", {"attributedTo": person.uri}
    wrote = note(w, id=f"{person.uri}/note", replies=f"{person.uri}/replies", **named)
    items: dict[str, list[Any]] = {
        "outbox": [w.mallory.creates(wrote)],
        "followers": [w.bob.uri, w.carol.uri, w.alice.uri],
        "following": [w.bob.uri, w.alice.uri],
        "featured": [wrote, w.note["id"], w.post.uri],
        "featuredTags": [{"type": "Hashtag", "name": "#x", "href": f"{host}/tags/x"}],
        "replies": [f"{person.uri}/question", w.note["id"], w.post.uri],
    }
    shown: dict[str, Any] = {name: _collection(f"{person.uri}/{name}", inner) for name, inner in items.items()}
    shown["actor"] = person.document() | {
        **{name: f"{person.uri}/{name}" for name in COLLECTIONS},
        "summary": "<p>Hello</p>",
        "alsoKnownAs": [w.bob.uri],
        "movedTo": w.carol.uri,
        "attributionDomains": ["evil.localhost"],
        "attachment": [{"type": "PropertyValue", "name": "x", "value": "<a href='https://x.test'>x</a>"}],
        "icon": {"type": "Image", "mediaType": "image/png", "url": f"{host}/1.png"},
        "webfinger": person.handle,
    }
    link = {"rel": "self", "type": ACTIVITY, "href": person.uri}
    shown["finger"] = {"subject": f"acct:{person.handle}", "aliases": [person.uri], "links": [link]}
    shown["note"] = wrote
    shown["question"] = question(w, id=f"{person.uri}/question", **named)
    return shown


def _collection(identity: str, items: list[Any]) -> dict[str, Any]:
    page = {"id": f"{identity}?1", "type": "OrderedCollectionPage", "partOf": identity, "orderedItems": items}
    bare = {"id": identity, "type": "OrderedCollection", "totalItems": len(items)}
    return bare | {"first": page | {"next": identity}, "orderedItems": items[:1]}


def appears(w: World, shown: Shown) -> Person:
    """Somebody new, of whom one thing is shown otherwise than it should be."""
    person = w.mallory.neighbours.person(f"p{next(_numbers)}", w.mallory.host.partition(":")[0], key=1)
    documents = documents_of(w, person)
    others = [*documents.values(), w.bob.document(), w.note]
    body = written(changed(documents[shown.what], shown.changes, [person.uri, *w.uris], others))
    served = {name: Served(written(document)) for name, document in documents.items()}
    served[shown.what] = garbled(shown.garbled, body)
    finger = served.pop("finger")
    person.neighbours.descriptions[person.handle] = finger.body
    person.neighbours.serves(person.uri, served.pop("actor"))
    for name, answer in served.items():
        person.neighbours.serves(f"{person.uri}/{name}", answer)
    return person


@pytest.mark.timeout(LONGEST)
@share(2)
@given(everything=st.lists(SHOWING, min_size=TOGETHER, max_size=TOGETHER))
async def test_nothing_that_is_shown_breaks_anything_or_speaks_for_anybody_else(
    scene: Scene, everything: list[Shown]
) -> None:
    try:
        await look(scene, everything)
    except AssertionError:
        # Which of them it was: each alone.
        for shown in everything:
            await look(scene, [shown])
        raise


async def look(scene: Scene, everything: list[Shown]) -> None:
    door, world = scene.door, scene.world
    await scene.begin_again()
    people = [appears(world, shown) for shown in everything]
    answers, found = set(), set()
    with capture_logs(processors=[format_exc_info]) as logged:
        for person, shown in zip(people, everything, strict=True):
            wanted = f"{person.uri}/{shown.what}" if shown.what in ("note", "question") else person.handle
            found.add((await door.looks_up(wanted)).status_code)
            answers.add((await door.deliver(person, person.does("Follow", world.alice.uri))).status_code)
            boost = world.mallory.does("Announce", f"{person.uri}/note", to=["as:Public"])
            answers.add((await door.deliver(world.mallory, boost)).status_code)
        await door.settle()
    assert found <= {200, 404}, everything
    assert answers <= {202, 401, 403}, everything
    await scene.check(logged, everything)

"""What we say means, to a real JSON-LD processor with the real contexts, what Mastodon's words mean."""

import asyncio
import datetime as dt
import itertools
import json
import subprocess
from typing import Any

import pytest
from federation.fedify.peer import HERE, install

from apcore import activities, actors, collections, objects
from apcore.activities import Upon
from apcore.context import CONTEXT, PUBLIC
from apcore.objects.write import write_emoji_document

BASE = "https://a.test"
ALICE = f"{BASE}/ap/users/1"
NOTE = f"{ALICE}/statuses/2"
NOON = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)

TOOT, GTS, FEP_044F, FEP_7AA9 = (
    "http://joinmastodon.org/ns#",
    "https://gotosocial.org/ns#",
    "https://w3id.org/fep/044f#",
    "https://w3id.org/fep/7aa9#",
)
AS, SECURITY = "https://www.w3.org/ns/activitystreams#", "https://w3id.org/security#"
MEANINGS = {
    TOOT: "Emoji featured featuredTags focalPoint blurhash discoverable indexable memorial suspended votersCount "
    "attributionDomains showFeatured showMedia showRepliesInMedia",
    AS: "manuallyApprovesFollowers sensitive Hashtag movedTo alsoKnownAs",
    "http://schema.org#": "PropertyValue value",
    "http://ostatus.org#": "atomUri inReplyToAtomUri conversation",
    "http://litepub.social/ns#": "directMessage",
    GTS: "interactionPolicy canQuote canReply canLike canAnnounce automaticApproval manualApproval "
    "interactingObject interactionTarget",
    FEP_044F: "quote quoteAuthorization QuoteRequest QuoteAuthorization",
    FEP_7AA9: "FeaturedCollection FeaturedItem FeatureRequest FeatureAuthorization topic featuredObject "
    "featureAuthorization canFeature",
    "http://fedibird.com/ns#": "quoteUri",
    "https://misskey-hub.net/ns#": "_misskey_quote",
    SECURITY: "assertionMethod Multikey controller publicKeyMultibase",
}
TERMS = {term: f"{space}{term}" for space, terms in MEANINGS.items() for term in terms.split()} | {
    "webfinger": "https://purl.archive.org/socialweb/webfinger#webfinger"
}

EMOJI = objects.Emoji(
    shortcode="blob", url=f"{BASE}/e.png", id=f"{BASE}/emojis/1", media_type="image/png", updated=NOON
)
STAMP = objects.QuoteAuthorization(
    id=f"{ALICE}/quote_authorizations/4", attributed_to=ALICE, interacting_object=NOTE, interaction_target=NOTE
)
WHO = objects.Approvers(automatic=(f"{ALICE}/followers",), manual=(PUBLIC,))


def a_note(**changes: Any) -> dict[str, Any]:
    """A post with everything that one of ours can have."""
    fields: dict[str, Any] = {
        "id": NOTE, "attributed_to": ALICE, "content": "<p>Hi</p>", "summary": "Spoilers", "language": "en",
        "url": f"{BASE}/@alice/2", "published": NOON, "updated": NOON, "in_reply_to": "https://b.test/n/1",
        "conversation": f"{BASE}/ap/contexts/3", "context": f"{BASE}/ap/contexts/3", "sensitive": True,
        "to": (PUBLIC,), "cc": (f"{ALICE}/followers",), "direct_message": False,
        "mentions": (objects.Mention(href="https://b.test/u/bob", name="@bob@b.test"),),
        "hashtags": (objects.Hashtag(name="Cats", href=f"{BASE}/tags/cats"),), "emojis": (EMOJI,),
        "attachments": (objects.Attachment(
            url=f"{BASE}/m.mp4", media_type="video/mp4", name="a cat", blurhash="LEHV6nWB2yk8pyo0adR*.7kCMdnj",
            focal_point=(0.5, -0.25), width=640, height=480, duration=12.5, preview_url=f"{BASE}/m.png"),),
        "replies": f"{NOTE}/replies", "likes": f"{NOTE}/likes", "shares": f"{NOTE}/shares",
        "likes_count": 3, "shares_count": 4,
        "quote": objects.Quote(uri="https://b.test/n/9", authorization="https://b.test/stamps/1"),
        "may_quote": (PUBLIC,), "may_reply": WHO, "may_like": WHO, "may_announce": WHO,
    }  # fmt: skip
    return objects.write_note(objects.Note(**(fields | changes)))


def a_question() -> dict[str, Any]:
    options = (objects.PollOption(name="yes", votes=2), objects.PollOption(name="no"))
    poll = objects.Poll(options=options, end_time=NOON, closed=NOON, voters_count=2)
    return a_note(type="Question", poll=poll)


def an_actor(**changes: Any) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "id": ALICE, "inbox": f"{ALICE}/inbox", "username": "alice", "webfinger": "alice@a.test", "name": "Alice",
        "summary": "<p>Hi</p>", "url": f"{BASE}/@alice", "shared_inbox": f"{BASE}/inbox", "outbox": f"{ALICE}/outbox",
        "followers": f"{ALICE}/followers", "following": f"{ALICE}/following", "featured": f"{ALICE}/featured",
        "featured_tags": f"{ALICE}/tags", "locked": True, "discoverable": True, "indexable": True, "memorial": True,
        "suspended": True, "published": NOON, "moved_to": "https://b.test/u/alice",
        "also_known_as": ("https://b.test/u/alice",), "attribution_domains": ("a.test",), "may_feature": (PUBLIC,),
        "fields": (actors.Field(name="Web", value="<a href='https://a.test'>a</a>"),), "emojis": (EMOJI,),
        "hashtags": (objects.Hashtag(name="Cats", href=f"{BASE}/tags/cats"),),
        "icon": actors.Image(url=f"{BASE}/i.png", media_type="image/png", description="me"),
        "image": actors.Image(url=f"{BASE}/h.png", media_type="image/png"),
        "keys": (actors.ActorKey(id=f"{ALICE}#main-key", owner=ALICE, pem="-----BEGIN PUBLIC KEY-----"),),
        "multikeys": (actors.Multikey(id=f"{ALICE}#ed25519-key", multibase="z6Mk"),),
    }  # fmt: skip
    return actors.write_actor(actors.Actor(**(fields | changes)))


def acts() -> list[dict[str, Any]]:
    """Each activity that we say, with what it carries."""
    note, said = a_note(), {"id": f"{ALICE}#acts/1", "actor": ALICE, "to": (PUBLIC,), "cc": (), "published": NOON}
    tombstone = objects.write_tombstone(objects.Tombstone(id=NOTE, former_type="Note", deleted=NOON))
    consent = objects.write_quote_authorization(STAMP)
    asking = activities.QuoteRequest(**said, object="https://b.test/n/9", instrument=NOTE, embedded_instrument=note)
    follow = activities.write(activities.Follow(**said, object="https://b.test/u/bob"))
    tag = {"type": "Hashtag", "name": "#Cats", "href": f"{BASE}/tags/cats"}
    upon: list[Upon] = [
        activities.Create(**said, object=NOTE, embedded=note),
        activities.Create(**said, object=NOTE, embedded=a_question()),
        activities.Update(**said, object=ALICE, embedded=an_actor()),
        activities.Delete(**said, object=NOTE, embedded=tombstone),
        activities.Delete(**said, object=STAMP.id, embedded=consent),
        activities.Like(**said, object=NOTE),
        activities.Announce(**said, object=NOTE),
        activities.Announce(**said, object=NOTE, embedded=note),
        activities.Follow(**said, object="https://b.test/u/bob"),
        activities.Accept(**said, object="https://b.test/f/1", embedded=follow),
        activities.Accept(**said, object=asking.id, embedded=activities.write(asking), result=STAMP.id),
        activities.Reject(**said, object="https://b.test/f/1", embedded=follow),
        activities.Undo(**said, object="https://b.test/f/1", embedded=follow),
        activities.Block(**said, object="https://b.test/u/bob"),
        activities.Move(**said, object=ALICE, target="https://b.test/u/alice"),
        activities.Add(**said, object=NOTE, target=f"{ALICE}/featured"),
        activities.Remove(**said, embedded=tag, target=f"{ALICE}/featured"),
        asking,
    ]
    flag = activities.Flag(id=f"{BASE}/reports/1", actor=f"{BASE}/actor", objects=(ALICE, NOTE), content="spam")
    return [activities.write(one) for one in (*upon, flag)]


def things() -> list[dict[str, Any]]:
    page = collections.Page(id=f"{NOTE}/replies?page=1", part_of=f"{NOTE}/replies", items=(a_note(), f"{BASE}/n/2"))
    return [
        a_note(), a_question(), an_actor(), an_actor(type="Service"),
        collections.write_collection(f"{ALICE}/followers", total=2, first=f"{ALICE}/followers?page=true"),
        collections.write_collection(f"{ALICE}/featured", total=1, items=[a_note()]),
        collections.write_page(page, total=2, ordered=False),
        objects.write_quote_authorization(STAMP),
        objects.write_tombstone(objects.Tombstone(id=NOTE)),
        write_emoji_document(EMOJI),
        {"@context": "https://www.w3.org/ns/activitystreams",
         **objects.write_vote(objects.Note(id=NOTE, attributed_to=ALICE, name="yes", in_reply_to=NOTE, to=(ALICE,)))},
    ]  # fmt: skip


@pytest.fixture(scope="module")
def expanded() -> list[Any]:
    """All of it as a processor takes it, in one run."""
    asyncio.run(asyncio.to_thread(install))
    return expand([*things(), *acts()])


def expand(documents: list[dict[str, Any]]) -> list[Any]:
    command = ["node", str(HERE / "src" / "expand.js")]
    done = subprocess.run(command, input=json.dumps(documents), capture_output=True, text=True, check=True)
    results = json.loads(done.stdout)
    assert [result["error"] for result in results if "error" in result] == []
    return [result["expanded"] for result in results]


def names_in(value: Any) -> set[str]:
    """All properties and types."""
    if isinstance(value, list):
        return set().union(*map(names_in, value))
    if not isinstance(value, dict):
        return set()
    types = value.get("@type", [])
    own = {*value, *(types if isinstance(types, list) else [types])}
    return own.union(*map(names_in, value.values()))


def test_no_term_of_ours_is_left_undefined(expanded: list[Any]) -> None:
    # ActivityStreams sends what no context defines below this prefix.
    undefined = {name for document in expanded for name in names_in(document) if name.startswith("_:")}
    assert undefined == set()


def test_our_terms_mean_what_mastodons_do() -> None:
    classes = [term for term in TERMS if term[0].isupper()]
    properties = {term: f"{BASE}/{term}" for term in TERMS if term not in classes}
    [[document]] = expand([{"@context": list(CONTEXT), "id": BASE, "type": classes, **properties}])
    assert names_in(document) - {"@id", "@type", "@value", "@list"} >= set(TERMS.values())


def test_what_we_can_say_is_said(expanded: list[Any]) -> None:
    """But for what is not built: collections of accounts."""
    said = set().union(*map(names_in, expanded))
    assert {term for term, meaning in TERMS.items() if meaning not in said} == set(MEANINGS[FEP_7AA9].split()) - {
        "canFeature"
    }


def test_references_are_references(expanded: list[Any]) -> None:
    """Not strings, which a processor would not follow."""
    note = expanded[0][0]
    for term, value in itertools.chain(
        ((f"{FEP_044F}quote", "https://b.test/n/9"), (f"{AS}inReplyTo", "https://b.test/n/1")),
        ((f"{FEP_044F}quoteAuthorization", "https://b.test/stamps/1"), (f"{AS}attributedTo", ALICE)),
    ):
        assert note[term] == [{"@id": value}], term

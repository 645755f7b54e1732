"""Actors, within bounds."""

from datetime import UTC, datetime

import pytest

from apcore import actors
from apcore.actors import Actor, ActorKey, Field, Image
from apcore.jsonld import PUBLIC, Malformed
from apcore.objects import Emoji, Hashtag

ID = "https://a.test/ap/users/1"

FULL = Actor(
    id=ID,
    inbox=f"{ID}/inbox",
    username="alice",
    type="Service",
    webfinger="alice@a.test",
    name="Alice :blob:",
    summary="<p>hello</p>",
    url="https://a.test/@alice",
    shared_inbox="https://a.test/inbox",
    outbox=f"{ID}/outbox",
    followers=f"{ID}/followers",
    following=f"{ID}/following",
    featured=f"{ID}/featured",
    featured_tags=f"{ID}/tags",
    locked=True,
    discoverable=True,
    indexable=True,
    memorial=True,
    suspended=True,
    published=datetime(2026, 1, 1, tzinfo=UTC),
    moved_to="https://b.test/u/alice",
    also_known_as=("https://c.test/u/alice",),
    attribution_domains=("blog.test",),
    show_featured=False,
    show_media=False,
    show_replies_in_media=False,
    may_feature=(PUBLIC,),
    fields=(Field(name="Site", value="<p>x</p>"),),
    emojis=(Emoji(shortcode="blob", url="https://a.test/e.png"),),
    hashtags=(Hashtag(name="cats", href="https://a.test/tags/cats"),),
    icon=Image(url="https://a.test/i.png", media_type="image/png", description="a face"),
    image=Image(url="https://a.test/h.png", media_type="image/png"),
    keys=(ActorKey(id=f"{ID}#main-key", owner=ID, pem="PEM"),),
)


def read(**more):
    least = {"id": ID, "type": "Person", "inbox": f"{ID}/inbox", "preferredUsername": "alice"}
    return actors.read_actor(least | more)


def test_what_is_written_is_read_again():
    assert actors.read_actor(actors.write_actor(FULL)) == FULL
    assert FULL.is_bot


@pytest.mark.parametrize(
    "more",
    [
        {"type": "Note"},
        {"id": "acct:x"},
        {"id": None},
        {"inbox": None},
        {"inbox": "javascript:x"},
        {"inbox": "file:///etc/passwd"},
        {"inbox": []},
        {"preferredUsername": None},
        {"preferredUsername": "a b"},
        {"preferredUsername": "<b>"},
        {"preferredUsername": "x" * 3000},
    ],
)
def test_an_unusable_actor_is_refused(more):
    with pytest.raises(Malformed):
        read(**more)


def test_a_webfinger_name_stands_in_for_the_username():
    actor = read(preferredUsername=None, webfinger="bob@b.test")
    assert (actor.username, actor.webfinger) == ("bob", "bob@b.test")


@pytest.mark.parametrize("term", ["followers", "following", "outbox", "featured", "url"])
def test_an_address_on_another_host_is_not_believed(term):
    assert getattr(read(**{term: "https://evil.test/x"}), term) is None


def test_a_shared_inbox_on_another_host_is_not_used():
    assert read(endpoints={"sharedInbox": "https://evil.test/inbox"}).shared_inbox is None
    assert read(sharedInbox="https://a.test/inbox").shared_inbox == "https://a.test/inbox"


@pytest.mark.parametrize(
    "key",
    [
        {"id": "https://evil.test/k", "owner": ID, "publicKeyPem": "PEM"},
        {"id": f"{ID}#k", "owner": "https://a.test/ap/users/2", "publicKeyPem": "PEM"},
        {"id": f"{ID}#k", "owner": ID},
        {"id": f"{ID}#k", "owner": ID, "publicKeyPem": 7},
        "https://a.test/key",
    ],
)
def test_a_key_of_someone_else_is_not_believed(key):
    assert read(publicKey=key).keys == ()


def test_what_is_too_long_is_cut():
    actor = read(
        name="n" * 9999,
        summary="s" * 99_999,
        alsoKnownAs=[f"https://b.test/{n}" for n in range(999)],
        attachment=[{"type": "PropertyValue", "name": "n" * 9999, "value": "v" * 9999}] * 99,
        publicKey=[{"id": f"{ID}#{n}", "owner": ID, "publicKeyPem": "PEM"} for n in range(99)],
        icon={"type": "Image", "url": "https://a.test/i.png", "summary": "d" * 99_999},
    )
    assert (len(actor.name), len(actor.summary), len(actor.also_known_as)) == (2048, 20_480, 256)
    assert (len(actor.fields), len(actor.fields[0].name), len(actor.fields[0].value)) == (50, 2047, 2047)
    assert len(actor.keys) == 10
    assert actor.icon is not None
    assert len(actor.icon.description) == 10_000


@pytest.mark.parametrize(
    "icon", ["https://a.test/i.png", {"url": "https://a.test/i.png"}, [{"url": [{"href": "https://a.test/i.png"}]}]]
)
def test_a_picture_comes_in_many_forms(icon):
    image = read(icon=icon).icon
    assert image is not None
    assert image.url == "https://a.test/i.png"


def test_an_icon_that_would_run_is_left_out():
    assert read(icon="JaVaScRiPt:alert(1)").icon is None

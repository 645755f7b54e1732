"""Nothing that a stranger sends raises anything but Malformed."""

import contextlib
import time

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apcore import activities, actors, collections, jsonld, nodeinfo, objects
from apcore.jsonld import Malformed
from apcore.objects import tags

READERS = [
    activities.read,
    objects.read_note,
    objects.read_tombstone,
    actors.read_actor,
    collections.read_collection,
    collections.read_page,
]
TYPES = ["Note", "Question", "Article", "Person", "Create", "Undo", "Flag", "Like", "Collection", "Tombstone"]
TERMS = [
    "id",
    "type",
    "actor",
    "object",
    "to",
    "cc",
    "content",
    "contentMap",
    "summary",
    "name",
    "url",
    "published",
    "updated",
    "inReplyTo",
    "conversation",
    "context",
    "sensitive",
    "tag",
    "attachment",
    "replies",
    "likes",
    "shares",
    "oneOf",
    "anyOf",
    "endTime",
    "closed",
    "votersCount",
    "quote",
    "interactionPolicy",
    "attributedTo",
    "inbox",
    "outbox",
    "followers",
    "endpoints",
    "preferredUsername",
    "webfinger",
    "publicKey",
    "icon",
    "image",
    "alsoKnownAs",
    "attributionDomains",
    "first",
    "last",
    "next",
    "items",
    "orderedItems",
    "totalItems",
    "target",
    "href",
    "mediaType",
    "blurhash",
    "focalPoint",
    "duration",
    "width",
    "deleted",
    "formerType",
    "@context",
    "@id",
    "@type",
    "@value",
    "@list",
]
ODD = [
    None, True, 0, -1, 2**31, 2**63, 2**70, 1e308, float("nan"), float("inf"), "", "\0", "\ud800", "x" * 5000,
    "https://a.test/1", "http://[", "https://a.test:x/", "javascript:x", "0000-00-00", "9999-12-31T23:59:59-23:59",
    "99999-01-01T00:00:00Z", "0001-01-01T00:00:00+23:00", [], {}, [[[]]], {"id": {"id": {}}}, {"@value": []},
]  # fmt: skip

values = st.recursive(
    st.sampled_from(ODD) | st.text(max_size=20) | st.integers() | st.floats(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(TERMS), inner, max_size=6),
    max_leaves=20,
)
documents = st.builds(
    lambda sound, odd: sound | odd,
    st.fixed_dictionaries(
        {"id": st.just("https://a.test/1"), "type": st.sampled_from(TYPES), "actor": st.just("https://a.test/u"),
         "attributedTo": st.just("https://a.test/u"), "inbox": st.just("https://a.test/u/inbox"),
         "preferredUsername": st.just("u"), "object": st.just("https://b.test/2")}
    ),
    st.dictionaries(st.sampled_from(TERMS), values, max_size=8),
)  # fmt: skip


@given(documents)
@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_document_makes_a_reader_stumble(document):
    for reader in READERS:
        with contextlib.suppress(Malformed):
            reader(document)


@given(documents)
@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
def test_what_was_read_can_be_stored_and_sent(document):
    for reader, writer in (
        (activities.read, activities.write),
        (objects.read_note, objects.write_note),
        (actors.read_actor, actors.write_actor),
    ):
        with contextlib.suppress(Malformed):
            assert b"\\u0000" not in orjson.dumps(writer(reader(document)))


@given(st.binary())
def test_no_bytes_make_the_parser_stumble(body):
    with contextlib.suppress(Malformed):
        jsonld.parse(body)


@given(values)
@settings(suppress_health_check=list(HealthCheck))
def test_no_nodeinfo_makes_it_stumble(value):
    nodeinfo.link_of({"links": value})
    nodeinfo.software_of({"software": value})


def deep(levels):
    document = {"type": "Note"}
    for _ in range(levels):
        document = {"object": document}
    return document


@pytest.mark.parametrize(
    "document",
    [deep(65), deep(900), {"a": [[]] * 200_000}, {"@context": [[]] * 200_000}, [], "x", None, 7, {1: 2},
     {"a": {1}},          {"a": 2**70}, {"a": float("nan")}, {"a": "\ud800"}, {"\ud800": 1}],
    ids=str,
)  # fmt: skip
def test_what_is_over_the_limits_is_malformed(document):
    with pytest.raises(Malformed):
        jsonld.normal(document)


@pytest.mark.parametrize(
    "body", [b"", b"[" * 900_000, b'{"a":' * 100_000, b"{}" + b" " * 2_000_000, b"\xff\xfe", b'{"a":1e999}']
)
def test_a_hostile_body_is_malformed_at_once(body):
    started = time.perf_counter()
    with pytest.raises(Malformed):
        jsonld.parse(body)
    assert time.perf_counter() - started < 1


def test_the_short_term_wins_over_its_long_spellings():
    assert jsonld.normal({"as:actor": "x", "actor": "y"}) == {"actor": "y"}


@pytest.mark.parametrize(
    ("address", "is_taken"),
    [
        ("https://a.test/" + "x" * 2033, True),
        ("https://a.test/" + "x" * 2034, False),
        ("https://a.test/" + "é" * 1016, True),
        ("https://a.test/" + "é" * 1017, False),
        (" ", False),
    ],
)
def test_an_address_is_no_longer_than_an_index_takes(address, is_taken):
    assert (jsonld.uri(address) is not None) is is_taken


def test_an_actors_own_address_leaves_room_for_others_beside_it():
    actor = {"type": "Person", "inbox": "https://a.test/inbox", "preferredUsername": "a"}
    assert actors.read_actor(actor | {"id": "https://a.test/" + "x" * 497}).username == "a"
    with pytest.raises(Malformed):
        actors.read_actor(actor | {"id": "https://a.test/" + "x" * 498})


def test_an_emojis_name_is_no_longer_than_an_index_takes():
    emoji = {"type": "Emoji", "icon": {"url": "https://a.test/1.png"}}
    assert tags.emojis([emoji | {"name": ":" + "x" * 2048 + ":"}])
    assert not tags.emojis([emoji | {"name": ":" + "é" * 1025 + ":"}])


def test_a_document_in_normal_form_is_walked_through_no_more():
    document = jsonld.normal({"as:type": "Note", "tag": [{"@id": "https://far.example/1"}]})
    assert jsonld.normal(document) is document
    assert jsonld.normal(document["tag"][0]) is document["tag"][0]


def test_what_is_added_to_a_document_in_normal_form_is_tidied_too():
    document = jsonld.normal({"type": "Note"}) | {"as:name": "a\0b"}
    assert jsonld.normal(document) == {"type": "Note", "name": "ab"}
    with pytest.raises(Malformed):
        jsonld.normal(document | {"@graph": []})

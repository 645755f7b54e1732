"""Activities, as peers really say them."""

from datetime import UTC, datetime

import pytest

from apcore import activities, jsonld
from apcore.activities import (
    Accept,
    Add,
    Announce,
    Block,
    Create,
    Delete,
    Flag,
    Follow,
    Like,
    Move,
    QuoteRequest,
    Reject,
    Remove,
    Undo,
    Unknown,
    Update,
)
from apcore.context import PUBLIC
from apcore.jsonld import Malformed

ALICE = "https://a.test/u/1"
BOB = "https://b.test/u/bob"
NOTE = "https://a.test/n/1"
SAID = {"id": f"{ALICE}#x", "actor": ALICE}

ALL = [
    Follow(**SAID, object=BOB),
    Accept(**SAID, object=f"{BOB}#follow", embedded={"id": f"{BOB}#follow", "type": "Follow", "actor": BOB}),
    Accept(**SAID, object=f"{BOB}#quote", result="https://a.test/stamp/1"),
    Reject(**SAID, object=f"{BOB}#follow"),
    Undo(**SAID, object=f"{ALICE}#like", embedded={"id": f"{ALICE}#like", "type": "Like", "object": NOTE}),
    Create(**SAID, object=NOTE, embedded={"id": NOTE, "type": "Note", "content": "x"}, to=(PUBLIC,)),
    Update(**SAID, object=NOTE, embedded={"id": NOTE, "type": "Note", "content": "x"}, cc=(BOB,)),
    Delete(**SAID, object=NOTE),
    Like(**SAID, object=NOTE, content=":heart:"),
    Announce(**SAID, object=NOTE, published=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
    Add(**SAID, object=NOTE, target=f"{ALICE}/featured"),
    Remove(**SAID, object=NOTE, target=f"{ALICE}/featured"),
    Block(**SAID, object=BOB),
    Move(**SAID, object=ALICE, target=BOB),
    QuoteRequest(**SAID, object=f"{BOB}/n/1", instrument=NOTE),
    QuoteRequest(
        **SAID, object=f"{BOB}/n/1", instrument=NOTE, embedded_instrument={"id": NOTE, "type": "Note", "content": "x"}
    ),
    Flag(**SAID, objects=(BOB, NOTE), content="spam"),
]


@pytest.mark.parametrize("activity", ALL, ids=lambda activity: type(activity).__name__)
def test_what_is_written_is_read_again(activity):
    document = activities.write(activity)
    assert jsonld.is_activitystreams(document)
    assert activities.read(document) == activity


def a_follow(**more):
    return SAID | {"type": "Follow", "object": BOB} | more


@pytest.mark.parametrize(
    "document",
    [
        a_follow(actor={"id": ALICE, "type": "Person"}),
        a_follow(actor=[ALICE]),
        a_follow(object={"type": "Link", "href": BOB}),
        a_follow(object=[{"id": BOB}]),
        a_follow(type=["Follow"]),
        a_follow(type="as:Follow"),
        a_follow(type="https://www.w3.org/ns/activitystreams#Follow"),
        {f"as:{key}": value for key, value in a_follow().items() if key in ("actor", "object")}
        | {"@id": SAID["id"], "@type": "Follow"},
    ],
)
def test_every_spelling_means_the_same(document):
    assert activities.read(document) == Follow(**SAID, object=BOB)


@pytest.mark.parametrize("public", ["Public", "as:Public", PUBLIC])
def test_every_spelling_of_public_is_one(public):
    assert activities.read(a_follow(to=public)).to == (PUBLIC,)


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"type": "Follow", "object": BOB},
        {"actor": ALICE, "object": BOB},
        a_follow(object=None),
        a_follow(object=7),
        a_follow(actor="javascript:alert(1)"),
        a_follow(actor="acct:alice@a.test"),
        SAID | {"type": "Flag"},
        SAID | {"type": "Create"},
        a_follow(**{"@graph": []}),
        a_follow(x={"@reverse": {}}),
        a_follow(x={"@included": {}}),
    ],
)
def test_what_means_nothing_is_malformed(document):
    with pytest.raises(Malformed):
        activities.read(document)


def test_an_id_on_another_host_is_ignored():
    assert activities.read(a_follow(id="https://good.test/act/42")).id == ""


def test_an_unknown_class_keeps_its_name():
    activity = activities.read(SAID | {"type": "Listen", "object": NOTE})
    assert activity == Unknown(**SAID, type="Listen")


def test_an_undo_speaks_for_its_actor_where_the_inner_one_is_left_out():
    undo = activities.read(SAID | {"type": "Undo", "object": {"type": "Like", "object": NOTE}})
    assert isinstance(undo, Undo)
    assert activities.inner(undo) == Like(actor=ALICE, object=NOTE)


def test_an_accept_never_speaks_for_the_follower():
    accept = activities.read(SAID | {"type": "Accept", "object": {"type": "Follow", "object": ALICE}})
    assert isinstance(accept, Accept)
    assert activities.inner(accept) is None


def test_a_bare_id_has_nothing_within():
    accept = activities.read(SAID | {"type": "Accept", "object": {"id": f"{BOB}#f", "type": "Follow"}})
    assert isinstance(accept, Accept)
    assert (accept.object, accept.embedded) == (f"{BOB}#f", None)


def test_a_report_is_cut_to_its_limits():
    flag = activities.read(SAID | {"type": "Flag", "object": [f"{NOTE}{n}" for n in range(900)], "content": "x" * 9000})
    assert isinstance(flag, Flag)
    assert (len(flag.objects), len(flag.content)) == (200, 5000)

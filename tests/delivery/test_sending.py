"""One POST as other servers expect it, and what each answer leads to."""

import datetime as dt
from email.utils import format_datetime

import pytest
from peers import Answer, Peers
from postman import Postman
from prometheus_client import REGISTRY

from apcore.context import ACTIVITYSTREAMS
from apcore.keys import load_public
from apcore.signatures import cavage, digest
from apcore.signatures.styles import UNBELIEVED
from contracts.ids import MediaId
from social.accounts.model import Account


async def test_a_post_arrives_signed_by_its_author(
    postman: Postman, alice: Account, bob: Account, peers: Peers
) -> None:
    await postman.post(alice)
    [post] = peers.received
    assert post.is_signed_by(alice.public_key_pem or "")
    assert post.signature["keyId"] == f"{alice.uri}#main-key"
    assert post.signature["algorithm"] == "rsa-sha256"
    covered = set(post.signature["headers"].split())
    assert covered >= {"(request-target)", "host", "date", "digest", "content-type"}
    assert digest.matches(post.headers["digest"], post.body)
    assert post.headers["content-type"] == "application/activity+json"
    assert post.headers["user-agent"].startswith("Murmuration/")


async def test_our_own_verifier_accepts_it(postman: Postman, alice: Account, bob: Account, peers: Peers) -> None:
    await postman.post(alice)
    [post] = peers.received
    request = cavage.request_of("POST", post.path, post.headers.items(), post.body)
    signature = cavage.read(request, postman.clock())
    assert cavage.verify(request, signature, load_public(alice.public_key_pem or ""))


async def test_the_note_says_everything(postman: Postman, alice: Account, bob: Account, peers: Peers) -> None:
    async with postman.gateway.transaction() as tx:
        media_id = await tx.fetchval(
            """
            INSERT INTO social.media_attachments (
                account_id, is_local, kind, state, file_key, mime_type, description, blurhash, meta
            )
            VALUES ($1, true, 'image', 'ready', 'attachments/aa/bb/cc.png', 'image/png', 'A cat', 'LKO2', $2)
            RETURNING id
            """,
            alice.id,
            {"original": {"width": 400, "height": 300}, "focus": {"x": 0.5, "y": -0.5}},
        )
    status = await postman.post(
        alice,
        visibility="unlisted",
        spoiler_text="Cats",
        sensitive=True,
        language="en",
        tags=("Caturday",),
        mentions=(bob.id,),
        media_ids=(MediaId(media_id),),
    )
    activity = peers.received[0].document
    document = activity["object"]
    assert (activity["type"], activity["id"], activity["actor"]) == ("Create", f"{status.uri}/activity", alice.uri)
    assert activity["@context"][0] == ACTIVITYSTREAMS
    assert "@context" not in document
    assert (document["type"], document["id"], document["attributedTo"]) == ("Note", status.uri, alice.uri)
    assert (activity["to"], activity["cc"]) == (document["to"], document["cc"])
    assert document["to"] == [alice.followers_url]
    assert document["cc"] == [f"{ACTIVITYSTREAMS}#Public", bob.uri]
    assert (document["summary"], document["sensitive"], document["contentMap"]) == (
        "Cats",
        True,
        {"en": "<p>Hello</p>"},
    )
    assert {tag["type"]: tag["name"] for tag in document["tag"]} == {
        "Mention": f"@bob@{peers.host('far')}",
        "Hashtag": "#Caturday",
    }
    assert document["attachment"] == [
        {
            "type": "Document",
            "mediaType": "image/png",
            "url": "https://ours.test/media/attachments/aa/bb/cc.png",
            "name": "A cat",
            "blurhash": "LKO2",
            "focalPoint": [0.5, -0.5],
            "width": 400,
            "height": 300,
        }
    ]


@pytest.mark.parametrize("visibility", ["public", "unlisted", "private", "direct"])
async def test_a_stranger_reads_the_visibility_that_was_meant(
    postman: Postman, alice: Account, bob: Account, peers: Peers, visibility: str
) -> None:
    from apcore.audience import visibility_of  # noqa: PLC0415  # the reader's side of what is tested

    await postman.post(alice, visibility=visibility, mentions=(bob.id,))
    document = peers.received[0].document["object"]
    mentioned = [tag["href"] for tag in document["tag"] if tag["type"] == "Mention"]
    read = visibility_of(document["to"], document["cc"], alice.followers_url, mentioned, document.get("directMessage"))
    assert read == visibility


async def test_the_trace_goes_along(postman: Postman, alice: Account, bob: Account, peers: Peers) -> None:
    from opentelemetry import trace  # noqa: PLC0415
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415

    tracer = TracerProvider().get_tracer("test")
    with tracer.start_as_current_span("a request") as span:
        await postman.post(alice)
        expected = format(span.get_span_context().trace_id, "032x")
    assert trace.get_current_span().get_span_context().is_valid is False
    assert peers.received[0].headers["traceparent"].split("-")[1] == expected


@pytest.mark.parametrize("status", [400, 403, 404, 405, 406, 410, 413, 422, 501])
async def test_some_refusals_are_final(
    postman: Postman, alice: Account, bob: Account, peers: Peers, status: int
) -> None:
    before = refusals(str(status))
    peers.always("far", status)
    await postman.post(alice)
    await postman.later(3600)
    # What may mean that the signature was not understood is asked in both styles.
    assert len(peers.received) == (2 if status in UNBELIEVED else 1)
    assert (await postman.held(), await postman.state()) == (0, "fast")
    assert refusals(str(status)) == before + 1


def refusals(reason: str) -> float:
    return REGISTRY.get_sample_value("murmuration_delivery_refusals_total", {"reason": reason}) or 0


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504, 520, 301])
async def test_some_failures_pass(postman: Postman, alice: Account, bob: Account, peers: Peers, status: int) -> None:
    peers.answers("far", status)
    await postman.post(alice)
    assert await postman.held() == 1
    await postman.later(5)
    assert len(peers.received) == 2
    assert (await postman.held(), await postman.state()) == (0, "fast")


async def test_a_signature_that_is_not_believed_is_made_anew_once(
    postman: Postman, alice: Account, bob: Account, peers: Peers
) -> None:
    peers.always("far", 401)
    await postman.post(alice)
    postman.clock.now += dt.timedelta(seconds=29)
    await postman.later(0)
    assert len(peers.received) == 2
    await postman.later(1)
    await postman.later(3600)
    first, _, second, _ = peers.received
    assert first.headers["date"] != second.headers["date"]
    assert second.is_signed_by(alice.public_key_pem or "")
    assert (await postman.held(), await postman.state()) == (0, "fast")


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("as_date", [False, True])
async def test_a_host_that_asks_us_to_wait_is_obeyed_and_not_blamed(
    postman: Postman, alice: Account, bob: Account, peers: Peers, status: int, as_date: bool
) -> None:
    until = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=600)
    wait = format_datetime(until, usegmt=True) if as_date else "600"
    peers.answers("far", Answer(status=status, headers={"Retry-After": wait}))
    await postman.post(alice, "one")
    await postman.post(alice, "two")
    assert len(peers.received) == 1
    failures = await postman.res.db.fetchval("SELECT failures FROM delivery.hosts")
    assert (await postman.state(), await postman.held(), failures) == ("waiting", 2, 0)
    await postman.later(590)
    assert len(peers.received) == 1
    await postman.later(15)
    assert peers.contents_at("far") == ["<p>one</p>", "<p>one</p>", "<p>two</p>"]
    assert (await postman.held(), await postman.state()) == (0, "fast")


async def test_a_private_address_is_not_contacted(postman: Postman, alice: Account) -> None:
    before = refusals("address")
    carol = await postman.stranger("carol", inbox_url="https://10.1.2.3/inbox", shared_inbox_url=None)
    await postman.follows(carol, alice)
    await postman.post(alice)
    assert refusals("address") == before + 1


async def test_an_author_without_a_key_sends_nothing(
    postman: Postman, alice: Account, bob: Account, peers: Peers
) -> None:
    async with postman.gateway.transaction() as tx:
        await tx.execute("DELETE FROM social.account_keys WHERE account_id = $1", alice.id)
    before = refusals("no_key")
    await postman.post(alice)
    assert peers.received == []
    assert refusals("no_key") == before + 1

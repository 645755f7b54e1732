"""Two styles of signature: a host that does not believe one is asked at once in the other, which is remembered."""

import datetime as dt

import pytest
from apsig import ProofVerifier
from peers import Peers, Post
from postman import ADDRESSES, KEYS, Postman

from apcore.keys import load_public
from apcore.signatures import rfc9421
from apcore.signatures.cavage import Request
from apcore.signatures.styles import Style, Styles
from delivery.store import hosts
from social.accounts.actions import create_local
from social.accounts.model import Account


def styles_of(peers: Peers) -> list[str]:
    return ["rfc9421" if "signature-input" in post.headers else "cavage" for post in peers.received]


def holds(post: Post, account: Account, now: dt.datetime) -> bool:
    request = Request(method="POST", target=post.path, headers=post.headers, body=post.body)
    [signature] = rfc9421.read(request, now)
    return rfc9421.verify(request, f"https://{post.host}", signature, load_public(account.public_key_pem or ""))


@pytest.mark.parametrize("status", [400, 401, 403])
async def test_a_host_that_takes_the_other_style_gets_it_at_once_and_from_then_on(
    postman: Postman, alice: Account, bob: Account, peers: Peers, status: int
) -> None:
    peers.answers("far", status)
    await postman.post(alice, "one")
    assert styles_of(peers) == ["cavage", "rfc9421"]
    assert holds(peers.received[1], alice, postman.clock())
    assert await postman.held() == 0
    await postman.post(alice, "two")
    assert styles_of(peers) == ["cavage", "rfc9421", "rfc9421"]


async def test_what_was_learned_is_written_down_for_the_next_process(
    postman: Postman, alice: Account, bob: Account, peers: Peers
) -> None:
    peers.answers("far", 401)
    await postman.post(alice, "one")
    await postman.post(alice, "two")
    known = await hosts.styles(postman.res.db, 10)
    assert known == {peers.host("far"): Style.RFC9421}
    next_process = Styles(10)
    next_process.recall(known)
    assert next_process.of(peers.host("far")) is Style.RFC9421
    assert await postman.state() == "fast"


async def test_a_host_that_goes_back_is_followed(postman: Postman, alice: Account, bob: Account, peers: Peers) -> None:
    peers.answers("far", 401, 202, 401)
    for text in ("one", "two", "three"):
        await postman.post(alice, text)
    assert styles_of(peers) == ["cavage", "rfc9421", "rfc9421", "cavage", "cavage"]
    await postman.later(1)
    await postman.post(alice, "four")
    assert await hosts.styles(postman.res.db, 10) == {}


@pytest.mark.parametrize("second", [401, 403, 500])
async def test_where_neither_is_believed_the_first_answer_counts_and_nothing_is_learned(
    postman: Postman, alice: Account, bob: Account, peers: Peers, second: int
) -> None:
    peers.answers("far", 403, second)
    await postman.post(alice)
    assert len(peers.received) == 2
    assert (await postman.held(), await postman.state()) == (0, "fast")
    await postman.post(alice)
    assert styles_of(peers)[2] == "cavage"


async def test_other_answers_are_not_about_the_signature(
    postman: Postman, alice: Account, bob: Account, peers: Peers
) -> None:
    peers.answers("far", 404)
    await postman.post(alice)
    assert styles_of(peers) == ["cavage"]


def test_what_is_remembered_is_bounded() -> None:
    styles = Styles(2)
    for host in ("a", "b", "c"):
        styles.learn(host, Style.RFC9421)
    assert [styles.of(host).value for host in ("a", "b", "c")] == ["cavage", "rfc9421", "rfc9421"]
    assert set(styles.take_learned()) == {"a", "b", "c"}
    assert styles.take_learned() == {}


async def test_what_people_say_carries_a_proof_that_another_implementation_accepts(
    postman: Postman, bob: Account, peers: Peers
) -> None:
    async with postman.gateway.transaction() as tx:
        carla = await create_local(
            tx, ADDRESSES, username="carla", email="carla@ours.test", password_hash="x", keys=KEYS[0]
        )
    await postman.follows(bob, carla)
    await postman.post(carla)
    [key] = carla.multikeys
    document = peers.received[0].document
    assert document["proof"]["verificationMethod"] == key["id"] == f"{carla.uri}#ed25519-key"
    # The LD signature is made last, around the proof: those who read both take it off first.
    del document["signature"]
    assert ProofVerifier(key["multibase"]).verify(document) == key["id"]


async def test_who_has_no_such_key_sends_no_proof(postman: Postman, alice: Account, bob: Account, peers: Peers) -> None:
    await postman.post(alice)
    assert "proof" not in peers.received[0].document

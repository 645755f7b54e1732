"""What goes out when posts quote posts: questions, answers, consents and their end."""

import pytest
from peers import Peers, Post
from people import ADDRESSES
from postman import Postman

from contracts.events import QuoteAnswered, QuoteAsked, QuoteSettled
from contracts.ids import AccountId, QuoteId, StatusId, Uri
from social.accounts.model import Account
from social.quotes import actions, store
from social.quotes.model import Policy, Quote, Quoting
from social.quotes.rules import Turn
from social.statuses.model import Status


def naming(quoted: Status) -> Quoting:
    return Quoting(uri=quoted.uri, status_id=quoted.id, account_id=quoted.account_id, is_local=quoted.is_local)


async def quote_of(postman: Postman, status: Status) -> Quote:
    made = await store.of_status(postman.res.db, status.id)
    assert made is not None
    return made


async def settle(postman: Postman, by: Account, made: Quote, turn: Turn, approval: str | None = None) -> None:
    async with postman.act(by) as tx:
        fresh = await store.by_id(tx, made.id)
        assert fresh is not None
        assert await actions.settle(tx, fresh, turn, approval_uri=Uri(approval) if approval else None)


def only(posts: list[Post], kind: str) -> Post:
    [found] = [post for post in posts if post.type == kind]
    return found


@pytest.fixture
async def carol(postman: Postman) -> Account:
    """Somebody whose posts may be quoted, at near.localhost."""
    return await postman.stranger("carol", "near")


async def test_who_is_quoted_gets_the_post_and_is_asked(
    postman: Postman, alice: Account, bob: Account, carol: Account, peers: Peers
) -> None:
    quoted = await postman.post(carol)
    post = await postman.post(alice, quoting=naming(quoted))
    made = await quote_of(postman, post)
    assert sorted(peers.types_at("near")) == ["Create", "QuoteRequest"]
    assert peers.types_at("far") == ["Create"]
    asked = only(peers.at("near"), "QuoteRequest")
    assert asked.path == "/users/carol/inbox"
    said = asked.document
    assert (said["id"], said["actor"], said["object"]) == (made.request_uri, alice.uri, quoted.uri)
    assert (said["instrument"]["id"], said["instrument"]["quote"]) == (post.uri, quoted.uri)
    assert "quoteAuthorization" not in said["instrument"]


async def test_consent_goes_out_to_whoever_has_the_post(
    postman: Postman, alice: Account, bob: Account, carol: Account, peers: Peers
) -> None:
    quoted = await postman.post(carol)
    post = await postman.post(alice, quoting=naming(quoted))
    made = await quote_of(postman, post)
    await settle(postman, carol, made, Turn.ALLOWED, f"{carol.uri}/stamps/1")
    for name in ("near", "far"):
        update = only(peers.at(name), "Update").document["object"]
        assert update["quoteAuthorization"] == f"{carol.uri}/stamps/1"
        assert "updated" not in update
    await settle(postman, carol, made, Turn.REFUSED)
    last = peers.at("far")[-1]
    assert last.type == "Update"
    assert "quoteAuthorization" not in last.document["object"]


async def test_a_refusal_changes_nothing_for_readers(
    postman: Postman, alice: Account, bob: Account, carol: Account, peers: Peers
) -> None:
    quoted = await postman.post(carol)
    post = await postman.post(alice, quoting=naming(quoted))
    await settle(postman, carol, await quote_of(postman, post), Turn.REFUSED)
    assert peers.types_at("far") == ["Create"]


async def test_a_quote_among_ours_carries_its_consent_from_the_start(
    postman: Postman, alice: Account, bob: Account, peers: Peers
) -> None:
    quoted = await postman.post(alice)
    post = await postman.post(alice, quoting=naming(quoted))
    made = await quote_of(postman, post)
    assert peers.types_at("far") == ["Create", "Create"]
    assert peers.at("far")[1].document["object"]["quoteAuthorization"] == made.approval_uri


@pytest.mark.parametrize("agrees", [True, False])
async def test_who_asks_is_answered_again_after_a_while_only(
    postman: Postman, alice: Account, carol: Account, peers: Peers, agrees: bool
) -> None:
    answered = QuoteAnswered(
        account_id=carol.id,
        target_id=alice.id,
        request_uri=Uri(f"{carol.uri}/quote_requests/1"),
        status_uri=Uri(f"{carol.uri}/statuses/1"),
        quoted_uri=Uri(f"{alice.uri}/statuses/1"),
        approval_uri=Uri(f"{alice.uri}/quote_authorizations/1") if agrees else None,
    )
    for _ in range(2):
        await postman.tell(answered)
        await postman.work()
    [sent] = peers.at("near")
    said = sent.document
    assert (sent.type, sent.path) == ("Accept" if agrees else "Reject", "/users/carol/inbox")
    assert said.get("result") == answered.approval_uri
    assert (said["object"]["id"], said["object"]["type"]) == (answered.request_uri, "QuoteRequest")
    assert (said["object"]["object"], said["object"]["instrument"]) == (answered.quoted_uri, answered.status_uri)


async def accepted_by(postman: Postman, alice: Account, carol: Account) -> tuple[Status, Quote]:
    """Carol quotes a post of Alice's, who agreed."""
    quoted = await postman.post(alice, quote_policy=Policy(("public",)))
    post = await postman.post(carol, quoting=naming(quoted))
    made = await quote_of(postman, post)
    approval = ADDRESSES.quote_authorization(alice.id, made.id)
    await settle(postman, carol, made, Turn.PROVEN, approval)
    return quoted, await quote_of(postman, post)


async def test_consent_taken_back_is_told_to_who_quotes_and_who_has_the_post(
    postman: Postman, alice: Account, bob: Account, carol: Account, peers: Peers
) -> None:
    _, made = await accepted_by(postman, alice, carol)
    await settle(postman, alice, made, Turn.REFUSED)
    for name in ("near", "far"):
        said = only(peers.at(name), "Delete").document
        assert (said["actor"], said["object"]["type"]) == (alice.uri, "QuoteAuthorization")
        assert said["object"]["id"] == made.approval_uri
        assert "https://w3id.org/fep/044f#QuoteAuthorization" in str(said["@context"])


async def test_who_shows_our_post_in_a_quote_hears_of_its_end(
    postman: Postman, alice: Account, carol: Account, peers: Peers
) -> None:
    quoted, _ = await accepted_by(postman, alice, carol)
    assert peers.types_at("near") == []
    await postman.delete(alice, quoted)
    assert only(peers.at("near"), "Delete").document["object"]["id"] == quoted.uri


async def test_another_policy_goes_out_as_an_update_without_an_edit(
    postman: Postman, alice: Account, bob: Account, peers: Peers
) -> None:
    post = await postman.post(alice)
    async with postman.act(alice) as tx:
        assert await actions.set_policy(tx, alice, post, Policy(("public",)), postman.clock())
    said = peers.at("far")[-1]
    assert said.type == "Update"
    assert "updated" not in said.document["object"]
    [allowed] = said.document["object"]["interactionPolicy"]["canQuote"]["automaticApproval"]
    assert allowed.endswith("#Public")


async def test_events_of_what_is_gone_send_nothing(postman: Postman, alice: Account, bob: Account) -> None:
    made = {"quote_id": QuoteId(1), "status_id": StatusId(1), "account_id": AccountId(1)}
    await postman.tell(QuoteAsked(**made, is_local=True), QuoteSettled(**made, state="revoked"))
    await postman.work()
    assert postman.peers.received == []


async def test_who_was_asked_about_a_post_for_followers_hears_of_its_end(
    postman: Postman, alice: Account, carol: Account, peers: Peers
) -> None:
    post = await postman.post(alice, visibility="private", quoting=naming(await postman.post(carol)))
    await postman.delete(alice, post)
    assert peers.types_at("near")[-1] == "Delete"

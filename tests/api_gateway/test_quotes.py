"""Quoting through the client API: who may, what is kept of it, who sees it, and how it is taken back."""

from typing import Any

import pytest
from people import a_post, a_remote_account
from talking import Person

from api_gateway.resources import Resources
from chassis.db import Database
from contracts.ids import StatusId
from social.quotes import store
from social.quotes.model import Policy, Quote
from social.statuses import reading
from social.statuses.model import Status

Json = dict[str, Any]


async def quote_in(res: Resources, status: Json) -> Quote | None:
    return await store.of_status(res.db, StatusId(int(status["id"])))


async def state_of(res: Resources, status: Json) -> str | None:
    made = await quote_in(res, status)
    return made.state if made is not None else None


async def policy_of(res: Resources, status: Json) -> Policy:
    status_id = StatusId(int(status["id"]))
    return (await store.policies_of(res.db, [status_id]))[status_id]


async def topics(res: Resources) -> list[str]:
    rows = await res.db.fetch("SELECT topic FROM api_gateway.outbox ORDER BY id")
    return [row["topic"] for row in rows]


async def quoted(res: Resources, quoter: Person, status: Json, **fields: object) -> Json:
    """The quoter quotes the status."""
    posted: Json = await quoter.says("Look at this", quoted_status_id=status["id"], **fields)
    assert await quote_in(res, posted) is not None
    return posted


async def a_strangers_post(inbox: Database, **changes: object) -> Status:
    async with inbox.transaction() as tx:
        return await a_post(tx, await a_remote_account(tx, "eve@far.example"), **changes)


async def test_a_post_of_ours_that_anybody_may_quote_is_quoted_at_once(
    alice: Person, bob: Person, resources: Resources
) -> None:
    post = await alice.says("Quote me")
    quoting = await quoted(resources, bob, post)
    made = await quote_in(resources, quoting)
    assert made is not None
    assert (made.state, made.quoted_status_id, made.legacy) == ("accepted", int(post["id"]), False)
    assert made.approval_uri == f"https://ours.test/ap/users/{alice.id}/quote_authorizations/{made.id}"
    assert (await topics(resources))[-2:] == ["quote.settled", "status.created"]


async def test_apps_that_know_no_quotes_find_a_link(alice: Person, bob: Person, resources: Resources) -> None:
    post = await alice.says("Quote me")
    quoting = await quoted(resources, bob, post)
    assert quoting["content"].startswith('<p class="quote-inline">RE: <a href="https://ours.test/@alice/')
    assert quoting["content"].endswith("<p>Look at this</p>")
    edited = await bob.put(f"/api/v1/statuses/{quoting['id']}", status="Look!")
    assert edited["content"].startswith('<p class="quote-inline">')
    assert (await bob.get(f"/api/v1/statuses/{quoting['id']}/source"))["text"] == "Look!"


async def test_who_writes_the_link_themselves_gets_no_second_one(alice: Person, bob: Person) -> None:
    post = await alice.says("Quote me")
    quoting = await bob.says(f"See {post['url']}", quoted_status_id=post["id"])
    assert "quote-inline" not in quoting["content"]


async def test_a_quote_needs_no_words(alice: Person, bob: Person, resources: Resources) -> None:
    post = await alice.says("Quote me")
    assert await bob.post("/api/v1/statuses", quoted_status_id=post["id"])


@pytest.mark.parametrize(
    ("policy", "follows", "status"),
    [("public", False, 200), ("followers", False, 403), ("followers", True, 200), ("nobody", True, 403)],
)
async def test_the_author_says_who_may_quote(
    alice: Person, bob: Person, resources: Resources, policy: str, follows: bool, status: int
) -> None:
    post = await alice.says("Careful", quote_approval_policy=policy)
    if follows:
        await bob.post(f"/api/v1/accounts/{alice.id}/follow")
    answer = await bob.post("/api/v1/statuses", status, status="!", quoted_status_id=post["id"])
    if status == 403:
        assert answer["error"] == "You are not authorized to quote this post."
    own = await alice.post("/api/v1/statuses", status="Mine", quoted_status_id=post["id"])
    assert await state_of(resources, own) == "accepted"


async def test_the_default_policy_holds_where_a_post_says_nothing(alice: Person, resources: Resources) -> None:
    assert await policy_of(resources, await alice.says("Hi")) == Policy(("public",))
    await alice.patch("/api/v1/accounts/update_credentials", source={"quote_policy": "followers"})
    assert await policy_of(resources, await alice.says("Hi")) == Policy(("followers",))
    for visibility in ("private", "direct"):
        private = await alice.says("Hi", visibility=visibility, quote_approval_policy="public")
        assert await policy_of(resources, private) == Policy()


@pytest.mark.parametrize("visibility", ["private", "direct"])
async def test_what_one_may_not_see_does_not_exist(alice: Person, bob: Person, visibility: str) -> None:
    post = await alice.says("Secret", visibility=visibility)
    for unseen in (post["id"], "1", str(2**63 - 1)):
        answer = await bob.post("/api/v1/statuses", 404, status="!", quoted_status_id=unseen)
        assert answer["error"] == "The post you are trying to quote does not appear to exist."


async def test_private_posts_of_others_are_not_quoted(alice: Person, bob: Person) -> None:
    await bob.post(f"/api/v1/accounts/{alice.id}/follow")
    post = await alice.says("Among us", visibility="private")
    await bob.post("/api/v1/statuses", 403, status="!", quoted_status_id=post["id"])


async def test_direct_posts_are_not_quoted_even_by_whom_they_name(alice: Person, bob: Person) -> None:
    post = await alice.says("@bob psst", visibility="direct")
    for who in (alice, bob):
        await who.post("/api/v1/statuses", 403, status="!", quoted_status_id=post["id"])


async def test_who_quotes_a_boost_quotes_the_post_with_its_policy(
    alice: Person, bob: Person, resources: Resources
) -> None:
    for policy, status in (("nobody", 403), ("public", 200)):
        post = await alice.says("Hi", quote_approval_policy=policy)
        boost = await alice.post(f"/api/v1/statuses/{post['id']}/reblog")
        answer = await bob.post("/api/v1/statuses", status, status="!", quoted_status_id=boost["id"])
        if status == 200:
            made = await quote_in(resources, answer)
            assert made is not None
            assert made.quoted_status_id == int(post["id"])


@pytest.mark.parametrize("blocker", ["alice", "bob"])
async def test_who_blocks_or_is_blocked_does_not_quote(alice: Person, bob: Person, blocker: str) -> None:
    post = await alice.says("Hi")
    who, whom = (alice, bob) if blocker == "alice" else (bob, alice)
    await who.post(f"/api/v1/accounts/{whom.id}/block")
    refusal = await bob.ask("POST", "/api/v1/statuses", json={"status": "!", "quoted_status_id": post["id"]})
    assert refusal.status_code == (404 if blocker == "alice" else 403)


async def test_a_quote_is_not_more_open_than_what_it_quotes(alice: Person, resources: Resources) -> None:
    post = await alice.says("Hi", visibility="private")
    quoting = await quoted(resources, alice, post, visibility="public")
    assert quoting["visibility"] == "private"
    assert await policy_of(resources, quoting) == Policy()


async def test_a_direct_quote_names_whom_it_quotes(alice: Person, bob: Person) -> None:
    post = await alice.says("Hi")
    fields = {"quoted_status_id": post["id"], "visibility": "direct"}
    refusal = await bob.post("/api/v1/statuses", 422, status="psst", **fields)
    assert refusal["error"] == "Validation failed: Cannot quote a non-mentioned user in a Private Mention post."
    assert await bob.post("/api/v1/statuses", status="@alice psst", **fields)


async def test_whoever_is_quoted_may_read_it(alice: Person, bob: Person, resources: Resources) -> None:
    post = await alice.says("Hi")
    quoting = await quoted(resources, bob, post, visibility="private")
    assert await alice.get(f"/api/v1/statuses/{quoting['id']}")


@pytest.mark.parametrize(
    "fields",
    [{"quote_approval_policy": "everybody"}, {"quoted_status_id": "x"}, {"quoted_status_id": ["1"]}],
)
async def test_nonsense_is_refused(alice: Person, fields: Json) -> None:
    assert (await alice.ask("POST", "/api/v1/statuses", json={"status": "!", **fields})).status_code == 422


async def test_a_quote_of_a_strangers_post_waits_for_their_word(
    alice: Person, inbox: Database, resources: Resources
) -> None:
    post = await a_strangers_post(inbox, quote_policy=Policy(("public",)))
    quoting = await alice.says("!", quoted_status_id=str(post.id))
    made = await quote_in(resources, quoting)
    assert made is not None
    assert (made.state, made.approval_uri) == ("pending", None)
    assert made.request_uri == f"https://ours.test/ap/users/{alice.id}/quote_requests/{made.id}"
    assert (await topics(resources))[-2:] == ["quote.asked", "status.created"]


@pytest.mark.parametrize(
    ("policy", "status"),
    [(Policy(), 403), (Policy((), ("public",)), 200), (Policy(("unsupported_policy",)), 200), (None, 403)],
)
async def test_a_stranger_is_asked_only_when_they_may_agree(
    alice: Person, inbox: Database, policy: Policy | None, status: int
) -> None:
    post = await a_strangers_post(inbox, quote_policy=policy)
    await alice.post("/api/v1/statuses", status, status="!", quoted_status_id=str(post.id))


async def test_a_policy_is_changed_for_what_comes(alice: Person, bob: Person, resources: Resources) -> None:
    post = await alice.says("Hi")
    quoting = await quoted(resources, bob, post)
    path = f"/api/v1/statuses/{post['id']}/interaction_policy"
    for _ in range(2):
        assert (await alice.put(path, quote_approval_policy="nobody"))["id"] == post["id"]
    assert (await topics(resources)).count("status.policy_changed") == 1
    await bob.post("/api/v1/statuses", 403, status="!", quoted_status_id=post["id"])
    assert await state_of(resources, quoting) == "accepted"


async def test_an_edit_may_change_the_policy(alice: Person, resources: Resources) -> None:
    post = await alice.says("Hi")
    await alice.put(f"/api/v1/statuses/{post['id']}", status="Hi", quote_approval_policy="nobody")
    assert await policy_of(resources, post) == Policy()
    await alice.put(f"/api/v1/statuses/{post['id']}", status="Hello")
    assert await policy_of(resources, post) == Policy()


async def test_nobody_else_changes_a_policy(alice: Person, bob: Person) -> None:
    post = await alice.says("Hi")
    path = f"/api/v1/statuses/{post['id']}/interaction_policy"
    await bob.put(path, 404, quote_approval_policy="nobody")
    await bob.put("/api/v1/statuses/1/interaction_policy", 404, quote_approval_policy="nobody")
    await alice.unknown.put(path, 401, quote_approval_policy="nobody")
    for nonsense in ("", "everybody", "following"):
        await alice.put(path, 422, quote_approval_policy=nonsense)


async def test_quotes_are_listed_for_whoever_may_see_them(
    alice: Person, bob: Person, resources: Resources, client: object
) -> None:
    post = await alice.says("Hi")
    open_one = await quoted(resources, bob, post)
    hidden = await quoted(resources, alice, post, visibility="private")
    path = f"/api/v1/statuses/{post['id']}/quotes"
    assert [s["id"] for s in await alice.get(path)] == [hidden["id"], open_one["id"]]
    assert [s["id"] for s in await bob.get(path)] == [open_one["id"]]
    await bob.get("/api/v1/statuses/1/quotes", 404)
    await bob.unknown.get(path, 401)


async def test_quotes_are_paged(alice: Person, bob: Person, resources: Resources) -> None:
    post = await alice.says("Hi")
    ids = [(await quoted(resources, bob, post))["id"] for _ in range(3)]
    path = f"/api/v1/statuses/{post['id']}/quotes"
    answer = await alice.ask("GET", path, params={"limit": 2})
    assert [s["id"] for s in answer.json()] == ids[:0:-1]
    following = answer.links["next"]["url"].removeprefix("https://ours.test")
    assert [s["id"] for s in (await alice.ask("GET", following)).json()] == ids[:1]


async def test_the_quoted_author_takes_consent_back(alice: Person, bob: Person, resources: Resources) -> None:
    post = await alice.says("Hi")
    quoting = await quoted(resources, bob, post)
    path = f"/api/v1/statuses/{post['id']}/quotes/{quoting['id']}/revoke"
    for _ in range(2):
        assert (await alice.post(path))["id"] == quoting["id"]
    assert await state_of(resources, quoting) == "revoked"
    assert (await topics(resources)).count("quote.settled") == 2
    assert await alice.get(f"/api/v1/statuses/{post['id']}/quotes") == []


async def test_nobody_else_takes_consent_back(alice: Person, bob: Person, resources: Resources) -> None:
    post, other = await alice.says("Hi"), await alice.says("Ho")
    quoting = await quoted(resources, bob, post)
    await bob.post(f"/api/v1/statuses/{post['id']}/quotes/{quoting['id']}/revoke", 403)
    for status, quote in ((other["id"], quoting["id"]), (post["id"], post["id"]), (post["id"], "1"), ("1", "1")):
        await alice.post(f"/api/v1/statuses/{status}/quotes/{quote}/revoke", 404)
    await alice.unknown.post(f"/api/v1/statuses/{post['id']}/quotes/{quoting['id']}/revoke", 401)


async def test_a_deleted_post_is_quoted_no_more(alice: Person, bob: Person, resources: Resources) -> None:
    post = await alice.says("Hi")
    quoting = await quoted(resources, bob, post)
    await alice.delete(f"/api/v1/statuses/{post['id']}")
    made = await quote_in(resources, quoting)
    assert made is not None
    assert not made.shows
    assert await reading.by_id(resources.db, made.status_id) is not None

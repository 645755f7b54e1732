"""Who may answer, favourite and boost a post, where its author says so."""

import pytest
from people import a_post, a_remote_account
from talking import Person

from chassis.db import Database

NOBODY = {"always": ["author"]}
FOLLOWERS = {"automatic_approval": ["followers"]}


async def test_only_whom_the_author_names_may_answer_favourite_or_boost(alice: Person, bob: Person) -> None:
    policy = {"can_reply": FOLLOWERS, "can_favourite": NOBODY, "can_reblog": FOLLOWERS}
    post = await alice.says("For those who follow me", interaction_policy=policy)
    answer = {"status": "But", "in_reply_to_id": post["id"]}
    refusal = await bob.post("/api/v1/statuses", 422, **answer)
    assert refusal["error"] == "The author of this post does not let you reply to it"
    await bob.post("/api/v1/statuses", 422, **answer, scheduled_at="2099-01-01T00:00:00Z")
    await bob.post(f"/api/v1/statuses/{post['id']}/reblog", 422)
    await bob.post(f"/api/v1/accounts/{alice.id}/follow")
    await bob.post("/api/v1/statuses", **answer)
    await bob.post(f"/api/v1/statuses/{post['id']}/reblog")
    refusal = await bob.post(f"/api/v1/statuses/{post['id']}/favourite", 422)
    assert refusal["error"] == "The author of this post does not let you favourite it"
    await alice.post(f"/api/v1/statuses/{post['id']}/favourite")


async def test_whoever_is_mentioned_may_answer(alice: Person, bob: Person) -> None:
    post = await alice.says("@bob?", interaction_policy={"can_reply": NOBODY})
    await bob.says("Yes", in_reply_to_id=post["id"])


@pytest.mark.parametrize("group", ["mutuals", "https://far.example/users/eve", ""])
async def test_a_group_that_we_do_not_know_is_refused(alice: Person, group: str) -> None:
    policy = {"can_reply": {"always": [group]}}
    await alice.post("/api/v1/statuses", 422, status="Hi", interaction_policy=policy)


async def test_what_an_author_elsewhere_forbids_is_refused(alice: Person, inbox: Database) -> None:
    policy = {act: {"automatic": [], "manual": []} for act in ("reply", "favourite", "reblog")}
    async with inbox.transaction() as tx:
        post = await a_post(tx, await a_remote_account(tx, "eve@far.example"), interaction_policy=policy)
    for act in ("favourite", "reblog"):
        await alice.post(f"/api/v1/statuses/{post.id}/{act}", 422)
    await alice.post("/api/v1/statuses", 422, status="But", in_reply_to_id=str(post.id))

"""Whose notifications one hears, whose wait aside, and what one decides about these."""

import httpx
import pytest
from signing_in import bearing
from staging import Stage

from social.accounts.model import Account
from timeline.jobs import MoveIn

Client = httpx.AsyncClient
REQUESTS = "/api/v1/notifications/requests"
POLICY = "/api/v2/notifications/policy"
OLD_POLICY = "/api/v1/notifications/policy"


async def post(stage: Stage, client: Client, who: Account, path: str, **body: object) -> httpx.Response:
    return await client.post(path, json=body, headers=bearing(await stage.token(who)))


async def wish(stage: Stage, client: Client, who: Account, **wishes: object) -> dict[str, object]:
    answer = await client.patch(POLICY, json=wishes, headers=bearing(await stage.token(who)))
    assert answer.status_code == 200, answer.text
    found: dict[str, object] = answer.json()
    return found


async def pending(stage: Stage, client: Client, who: Account) -> tuple[int, int]:
    summary = (await stage.get(client, who, POLICY)).json()["summary"]
    return summary["pending_requests_count"], summary["pending_notifications_count"]


async def test_who_says_nothing_has_strangers_wait_who_write_in_private(stage: Stage, client: Client, alice, eve):
    policy = (await stage.get(client, alice, POLICY)).json()
    assert {name for name, value in policy.items() if value == "filter"} == {
        "for_private_mentions",
        "for_limited_accounts",
    }
    await stage.post(eve, mentions=(alice.id,), visibility="direct")
    assert await stage.notifications(client, alice) == []
    assert await stage.notifications(client, alice, include_filtered="true") == [("mention", "eve@far.example")]
    assert await stage.notifications(client, alice, account_id=eve.id) == [("mention", "eve@far.example")]
    assert await pending(stage, client, alice) == (1, 1)


async def test_an_answer_in_private_is_heard(stage: Stage, client: Client, alice, eve):
    question = await stage.post(alice, mentions=(eve.id,), visibility="direct")
    await stage.post(eve, mentions=(alice.id,), visibility="direct", in_reply_to=question)
    assert await stage.notifications(client, alice) == [("mention", "eve@far.example")]


async def test_a_policy_changes_only_where_it_is_said(stage: Stage, client: Client, alice):
    changed = await wish(stage, client, alice, for_not_following="drop")
    assert (changed["for_not_following"], changed["for_private_mentions"]) == ("drop", "filter")
    changed = await wish(stage, client, alice, for_bots="filter", for_private_mentions="accept")
    assert (changed["for_not_following"], changed["for_private_mentions"], changed["for_bots"]) == (
        "drop",
        "accept",
        "filter",
    )
    headers = bearing(await stage.token(alice))
    assert (await client.patch(POLICY, json={"for_bots": "maybe"}, headers=headers)).status_code == 422
    assert (await stage.get(client, alice, POLICY)).json() == changed


async def test_the_policy_is_changed_by_put_as_by_patch(stage: Stage, client: Client, alice):
    # masto puts it, Mastodon takes both.
    answer = await client.put(POLICY, json={"for_bots": "drop"}, headers=bearing(await stage.token(alice)))
    assert (answer.status_code, answer.json()["for_bots"]) == (200, "drop")


async def test_the_policy_of_the_beta_is_still_answered(stage: Stage, client: Client, alice):
    headers = bearing(await stage.token(alice))
    for method in ("PATCH", "PUT"):
        answer = await client.request(method, OLD_POLICY, json={"filter_not_following": True}, headers=headers)
        assert (answer.status_code, answer.headers["deprecation"][0]) == (200, "@")
    found = await client.get(OLD_POLICY, headers=headers)
    assert {name: value for name, value in found.json().items() if value is True} == {
        "filter_not_following": True,
        "filter_private_mentions": True,
    }
    assert "deprecation" in found.headers
    assert (await stage.get(client, alice, POLICY)).json()["for_not_following"] == "filter"
    await client.patch(OLD_POLICY, data={"filter_private_mentions": "false"}, headers=headers)
    assert (await stage.get(client, alice, POLICY)).json()["for_private_mentions"] == "accept"


async def test_what_is_dropped_is_nowhere_and_what_waits_is_in_no_group(
    stage: Stage, client: Client, alice, bob, carol
):
    await wish(stage, client, alice, for_not_following="drop")
    post_of_hers = await stage.post(alice)
    await stage.favourite(bob, post_of_hers)
    assert await stage.notifications(client, alice, include_filtered="true") == []
    await wish(stage, client, alice, for_not_following="filter")
    await stage.favourite(carol, post_of_hers)
    assert await stage.notifications(client, alice, include_filtered="true") == [("favourite", "carol")]
    groups = await stage.get(client, alice, "/api/v2/notifications", include_filtered="true")
    assert groups.json()["notification_groups"][0]["group_key"].startswith("ungrouped-")
    # Nobody is asked for the sake of a favourite.
    assert (await stage.get(client, alice, REQUESTS)).json() == []


async def test_a_request_shows_who_and_the_last_words(stage: Stage, client: Client, alice, bob, eve):
    await wish(stage, client, alice, for_not_following="filter")
    await stage.post(eve, mentions=(alice.id,))
    last = await stage.post(eve, mentions=(alice.id,))
    await stage.post(bob, mentions=(alice.id,))
    newest, eves = (await stage.get(client, alice, REQUESTS)).json()
    assert (newest["account"]["acct"], eves["account"]["acct"]) == ("bob", "eve@far.example")
    assert (eves["notifications_count"], eves["last_status"]["id"]) == ("2", str(last.id))
    assert (await stage.get(client, alice, f"{REQUESTS}/{eves['id']}")).json() == eves
    older = await stage.get(client, alice, REQUESTS, limit=1, max_id=newest["id"])
    assert [r["id"] for r in older.json()] == [eves["id"]]
    assert await pending(stage, client, alice) == (2, 3)


async def test_who_takes_back_what_they_said_waits_for_nothing(stage: Stage, client: Client, alice, eve):
    await wish(stage, client, alice, for_not_following="filter")
    said = await stage.post(eve, mentions=(alice.id,))
    await stage.delete(eve, said)
    assert (await stage.get(client, alice, REQUESTS)).json() == []
    assert await pending(stage, client, alice) == (0, 0)


async def test_who_is_let_in_is_heard_with_all_they_said_and_from_then_on(stage: Stage, client: Client, alice, eve):
    for _ in range(2):
        await stage.post(eve, mentions=(alice.id,), visibility="direct")
    [request] = (await stage.get(client, alice, REQUESTS)).json()
    assert (await post(stage, client, alice, f"{REQUESTS}/{request['id']}/accept")).json() == {}
    assert (await stage.get(client, alice, REQUESTS)).json() == []
    assert (await stage.get(client, alice, f"{REQUESTS}/merged")).json() == {"merged": False}
    job = MoveIn(account_id=alice.id, from_account_id=eve.id)
    await stage.tell(job)
    await stage.tell(job)
    assert (await stage.get(client, alice, f"{REQUESTS}/merged")).json() == {"merged": True}
    await stage.post(eve, mentions=(alice.id,), visibility="direct")
    assert len(await stage.notifications(client, alice)) == 3
    assert await pending(stage, client, alice) == (0, 0)


async def test_several_are_let_in_or_sent_away_at_once(stage: Stage, client: Client, alice, bob, carol, eve):
    await wish(stage, client, alice, for_not_following="filter")
    for sender in (bob, carol, eve):
        await stage.post(sender, mentions=(alice.id,))
    ids = [r["id"] for r in (await stage.get(client, alice, REQUESTS)).json()]
    assert (await post(stage, client, alice, f"{REQUESTS}/dismiss", id=ids[:1])).json() == {}
    form = {"id[]": ids[1:]}
    answer = await client.post(f"{REQUESTS}/accept", data=form, headers=bearing(await stage.token(alice)))
    assert answer.json() == {}
    for sender in (bob, carol):
        await stage.tell(MoveIn(account_id=alice.id, from_account_id=sender.id))
    assert await stage.notifications(client, alice, include_filtered="true") == [
        ("mention", "carol"),
        ("mention", "bob"),
    ]


async def test_who_is_sent_away_may_ask_again(stage: Stage, client: Client, alice, eve):
    await stage.post(eve, mentions=(alice.id,), visibility="direct")
    [request] = (await stage.get(client, alice, REQUESTS)).json()
    assert (await post(stage, client, alice, f"{REQUESTS}/{request['id']}/dismiss")).json() == {}
    await stage.tell(*stage.emitted)
    assert await stage.notifications(client, alice, include_filtered="true") == []
    assert (await stage.get(client, alice, REQUESTS)).json() == []
    await stage.post(eve, mentions=(alice.id,), visibility="direct")
    assert await pending(stage, client, alice) == (1, 1)


async def test_nobody_decides_for_others(stage: Stage, client: Client, alice, bob, eve):
    await stage.post(eve, mentions=(alice.id,), visibility="direct")
    [request] = (await stage.get(client, alice, REQUESTS)).json()
    headers = bearing(await stage.token(bob))
    assert (await client.get(f"{REQUESTS}/{request['id']}", headers=headers)).status_code == 404
    for path in (f"/{request['id']}/accept", f"/{request['id']}/dismiss", "/1/accept", "/x/dismiss"):
        assert (await client.post(f"{REQUESTS}{path}", headers=headers)).status_code == 404
    assert (await post(stage, client, bob, f"{REQUESTS}/accept", id=[request["id"]])).status_code == 200
    assert await pending(stage, client, alice) == (1, 1)


@pytest.mark.parametrize(("method", "path"), [
    ("GET", POLICY), ("PATCH", POLICY), ("GET", OLD_POLICY), ("PATCH", OLD_POLICY), ("GET", REQUESTS),
    ("GET", f"{REQUESTS}/1"), ("GET", f"{REQUESTS}/merged"), ("POST", f"{REQUESTS}/1/accept"),
    ("POST", f"{REQUESTS}/1/dismiss"), ("POST", f"{REQUESTS}/accept"), ("POST", f"{REQUESTS}/dismiss"),
])  # fmt: skip
async def test_policies_and_requests_need_a_token_with_the_scope(stage: Stage, client: Client, alice, method, path):
    assert (await client.request(method, path)).status_code == 401
    headers = bearing(await stage.token(alice, "read:statuses"))
    assert (await client.request(method, path, headers=headers)).status_code == 403

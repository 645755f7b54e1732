"""Who is told of what, once, in any order, and no longer when it was undone."""

import datetime as dt

import httpx
import pytest
from signing_in import bearing
from staging import Stage

from chassis.clock import utc_now
from contracts.events import AccountCreated, FollowRequested, StatusFavourited
from contracts.ids import Domain, StatusId, Uri
from social.accounts import store as accounts
from social.domain_blocks import actions as domain_blocks
from social.relationships import actions as relationships
from social.reports import actions as reports
from social.statuses import actions as statuses
from social.statuses import reading
from timeline.handlers.telling import tell
from timeline.store.telling import Cause

Client = httpx.AsyncClient


async def test_who_is_named_is_told(stage: Stage, client: Client, alice, bob, carol):
    await stage.post(bob, mentions=(alice.id,), silent_mentions=(carol.id,))
    assert await stage.notifications(client, alice) == [("mention", "bob")]
    assert await stage.notifications(client, carol) == []


async def test_a_remote_mention_tells_too(stage: Stage, client: Client, alice, eve):
    await stage.post(eve, mentions=(alice.id,))
    assert await stage.notifications(client, alice) == [("mention", "eve@far.example")]


async def test_what_is_no_news_has_its_place_at_home_and_tells_nobody(stage: Stage, client: Client, alice, eve):
    await stage.follow(alice, eve, notify=True)
    post = await stage.post(eve, mentions=(alice.id,), is_news=False)
    assert await stage.notifications(client, alice) == []
    assert await stage.home(client, alice) == [post.id]


async def test_favourites_and_boosts_tell_the_author(stage: Stage, client: Client, alice, bob, eve):
    post = await stage.post(alice)
    await stage.favourite(bob, post)
    await stage.boost(eve, post)
    answer = await stage.get(client, alice, "/api/v1/notifications")
    told = [(n["type"], n["account"]["acct"], n["status"]["id"]) for n in answer.json()]
    assert told == [("reblog", "eve@far.example", str(post.id)), ("favourite", "bob", str(post.id))]


async def test_nobody_is_told_of_what_they_did_themselves(stage: Stage, client: Client, alice):
    post = await stage.post(alice, mentions=(alice.id,))
    await stage.favourite(alice, post)
    await stage.boost(alice, post)
    assert await stage.notifications(client, alice) == []


async def test_follows_and_requests_tell_the_followed(stage: Stage, client: Client, superuser, alice, bob, carol):
    await stage.follow(bob, alice)
    await superuser.execute("UPDATE social.accounts SET locked = true WHERE id = $1", alice.id)
    await stage.follow(carol, await accounts.by_id(stage.res.db, alice.id))
    assert await stage.notifications(client, alice) == [("follow_request", "carol"), ("follow", "bob")]
    async with stage.act(alice) as tx:
        await relationships.accept(tx, carol, alice)
    assert await stage.notifications(client, alice) == [("follow", "carol"), ("follow", "bob")]


async def test_the_bell_rings_for_posts_and_not_for_talks(stage: Stage, client: Client, alice, bob, carol):
    await stage.follow(bob, alice, notify=True)
    post = await stage.post(alice, visibility="private")
    await stage.post(alice, in_reply_to=await stage.post(carol))
    await stage.boost(alice, await stage.post(carol))
    await stage.post(alice, visibility="direct", mentions=(carol.id,))
    answer = await stage.get(client, bob, "/api/v1/notifications")
    assert [(n["type"], n["status"]["id"]) for n in answer.json()] == [("status", str(post.id))]


async def test_boosters_are_told_of_each_edit_once(stage: Stage, client: Client, alice, bob):
    post = await stage.post(alice)
    await stage.boost(bob, post)
    await stage.edit(alice, post, "Better")
    await stage.tell(*stage.emitted)
    first = (await stage.get(client, bob, "/api/v1/notifications")).json()
    await stage.edit(alice, await reading.by_id(stage.res.db, post.id), "Best")
    second = (await stage.get(client, bob, "/api/v1/notifications")).json()
    assert [n["type"] for n in (*first, *second)] == ["update", "update"]
    assert first[0]["id"] < second[0]["id"]


async def test_who_is_named_in_an_edit_is_told_and_nobody_twice(stage: Stage, client: Client, alice, bob, carol):
    post = await stage.post(alice, mentions=(bob.id,))
    await stage.edit(alice, post, "Hello both", mentions=(bob.id, carol.id))
    assert await stage.notifications(client, bob) == [("mention", "alice")]
    assert await stage.notifications(client, carol) == [("mention", "alice")]


async def test_hearing_twice_tells_once(stage: Stage, client: Client, alice, bob):
    await stage.post(bob, mentions=(alice.id,))
    await stage.tell(*stage.emitted)
    await stage.favourite(bob, await stage.post(alice))
    await stage.tell(*stage.emitted)
    assert await stage.notifications(client, alice) == [("favourite", "bob"), ("mention", "bob")]


async def test_what_is_undone_is_taken_back(stage: Stage, client: Client, alice, bob):
    post = await stage.post(alice)
    await stage.favourite(bob, post)
    boost = await stage.boost(bob, post)
    await stage.follow(bob, alice)
    named = await stage.post(bob, mentions=(alice.id,))
    assert len(await stage.notifications(client, alice)) == 4
    async with stage.act(bob) as tx:
        await statuses.unfavourite(tx, bob, post)
        await statuses.delete(tx, bob, boost)
        await statuses.delete(tx, bob, named)
        await relationships.unfollow(tx, bob, alice)
    assert await stage.notifications(client, alice) == []


async def test_what_was_undone_before_it_is_heard_of_tells_nobody(stage: Stage, client: Client, alice, bob):
    post = await stage.post(alice)
    await stage.favourite(bob, post, heard=False)
    favourited = stage.emitted
    async with stage.act(bob) as tx:
        await statuses.unfavourite(tx, bob, post)
    await stage.tell(*favourited)
    named = await stage.post(bob, mentions=(alice.id,), heard=False)
    created = stage.emitted
    await stage.delete(bob, named)
    await stage.tell(*created)
    assert await stage.notifications(client, alice) == []


async def test_events_of_what_never_was_are_harmless(stage: Stage, client: Client, alice, bob):
    await stage.tell(
        StatusFavourited(status_id=StatusId(1), account_id=bob.id, is_local=True),
        FollowRequested(account_id=bob.id, target_id=alice.id, uri=Uri("https://x.example/1")),
    )
    assert await stage.notifications(client, alice) == []


async def test_doing_it_again_tells_again(stage: Stage, client: Client, alice, bob):
    await stage.follow(bob, alice)
    async with stage.act(bob) as tx:
        await relationships.unfollow(tx, bob, alice)
    await stage.follow(bob, alice)
    assert await stage.notifications(client, alice) == [("follow", "bob")]


async def test_who_is_blocked_or_muted_tells_nothing(stage: Stage, client: Client, alice, bob, carol):
    async with stage.act(alice) as tx:
        await relationships.block(tx, alice, bob, now=utc_now())
        await relationships.mute(tx, alice, carol)
    for sender in (bob, carol):
        await stage.post(sender, mentions=(alice.id,))
    assert await stage.notifications(client, alice) == []


async def test_a_mute_may_let_notifications_through(stage: Stage, client: Client, alice, bob):
    async with stage.act(alice) as tx:
        await relationships.mute(tx, alice, bob, hide_notifications=False)
    await stage.post(bob, mentions=(alice.id,))
    assert await stage.notifications(client, alice) == [("mention", "bob")]


async def test_a_block_takes_away_what_was_told_and_unblocking_does_not_bring_it_back(
    stage: Stage, client: Client, alice, bob
):
    await stage.post(bob, mentions=(alice.id,))
    async with stage.act(alice) as tx:
        await relationships.block(tx, alice, bob, now=utc_now())
    assert await stage.notifications(client, alice) == []
    async with stage.act(alice) as tx:
        await relationships.unblock(tx, alice, bob)
    assert await stage.notifications(client, alice) == []


async def test_a_muted_conversation_tells_nothing(stage: Stage, client: Client, alice, bob):
    post = await stage.post(alice)
    async with stage.act(alice) as tx:
        await statuses.mute_conversation(tx, alice, post)
    await stage.post(bob, in_reply_to=post, mentions=(alice.id,))
    assert await stage.notifications(client, alice) == []


async def test_a_server_that_the_reader_blocks_tells_nothing(stage: Stage, client: Client, superuser, alice, eve):
    await superuser.execute(
        "INSERT INTO social.account_domain_blocks (account_id, domain) VALUES ($1, 'far.example')", alice.id
    )
    await stage.post(eve, mentions=(alice.id,))
    assert await stage.notifications(client, alice) == []


@pytest.mark.parametrize(("severity", "followed", "told"), [
    ("suspend", True, 0), ("suspend", False, 0), ("silence", True, 1), ("silence", False, 0),
])  # fmt: skip
async def test_a_limited_server_tells_its_followers_at_most(stage: Stage, client, alice, eve, severity, followed, told):
    if followed:
        await stage.follow(alice, eve)
    await stage.forbid("far.example", severity)
    await stage.post(eve, mentions=(alice.id,))
    assert len(await stage.notifications(client, alice)) == told


async def test_a_suspended_server_takes_its_notifications_along(stage: Stage, client: Client, alice, eve):
    await stage.post(eve, mentions=(alice.id,))
    await stage.forbid("far.example", "suspend")
    assert await stage.notifications(client, alice) == []


async def test_a_post_from_long_ago_tells_nobody(stage: Stage, client: Client, alice, eve):
    await stage.post(eve, mentions=(alice.id,), created_at=utc_now() - dt.timedelta(days=8))
    assert await stage.notifications(client, alice) == []


async def test_the_list_is_chosen_by_type_and_sender_and_comes_in_pages(
    stage: Stage, client: Client, alice, bob, carol
):
    post = await stage.post(alice)
    await stage.favourite(bob, post)
    await stage.favourite(carol, post)
    await stage.boost(carol, post)
    assert await stage.notifications(client, alice, **{"types[]": ["reblog"]}) == [("reblog", "carol")]
    assert await stage.notifications(client, alice, **{"exclude_types[]": ["reblog", "follow"]}) == [
        ("favourite", "carol"),
        ("favourite", "bob"),
    ]
    assert await stage.notifications(client, alice, account_id=bob.id) == [("favourite", "bob")]
    answer = await stage.get(client, alice, "/api/v1/notifications", limit=2)
    last = answer.json()[-1]["id"]
    assert f"max_id={last}" in answer.headers["link"]
    assert await stage.notifications(client, alice, limit=2, max_id=last) == [("favourite", "bob")]


async def test_one_can_be_read_and_put_away_for_good(stage: Stage, client: Client, alice, bob):
    await stage.post(bob, mentions=(alice.id,))
    [found] = (await stage.get(client, alice, "/api/v1/notifications")).json()
    assert (await stage.get(client, alice, f"/api/v1/notifications/{found['id']}")).json() == found
    headers = bearing(await stage.token(alice))
    assert (await client.post(f"/api/v1/notifications/{found['id']}/dismiss", headers=headers)).json() == {}
    await stage.tell(*stage.emitted)
    assert await stage.notifications(client, alice) == []
    assert (await client.get(f"/api/v1/notifications/{found['id']}", headers=headers)).status_code == 404


async def test_nobody_reads_or_puts_away_what_is_told_to_others(stage: Stage, client: Client, alice, bob):
    await stage.post(bob, mentions=(alice.id,))
    [found] = (await stage.get(client, alice, "/api/v1/notifications")).json()
    headers = bearing(await stage.token(bob))
    for answer in (
        await client.get(f"/api/v1/notifications/{found['id']}", headers=headers),
        await client.post(f"/api/v1/notifications/{found['id']}/dismiss", headers=headers),
    ):
        assert answer.status_code == 404
    assert len(await stage.notifications(client, alice)) == 1


async def test_all_can_be_put_away(stage: Stage, client: Client, alice, bob):
    for _ in range(3):
        await stage.post(bob, mentions=(alice.id,))
    answer = await client.post("/api/v1/notifications/clear", headers=bearing(await stage.token(alice)))
    assert (answer.status_code, await stage.notifications(client, alice)) == (200, [])


async def test_what_came_after_the_marker_is_unread(stage: Stage, client: Client, alice, bob):
    for _ in range(3):
        await stage.post(bob, mentions=(alice.id,))
    found = (await stage.get(client, alice, "/api/v1/notifications")).json()
    path = "/api/v1/notifications/unread_count"
    assert (await stage.get(client, alice, path)).json() == {"count": 3}
    marker = {"notifications": {"last_read_id": found[1]["id"]}}
    await client.post("/api/v1/markers", json=marker, headers=bearing(await stage.token(alice)))
    assert (await stage.get(client, alice, path)).json() == {"count": 1}
    assert (await stage.get(client, alice, path, limit=1, **{"types[]": ["follow"]})).json() == {"count": 0}


async def test_the_same_act_on_the_same_post_is_one_group(stage: Stage, client: Client, alice, bob, carol):
    post = await stage.post(alice)
    await stage.favourite(bob, post)
    await stage.favourite(carol, post)
    await stage.post(bob, mentions=(alice.id,))
    mention, *favourites = (await stage.get(client, alice, "/api/v1/notifications")).json()
    assert len({n["group_key"] for n in favourites}) == 1
    assert mention["group_key"] == f"ungrouped-{mention['id']}"


@pytest.mark.parametrize(("method", "path"), [("GET", ""), ("GET", "/unread_count"), ("POST", "/clear")])
async def test_notifications_need_a_token_with_the_scope(stage: Stage, client: Client, alice, method, path):
    url = f"/api/v1/notifications{path}"
    assert (await client.request(method, url)).status_code == 401
    headers = bearing(await stage.token(alice, "read:statuses"))
    assert (await client.request(method, url, headers=headers)).status_code == 403


async def test_who_looks_after_the_server_hears_of_sign_ups_and_reports(
    stage: Stage, client: Client, superuser, alice, bob, carol
):
    await superuser.execute("UPDATE social.users SET role = 'Moderator' WHERE account_id = $1", alice.id)
    async with stage.moderation.transaction() as tx:
        report = await reports.file(tx, bob, carol, [], comment="Rude")
        filed = tx.emitted
    await stage.tell(*filed, AccountCreated(account_id=bob.id, is_local=True))
    await stage.tell(*filed, AccountCreated(account_id=carol.id, is_local=True))
    found = (await stage.get(client, alice, "/api/v1/notifications")).json()
    assert [(n["type"], n["account"]["acct"]) for n in found] == [
        ("admin.sign_up", "carol"),
        ("admin.sign_up", "bob"),
        ("admin.report", "bob"),
    ]
    assert found[2]["report"]["id"] == str(report.id)
    assert found[2]["report"]["target_account"]["acct"] == "carol"
    groups = (await stage.get(client, alice, "/api/v2/notifications")).json()["notification_groups"]
    assert [(g["type"], g["notifications_count"]) for g in groups] == [("admin.sign_up", 2), ("admin.report", 1)]
    assert groups[1]["report"]["comment"] == "Rude"
    assert await stage.notifications(client, carol) == []


async def test_whose_follows_are_cut_at_one_stroke_is_told_how_many(stage: Stage, client: Client, alice, bob, eve):
    for _ in range(2):
        await stage.follow(alice, eve)
        await stage.follow(eve, alice)
        async with stage.act(alice) as tx:
            await domain_blocks.block(tx, alice.id, Domain("far.example"))
        await stage.tell(*stage.emitted)
        async with stage.act(alice) as tx:
            await domain_blocks.unblock(tx, alice.id, Domain("far.example"))
    found = (await stage.get(client, alice, "/api/v1/notifications", **{"types[]": ["severed_relationships"]})).json()
    told = [(n["event"]["target_name"], n["event"]["followers_count"], n["event"]["following_count"]) for n in found]
    assert told == [("far.example", 1, 1)] * 2
    groups = (await stage.get(client, alice, "/api/v2/notifications")).json()["notification_groups"]
    assert [g["event"]["type"] for g in groups if g["type"] == "severed_relationships"] == ["user_domain_block"] * 2
    async with stage.act(alice) as tx:
        await domain_blocks.block(tx, alice.id, Domain("near.example"))
    assert stage.emitted == ()


async def test_an_app_that_does_not_know_a_type_is_told_in_words(stage: Stage, client: Client, alice, bob):
    post = await stage.post(alice)
    await tell(stage.res, Cause(type="quote", by=bob.id, status_id=post.id), [alice.id])
    [known] = (await stage.get(client, alice, "/api/v1/notifications", **{"supported_types[]": ["quote"]})).json()
    [unasked] = (await stage.get(client, alice, "/api/v1/notifications")).json()
    assert ("fallback" in known, "fallback" in unasked) == (False, False)
    for path in ("/api/v1/notifications", f"/api/v1/notifications/{known['id']}"):
        answer = (await stage.get(client, alice, path, **{"supported_types[]": ["mention"]})).json()
        found = answer[0] if isinstance(answer, list) else answer
        assert found["fallback"] == {"title": "bob quoted your post", "summary": None, "details": None}
    groups = await stage.get(client, alice, "/api/v2/notifications", **{"supported_types[]": ["mention"]})
    assert groups.json()["notification_groups"][0]["fallback"]["title"] == "bob quoted your post"

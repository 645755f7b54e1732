"""What moderators let other servers do."""

import hashlib
from typing import Any

import msgspec
import pytest
from courtroom import Court

from contracts.ids import Domain
from moderation import store
from moderation.handlers import suspension
from moderation.jobs import CutFollows
from social.accounts.model import Account
from social.policies import store as policies
from social.relationships import store as relationships

BLOCKS = "/api/v1/admin/domain_blocks"


async def block(court: Court, moderator: Account, domain: str = "evil.test", **wish: Any) -> dict[str, Any]:
    answer = await court.ask(moderator, "POST", BLOCKS, json={"domain": domain, **wish})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_blocking_a_domain(court: Court, maud: Account) -> None:
    entity = await block(court, maud, "EVIL.test", severity="suspend", public_comment="Spam", reject_media=True)
    assert (entity["domain"], entity["severity"], entity["reject_media"]) == ("evil.test", "suspend", True)
    assert (entity["public_comment"], entity["private_comment"]) == ("Spam", None)
    assert entity["digest"] == hashlib.sha256(b"evil.test").hexdigest()
    assert await court.told() == ["policy.changed"]
    assert (await policies.everything(court.res.db, is_limited=False)).is_suspended("sub.evil.test")
    assert (await court.ask(maud, "GET", f"{BLOCKS}/{entity['id']}")).json() == entity


async def test_changing_and_lifting_a_block_is_on_record(court: Court, maud: Account) -> None:
    entity = await block(court, maud, severity="silence")
    path = f"{BLOCKS}/{entity['id']}"
    changed = (await court.ask(maud, "PUT", path, json={"reject_reports": True})).json()
    assert (changed["severity"], changed["reject_reports"]) == ("silence", True)
    assert (await court.ask(maud, "DELETE", path)).json() == {}
    assert (await court.ask(maud, "GET", path)).status_code == 404
    assert await court.told() == ["policy.changed"] * 3
    entries = await store.entries_about(court.res.db, "domain", "evil.test")
    assert [entry.action for entry in entries] == ["create", "change", "remove"]


@pytest.mark.parametrize(
    "wish", [{"domain": ""}, {"domain": "not a domain"}, {"domain": "evil.test", "severity": "exile"}, {}]
)
async def test_a_wrong_block_is_refused(court: Court, maud: Account, wish: dict[str, Any]) -> None:
    assert (await court.ask(maud, "POST", BLOCKS, json=wish)).status_code == 422


async def test_a_domain_has_one_policy(court: Court, maud: Account) -> None:
    await block(court, maud)
    again = await court.ask(maud, "POST", BLOCKS, json={"domain": "evil.test"})
    assert (again.status_code, again.json()["error"]) == (422, "Validation failed: Domain has already been taken")
    assert await court.told() == ["policy.changed"]


async def test_blocks_are_paged(court: Court, maud: Account) -> None:
    for name in ("one.test", "two.test", "three.test"):
        await block(court, maud, name)
    first = await court.ask(maud, "GET", f"{BLOCKS}?limit=2")
    assert [entity["domain"] for entity in first.json()] == ["three.test", "two.test"]
    rest = await court.ask(maud, "GET", f"{BLOCKS}?limit=2&max_id={first.json()[-1]['id']}")
    assert [entity["domain"] for entity in rest.json()] == ["one.test"]


async def test_suspending_a_domain_cuts_follows_both_ways(
    court: Court, maud: Account, alice: Account, eve: Account
) -> None:
    sub, good = await court.stranger("sue@sub.evil.test"), await court.stranger("gwen@good.test")
    for actor, target in ((alice, eve), (eve, alice), (sub, alice), (alice, good), (good, alice)):
        await court.follow(actor, target)
    await block(court, maud, severity="suspend")
    await court.work()
    left = [
        (actor.username, target.username)
        for actor in (alice, eve, sub, good)
        for target in (alice, eve, sub, good)
        if await relationships.follow_between(court.res.db, actor.id, target.id)
    ]
    assert left == [("alice", "gwen"), ("gwen", "alice")]
    assert (await court.told()).count("follow.removed") == 3


async def test_a_milder_policy_of_a_subdomain_keeps_its_follows(court: Court, maud: Account, alice: Account) -> None:
    friend = await court.stranger("fay@fine.evil.test")
    await court.follow(alice, friend)
    await block(court, maud, "fine.evil.test", severity="noop")
    await block(court, maud, "evil.test", severity="suspend")
    await court.work()
    assert await relationships.follow_between(court.res.db, alice.id, friend.id)


async def test_a_block_lifted_before_the_job_cuts_nothing(
    court: Court, maud: Account, alice: Account, eve: Account
) -> None:
    await court.follow(alice, eve)
    entity = await block(court, maud, severity="suspend")
    await court.ask(maud, "DELETE", f"{BLOCKS}/{entity['id']}")
    await court.work()
    assert await relationships.follow_between(court.res.db, alice.id, eve.id)


async def test_many_follows_are_cut_some_at_a_time(
    court: Court, maud: Account, alice: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suspension, "AT_ONCE", 2)
    for n in range(5):
        await court.follow(await court.stranger(f"e{n}@evil.test"), alice)
    await block(court, maud, severity="suspend")
    for _ in range(2):
        await suspension.on_cut_follows(court.res, CutFollows(domain=Domain("evil.test")))
    assert (await court.told()).count("follow.removed") == 5


ALLOWS = "/api/v1/admin/domain_allows"


async def test_the_list_of_servers_to_talk_with_is_kept_and_on_record(court: Court, maud: Account) -> None:
    first = (await court.ask(maud, "POST", ALLOWS, json={"domain": "Far.test"})).json()
    assert first["domain"] == "far.test"
    assert (await court.ask(maud, "POST", ALLOWS, json={"domain": "far.test"})).json() == first
    second = (await court.ask(maud, "POST", ALLOWS, json={"domain": "near.test"})).json()
    assert (await court.ask(maud, "GET", ALLOWS)).json() == [second, first]
    assert (await court.ask(maud, "GET", f"{ALLOWS}/{first['id']}")).json() == first
    assert (await court.ask(maud, "POST", ALLOWS, json={"domain": "not a domain"})).status_code == 422
    assert (await court.ask(maud, "DELETE", f"{ALLOWS}/{first['id']}")).json() == {}
    assert (await court.ask(maud, "GET", f"{ALLOWS}/{first['id']}")).status_code == 404
    known = await policies.everything(court.res.db, is_limited=True)
    assert (known.is_suspended("far.test"), known.is_suspended("near.test")) == (True, False)
    assert [entry.action for entry in await store.entries_about(court.res.db, "domain", "far.test")] == [
        "allow",
        "disallow",
    ]
    assert (await court.told()).count("policy.changed") == 3


@pytest.mark.parametrize("is_limited", [True, False])
async def test_taking_a_server_off_the_list_ends_follows_only_where_it_counts(
    court: Court, maud: Account, is_limited: bool
) -> None:
    eve = await court.stranger("eve@far.test")
    await court.follow(eve, maud)
    res = msgspec.structs.replace(
        court.res, settings=court.res.settings.model_copy(update={"limited_federation": is_limited})
    )
    await suspension.on_cut_follows(res, CutFollows(domain=Domain("far.test")))
    assert (await relationships.follow_between(court.res.db, eve.id, maud.id) is None) is is_limited

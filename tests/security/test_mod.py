"""Class MOD: what a moderator or a person decided holds, by whatever way somebody comes."""

from typing import Any

import pytest
from doorstep import Doorstep
from neighbours import KEYS, Neighbours, Person
from outward import is_followed
from people import ADDRESSES, a_post
from signing_in import bearing
from town import Town

from apcore import handles
from apcore.context import PUBLIC
from chassis.clock import utc_now
from chassis.db import Database
from contracts.ids import Domain, Uri
from social.accounts import store as accounts
from social.accounts.actions import ensure_instance_actor
from social.accounts.model import Account
from social.lists import actions as lists
from social.lists.model import RepliesPolicy
from social.policies.actions import as_domain
from social.policies.model import NOOP, SILENCE, SUSPEND, Policies, Policy
from social.relationships import actions as relationships
from social.relays import actions as relays
from social.relays import store as joined

INTERNAL = {"Authorization": "Bearer internal"}


async def looked_up(door: Doorstep, resource: str) -> int:
    answer = await door.client.post("/internal/resolve", json={"resource": resource}, headers=INTERNAL)
    return answer.status_code


async def total(door: Doorstep, *tables: str) -> list[int]:
    return [await door.res.db.fetchval(f"SELECT count(*) FROM social.{table}") for table in tables]


NOT_OURS = [
    "our/s.test", "ours.test/", "/ours.test", "ours.te/st", "ours.test#", "ours.test?", "ours.test:443", "ours.test:80",
    "our\u0455.test", "ours.test.evil.test", "ours.test\\", "ours..test", "ours.test@evil.test", "0urs.test",
]  # fmt: skip
OURS_SPELLED = ["OURS.TEST", "ours.test.", "ours\uff0etest", "\uff4furs.test", "ours\u3002test"]


@pytest.mark.parametrize("host", NOT_OURS)
async def test_mod_01_only_our_own_name_is_ours(door: Doorstep, alice: Account, host: str) -> None:
    assert await looked_up(door, f"acct:alice@{host}") == 404
    answer = await door.client.get("/.well-known/webfinger", params={"resource": f"acct:alice@{host}"})
    assert answer.status_code == 404


async def test_mod_01_one_name_has_one_form(door: Doorstep, alice: Account) -> None:
    for host in OURS_SPELLED:
        assert handles.host_in_ascii(host) == "ours.test", host
        assert await looked_up(door, f"acct:alice@{host}") == 200
    for typed in ("fa\u00df.example", "B\u00fccher.example", "\uff42lock.example", "xn--bcher-kva.example"):
        assert as_domain(typed) == handles.host_in_ascii(typed)


async def test_mod_02_who_is_suspended_brings_nothing(
    door: Doorstep, bob: Person, alice: Account, gateway: Database, superuser: Any, neighbours: Neighbours
) -> None:
    await is_followed(door, bob, alice, gateway)
    async with gateway.transaction() as tx:
        post = await a_post(tx, alice)
    await superuser.execute("UPDATE social.accounts SET suspended_at = now() WHERE uri = $1", bob.uri)
    tables = ("statuses", "favourites", "reports", "custom_emojis", "poll_votes", "follow_requests", "quotes")
    before, told = await total(door, *tables), len(await door.events())
    asked = len(neighbours.asked)
    tag = [{"type": "Emoji", "name": ":x:", "icon": {"url": f"https://{bob.host}/x.png"}}]
    note = bob.note(cc=[alice.uri], tag=tag, published=utc_now().isoformat())
    for said in (
        bob.creates(note),
        bob.does("Update", note | {"updated": utc_now().isoformat()}),
        bob.does("Announce", post.uri),
        bob.does("Announce", f"https://{neighbours.person('x', 'good.localhost').host}/notes/1"),
        bob.creates(bob.note("", name="a", inReplyTo=post.uri, to=[alice.uri])),
        bob.creates(bob.note(type="Question", oneOf=[{"name": "a"}, {"name": "b"}], cc=[alice.uri])),
        bob.does("Move", bob.uri, target=f"https://{bob.host}/users/other"),
        bob.does("Flag", [alice.uri]),
        bob.does("Like", post.uri, content=":x:", tag=tag),
        bob.does("Follow", alice.uri),
        bob.does("Block", alice.uri),
    ):
        assert await door.hears(bob, said) in ("suspended", "unknown_object", "stale"), said["type"]
    assert await total(door, *tables) == before
    assert (len(await door.events()), len(neighbours.asked)) == (told, asked)


def _policy(domain: str, severity: str) -> Policy:
    return Policy(
        id=1, domain=Domain(domain), severity=severity, reject_media=False, reject_reports=False, private_comment="",
        public_comment="", obfuscate=False, created_at=utc_now(), updated_at=utc_now(),
    )  # fmt: skip


TREE = Policies([_policy("example.org", SUSPEND), _policy("a.example.org", SILENCE), _policy("c.a.example.org", NOOP)])


@pytest.mark.parametrize(
    ("domain", "suspended"),
    [
        ("example.org", True), ("EXAMPLE.ORG", True), ("example.org:8443", True), ("b.example.org", True),
        ("x.b.example.org", True), ("a.example.org", False), ("x.a.example.org", False), ("c.a.example.org", False),
        ("d.c.a.example.org", False), ("notexample.org", False), ("org", False), ("example.org.evil.test", False),
    ],
)  # fmt: skip
async def test_mod_03_the_closest_rule_decides(domain: str, suspended: bool) -> None:
    assert TREE.is_suspended(domain) is suspended
    limited = TREE.decide(domain, "Create").value
    is_limited = domain.endswith("a.example.org") and not domain.endswith("c.a.example.org")
    assert limited == ("refuse" if suspended else "limit" if is_limited else "accept")


KINDS = [
    "Note", "Article", "Question", "Answer", "Audio", "Video", "Event", "Page", "Image", "EmojiReact", "ChatMessage",
]  # fmt: skip


async def test_mod_05_nothing_of_any_kind_comes_from_a_server_that_is_suspended(
    door: Doorstep, mallory: Person, alice: Account, gateway: Database
) -> None:
    await is_followed(door, mallory, alice, gateway)
    before, told = await total(door, "statuses", "accounts", "favourites", "reports"), len(await door.events())
    await door.sets_policy("evil.localhost", severity="suspend")
    for kind in KINDS:
        note = mallory.note(type=kind, name="x", cc=[alice.uri], oneOf=[{"name": "a"}, {"name": "b"}])
        for said in (mallory.creates(note), mallory.does("Update", note), mallory.does(kind, alice.uri)):
            assert (await door.deliver(mallory, said)).status_code == 403, kind
    for kind in ("Announce", "Like", "Follow", "Undo", "Accept", "Flag", "Move", "Add", "QuoteRequest", "Nonsense"):
        assert (await door.deliver(mallory, mallory.does(kind, alice.uri))).status_code in (403, 422)
    await door.settle()
    assert await total(door, "statuses", "accounts", "favourites", "reports") == before
    assert len(await door.events()) == told


async def test_mod_06_a_server_that_is_suspended_is_asked_for_nothing_whoever_leads_there(
    town: Town, bob: Person, mallory: Person, alice: Account, neighbours: Neighbours
) -> None:
    door = town.door
    for person in (bob, mallory):
        await is_followed(door, person, alice, town.stage.gateway)
    before = await total(door, "statuses", "accounts")
    await door.sets_policy("evil.localhost", severity="suspend")
    await town.studio.res.policies.refresh()
    evil, far = f"https://{mallory.host}", f"https://{bob.host}"
    hidden = mallory.note("<p>Nothing</p>")
    redirected, renamed = f"{far}/redirected", f"{far}/renamed"
    neighbours.redirects(redirected, hidden["id"])
    neighbours.serves(renamed, hidden)
    neighbours.asked.clear()
    for uri in (hidden["id"], redirected, renamed):
        await door.hears(bob, bob.does("Announce", uri))
        note = bob.note(inReplyTo=uri, quote=uri, quoteUrl=uri, cc=[alice.uri], replies=f"{evil}/replies")
        assert await door.hears(bob, bob.creates(note)) == "done"
        door.forgets_failures()
        assert await looked_up(door, uri) == 404
        await door.deliver(bob, mallory.creates(hidden) | {"signature": {"type": "RsaSignature2017"}})
        await door.settle()
    assert await looked_up(door, f"unknown@{mallory.host}") == 404
    tag = [{"type": "Mention", "href": mallory.uri}, {"type": "Mention", "href": f"{evil}/users/unknown"}]
    await door.hears(bob, bob.creates(bob.note(tag=tag, cc=[alice.uri])))
    assert [name for name in neighbours.asked if name.startswith("evil.")] == []
    rows = await door.res.db.fetch("SELECT uri FROM social.statuses WHERE uri LIKE $1", f"{evil}/%")
    assert (rows, (await total(door, "accounts"))[0]) == ([], before[1])
    # Its files are not fetched for others either, whether named at once or behind a redirect.
    neighbours.redirects(f"{far}/picture.png", f"{evil}/picture.png")
    for n, url in enumerate((f"{evil}/picture.png", f"{far}/picture.png")):
        somebody = await town.studio.stranger(f"x{n}@good.example", avatar_remote_url=url)
        assert (await town.media.get(f"/media/proxy/accounts/{somebody.id}/avatar")).status_code == 404
    assert [name for name in neighbours.asked if name.startswith("evil.")] == []


async def test_mod_06_a_handle_of_a_suspended_server_hides_a_post_that_lies_elsewhere(
    door: Doorstep, bob: Person, mallory: Person, alice: Account, gateway: Database, superuser: Any
) -> None:
    for person in (bob, mallory):
        await is_followed(door, person, alice, gateway)
    await superuser.execute("UPDATE social.accounts SET domain = 'blocked.example' WHERE uri = $1", mallory.uri)
    await door.sets_policy("blocked.example", severity="suspend")
    note = mallory.note("<p>Nothing</p>")
    await door.hears(bob, bob.does("Announce", note["id"]))
    assert await looked_up(door, note["id"]) == 404
    assert await total(door, "statuses") == [0]


async def test_mod_07_no_relay_is_joined_by_its_own_word(
    door: Doorstep, bob: Person, mallory: Person, gateway: Database, superuser: Any
) -> None:
    async with gateway.transaction() as tx:
        await ensure_instance_actor(tx, ADDRESSES, KEYS[3])
        relay = await relays.join(tx, ADDRESSES, f"https://{bob.host}/inbox")
    assert relay is not None
    follow = {"id": relay.follow_uri, "type": "Follow", "actor": "https://ours.test/actor", "object": PUBLIC}

    async def state() -> str:
        found = await joined.by_id(door.res.db, relay.id)
        assert found is not None
        return str(found.state)

    waiting = await state()
    for answer in (relay.follow_uri, follow, follow | {"id": "https://ours.test/other"}):
        assert await door.hears(mallory, mallory.does("Accept", answer)) in ("unmatched", "not_owner")
    assert await state() == waiting
    await superuser.execute("UPDATE social.relays SET state = 'idle'")
    for answer in (relay.follow_uri, follow):
        assert await door.hears(bob, bob.does("Accept", answer)) == "unmatched"
    assert await state() == "idle"
    assert await joined.accepted_inboxes(door.res.db) == []


async def test_mod_09_nobody_is_followed_but_by_who_was_let_in(
    town: Town, bob: Person, mallory: Person, alice: Account, superuser: Any
) -> None:
    door, gateway = town.door, town.stage.gateway
    for person in (bob, mallory):
        await door.hears(person, person.does("Like", f"{alice.uri}/statuses/1"))
    account = await accounts.by_uri(door.res.db, Uri(bob.uri))
    assert account is not None
    async with gateway.transaction() as tx:
        await relationships.follow(tx, alice, account, now=utc_now())
    uri: str = await gateway.fetchval("SELECT uri FROM social.follow_requests")
    inlined = {"id": uri, "type": "Follow", "actor": alice.uri, "object": bob.uri}
    never = inlined | {"id": f"{alice.uri}#follows/99", "object": mallory.uri}
    for said in (uri, inlined, inlined | {"object": mallory.uri}, never, f"{alice.uri}#follows/98"):
        assert await door.hears(mallory, mallory.does("Accept", said)) == "unmatched"
    assert await total(door, "follows", "follow_requests") == [0, 1]
    owner = await town.stage.somebody("owner")
    await superuser.execute("UPDATE social.accounts SET locked = true WHERE id = $1", owner.id)
    token = bearing(await town.stage.token(owner))
    for answer in ("authorize", "reject"):
        for asker in (account.id, 4711):
            answered = await town.gateway.post(f"/api/v1/follow_requests/{asker}/{answer}", headers=token)
            assert answered.status_code == 404
    assert await door.hears(mallory, mallory.does("Follow", owner.uri)) == "done"
    assert await total(door, "follows", "follow_requests") == [0, 2]


async def test_mod_10_a_block_stands_between_both(town: Town) -> None:
    stage = town.stage
    blocker, blocked, other = [await stage.somebody(name) for name in ("blocker", "blocked", "other")]
    theirs = {who.id: await stage.post(who, "A post", quote_policy=None) for who in (blocker, blocked)}
    async with stage.act(blocker) as tx:
        await relationships.block(tx, blocker, blocked, now=utc_now())
    for who, whom in ((blocked, blocker), (blocker, blocked)):
        token, post = bearing(await stage.token(who)), theirs[whom.id].id
        made = await stage.a_list(who)
        wishes: list[tuple[str, dict[str, Any]]] = [
            ("/api/v1/statuses", {"status": "x", "quoted_status_id": str(post)}),
            (f"/api/v1/accounts/{whom.id}/follow", {}),
            (f"/api/v1/lists/{made.id}/accounts", {"account_ids": [str(whom.id)]}),
        ]
        if who is blocked:
            wishes += [(f"/api/v1/statuses/{post}/{act}", {}) for act in ("favourite", "reblog", "bookmark")]
            wishes.append(("/api/v1/statuses", {"status": "x", "in_reply_to_id": str(post)}))
        for path, wish in wishes:
            answer = await town.gateway.post(path, json=wish, headers=token)
            assert answer.status_code in (403, 404, 422), (who.username, path, answer.text)
        said = await stage.post(who, f"@{whom.username}", mentions=(whom.id,))
        assert await stage.notifications(town.timeline, whom) == []
        assert said.id not in await stage.home(town.timeline, whom)
    assert await stage.gateway.fetchval("SELECT count(*) FROM social.follows") == 0
    async with stage.gateway.transaction() as tx:
        mine = await lists.create(tx, other.id, title="x", replies_policy=RepliesPolicy.LIST, exclusive=False)
    assert mine.account_id == other.id


async def test_mod_11_nobody_votes_for_others_twice_or_late(
    town: Town, bob: Person, mallory: Person, superuser: Any
) -> None:
    door, owner = town.door, await town.stage.somebody("owner")
    for person in (bob, mallory):
        await door.hears(person, person.does("Like", f"{owner.uri}/statuses/1"))
    account = await accounts.by_uri(door.res.db, Uri(bob.uri))
    assert account is not None
    wish = {"status": f"@{bob.handle} ?", "visibility": "direct", "poll": {"options": ["a", "b"], "expires_in": 600}}
    posted = await town.gateway.post("/api/v1/statuses", json=wish, headers=bearing(await town.stage.token(owner)))
    uri = posted.json()["uri"]

    def vote(person: Person, name: str, **more: object) -> dict[str, Any]:
        note = person.note("", name=name, inReplyTo=uri, to=[owner.uri], cc=[]) | more
        return person.creates({k: v for k, v in note.items() if k != "content"})

    for said in (vote(mallory, "a"), vote(mallory, "a", attributedTo=bob.uri), vote(bob, "c")):
        person = bob if said["actor"] == bob.uri else mallory
        assert await door.hears(person, said) != "done"
    forged = vote(mallory, "a") | {"actor": bob.uri}
    assert (await door.deliver(mallory, forged)).status_code == 401
    assert await total(door, "poll_votes") == [0]
    assert await door.hears(bob, vote(bob, "a")) == "done"
    for name in ("a", "b"):
        assert await door.hears(bob, vote(bob, name)) in ("repeated", "not_allowed")
    await superuser.execute("DELETE FROM social.poll_votes")
    await superuser.execute("UPDATE social.polls SET expires_at = now() - interval '1 minute'")
    assert await door.hears(bob, vote(bob, "a")) == "not_allowed"
    for kind in ("View", "Read", "Dislike"):
        assert await door.hears(mallory, mallory.does(kind, uri)) == "unsupported"
    assert await total(door, "poll_votes") == [0]

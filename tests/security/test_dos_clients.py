"""Class DOS: what people of ours, or anybody with a browser, may send and ask for."""

import statistics
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from neighbours import Person
from people import a_post
from signing_in import bearing
from talking import Person as Talker
from talking import a_person
from town import Town

from apcore import handles
from apcore.actors import write_actor
from chassis.clock import utc_now
from contracts.ids import Domain, StatusId, Uri
from social.accounts import store as accounts
from social.accounts.model import Account
from social.federation import actor as actors
from social.policies.model import Policies, Policy
from social.relationships import actions as relationships
from social.statuses import query, reading
from social.statuses.text import Text
from timeline import home


@pytest.fixture
async def anna(town: Town) -> Talker:
    """One of ours, with an app."""
    return await a_person(town.stage.gateway, town.gateway, "anna")


def seconds(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


async def cost(ask: Callable[[], Awaitable[Any]], times: int = 9) -> float:
    """The middle of the times that it takes."""
    found = []
    for _ in range(times):
        started = time.process_time()
        await ask()
        found.append(time.process_time() - started)
    return statistics.median(found)


WISHES: list[tuple[str, str, dict[str, Any]]] = [
    ("POST", "/api/v1/lists", {"title": "HUGE"}),
    ("POST", "/api/v2/filters", {"title": "HUGE", "context": ["home"]}),
    ("POST", "/api/v2/filters", {"title": "x", "context": ["home"], "keywords_attributes": [{"keyword": "HUGE"}]}),
    ("POST", "/api/v1/filters", {"phrase": "HUGE", "context": ["home"]}),
    ("PATCH", "/api/v1/accounts/update_credentials", {"note": "HUGE"}),
    ("PATCH", "/api/v1/accounts/update_credentials", {"display_name": "HUGE"}),
    ("PATCH", "/api/v1/accounts/update_credentials", {"fields_attributes": [{"name": "HUGE", "value": "HUGE"}]}),
    ("POST", "/api/v1/push/subscription", {"subscription": {"endpoint": "https://push.test/HUGE"}}),
    ("POST", "/api/v1/statuses", {"status": "HUGE"}),
    ("POST", "/api/v1/statuses", {"status": "x", "spoiler_text": "HUGE"}),
    ("POST", "/api/v1/statuses", {"status": "x", "poll": {"options": ["HUGE", "b"], "expires_in": 600}}),
]


async def test_dos_02_no_name_of_anything_is_longer_than_its_limit(town: Town, anna: Talker) -> None:
    before = await _rows(town)
    for method, path, wish in WISHES:
        for size in (10_001, 10_000_000):
            answer = await anna.ask(method, path, json=_filled(wish, "n" * size))
            assert answer.status_code in (413, 422), (path, wish, size, answer.status_code)
            assert len(answer.content) < 500
    assert await _rows(town) == before


def _filled(wish: Any, text: str) -> Any:
    match wish:
        case str():
            return wish.replace("HUGE", text)
        case list():
            return [_filled(item, text) for item in wish]
        case dict():
            return {key: _filled(item, text) for key, item in wish.items()}
    return wish


async def _rows(town: Town) -> list[int]:
    tables = ("lists", "filters", "filter_keywords", "push_subscriptions", "statuses", "polls")
    return [await town.court.gateway.fetchval(f"SELECT count(*) FROM social.{table}") for table in tables]


EVIL = [
    "@" + "a" * 100_000, "@" + "a." * 50_000, "@a@" + "b." * 50_000, "@a@" + "b-" * 50_000, "a@" * 50_000,
    "#" + "a" * 100_000, "#" + "\u00b7" * 100_000, "#1" * 50_000, "#a_" * 30_000, "http://" * 15_000,
    "(http://x.y/" * 8_000, "http://x.y/" + "(" * 90_000, "http://" + "a." * 50_000, "&#" * 50_000, "\u200d" * 30_000,
    '"' * 100_000, "from:" * 20_000, "-" * 100_000, "a" * 100_000 + "!", "@a@b.c " * 15_000,
]  # fmt: skip


@pytest.mark.parametrize("text", EVIL, ids=range(len(EVIL)))
def test_dos_07_no_text_takes_long_to_take_apart(text: str) -> None:
    """More than 20,000 characters are refused before anybody looks at them."""
    typed = Text(text[:20_000], "ours.test")
    assert seconds(lambda: (Text(text[:20_000], "ours.test"), typed.length, typed.tags, typed.handles)) < 0.5
    assert seconds(lambda: handles.parse(text)) < 0.4
    assert seconds(lambda: query.parse(text)) < 0.4


async def test_dos_07_a_handle_of_a_hundred_thousand_letters_is_looked_up_in_no_time(town: Town, anna: Talker) -> None:
    await anna.says("warm")
    for text in (EVIL[n][:20_000] for n in (0, 1, 2, 4, 10)):
        for path, name, status in (
            ("/api/v1/accounts/lookup", "acct", {404}),
            ("/api/v1/accounts/search", "q", {200}),
            ("/api/v2/search", "q", {200}),
            ("/.well-known/webfinger", "resource", {400, 404}),
        ):
            client = town.clients["inbox"] if "webfinger" in path else town.gateway
            started = time.process_time()
            answer = await client.get(path, params={name: text}, headers=bearing(anna.token))
            assert time.process_time() - started < 0.5, (path, text[:10])
            assert answer.status_code in status, (path, answer.text[:100])
        assert (await anna.ask("POST", "/api/v1/statuses", json={"status": text * 2})).status_code == 422


async def test_dos_17_reply_graphs_have_an_end(
    town: Town, bob: Person, alice: Account, anna: Talker, superuser: Any
) -> None:
    """A ring of two, a post that answers itself, three thousand levels and three thousand answers."""
    door, base = town.door, f"https://{bob.host}/ring"
    await door.hears(bob, bob.does("Follow", alice.uri))
    ring = [bob.note(cc=[alice.uri]) | {"id": f"{base}/{n}", "inReplyTo": f"{base}/{(n + 1) % 3}"} for n in range(3)]
    alone = bob.note(cc=[alice.uri]) | {"id": f"{base}/self", "inReplyTo": f"{base}/self"}
    for note in (*ring, alone):
        door.neighbours.fails(str(note["id"]), 404)
        assert await door.hears(bob, bob.creates(note)) == "done"
    for note in (*ring, alone):
        status = await reading.by_uri(door.res.db, Uri(str(note["id"])))
        assert status is not None
        assert status.in_reply_to_id != status.id
        thread = await anna.get(f"/api/v1/statuses/{status.id}/context")
        told = [post["id"] for post in (*thread["ancestors"], *thread["descendants"])]
        assert len(told) == len(set(told)) <= 2
        assert str(status.id) not in told
    root = await reading.by_uri(door.res.db, Uri(str(alone["id"])))
    assert root is not None
    for statement in (DEEP, WIDE):
        await superuser.execute(statement, root.id)
    started = time.process_time()
    thread = await anna.get(f"/api/v1/statuses/{root.id}/context")
    assert len(thread["descendants"]) <= 4096
    stranger = (await town.gateway.get(f"/api/v1/statuses/{root.id}/context")).json()
    assert len(stranger["descendants"]) <= 60
    deepest: int = await superuser.fetchval("SELECT max(id) FROM social.statuses WHERE uri LIKE 'https://deep.test/%'")
    above, _ = await reading.thread_of(door.res.db, StatusId(deepest), up=4096, down=1, depth=1)
    assert len(above) == 500
    assert time.process_time() - started < 8


_NEW = """
    INSERT INTO social.statuses (id, uri, account_id, is_local, conversation_id, visibility, in_reply_to_id, content,
        created_at
    )
    SELECT s.id + n * 10 + {kind}, 'https://{name}.test/' || n, s.account_id, false, s.conversation_id, 'public',
        {parent}, 'x', s.created_at
    FROM social.statuses s, generate_series(1, {many}) AS n WHERE s.id = $1::bigint
"""
DEEP = _NEW.format(kind=1, name="deep", many=500, parent="CASE WHEN n = 1 THEN s.id ELSE s.id + (n - 1) * 10 + 1 END")
WIDE = _NEW.format(kind=2, name="wide", many=500, parent="s.id")


async def test_dos_18_many_filters_and_many_blocks_slow_nobody_down(town: Town, superuser: Any) -> None:
    anna, bob = await town.stage.somebody("reader"), await town.stage.somebody("writer")
    await town.stage.follow(anna, bob)
    for n in range(20):
        await town.stage.post(bob, f"Something about {n}")

    async def look() -> None:
        assert len((await town.stage.get(town.timeline, anna, "/api/v1/timelines/home")).json()) == 20

    usual = await cost(look)
    token = bearing(await town.stage.token(anna))
    words = [{"keyword": f"word{n} (a+)+$"} for n in range(1001)]
    for many, status in ((1001, 422), (1000, 200)):
        wish = {"title": "x", "context": ["home"], "keywords_attributes": words[:many]}
        assert (await town.gateway.post("/api/v2/filters", json=wish, headers=token)).status_code == status
    wish = {"title": "y", "context": ["home"], "keywords_attributes": words[:1]}
    assert (await town.gateway.post("/api/v2/filters", json=wish, headers=token)).status_code == 422
    assert await cost(look) < usual * 2 + 0.02
    many = Policies(_policy(n) for n in range(10_000))
    assert seconds(lambda: [many.is_suspended(f"a.b.c.d{n}.evil.test") for n in range(1000)]) < 0.1


def _policy(number: int) -> Policy:
    return Policy(
        id=number,
        domain=Domain(f"d{number}.evil.test"),
        severity="suspend",
        reject_media=False,
        reject_reports=False,
        private_comment="",
        public_comment="",
        obfuscate=False,
        created_at=utc_now(),
        updated_at=utc_now(),
    )


@pytest.mark.parametrize(
    "keyword", ["(a+)+$", "(.*)*x", "[a-z]+", "\\w+", "a{1,1000000}", "^(([a-z])+.)+[A-Z]([a-z])+$"]
)
async def test_dos_19_a_keyword_is_no_pattern(town: Town, keyword: str) -> None:
    anna, bob = await town.stage.somebody("reader"), await town.stage.somebody("writer")
    await town.stage.follow(anna, bob)
    post = await town.stage.post(bob, "a" * 20_000 + "!")
    literal = await town.stage.post(bob, f"It says {keyword} there".replace("<", "&lt;"))
    wish = {"title": "x", "context": ["home"], "keywords_attributes": [{"keyword": keyword, "whole_word": False}]}
    token = bearing(await town.stage.token(anna))
    assert (await town.gateway.post("/api/v2/filters", json=wish, headers=token)).status_code == 200
    started = time.process_time()
    shown = (await town.stage.get(town.timeline, anna, "/api/v1/timelines/home")).json()
    assert time.process_time() - started < 0.5
    assert {p["id"]: bool(p["filtered"]) for p in shown} == {str(literal.id): True, str(post.id): False}


async def test_dos_21_pages_of_hidden_posts_do_not_end_a_timeline(town: Town) -> None:
    """Home does not know yet that the writer of its newest 200 posts is blocked."""
    stage = town.stage
    anna, bob, carol = [await stage.somebody(name) for name in ("reader", "writer", "friend")]
    for other in (bob, carol):
        await stage.follow(anna, other)
    old = [await stage.post(carol, f"Old {n}") for n in range(3)]
    async with stage.act(bob, heard=False) as tx:
        posts = [await a_post(tx, bob, f"New {n}", created_at=stage.later()) for n in range(200)]
    await home.build(stage.res, anna.id)
    async with stage.act(anna, heard=False) as tx:
        await relationships.block(tx, anna, bob, now=utc_now())
    assert await stage.home(town.timeline, anna) == [post.id for post in reversed(old)]
    assert await stage.home(town.timeline, anna, limit=2) == [old[2].id, old[1].id]
    assert await stage.home(town.timeline, anna, limit=2, max_id=old[1].id) == [old[0].id]
    assert await stage.home(town.timeline, anna, min_id=posts[0].id) == []
    answer = await stage.get(town.timeline, anna, "/api/v1/timelines/home", limit=2)
    assert 'rel="next"' in answer.headers["Link"]


JSON = {"Content-Type": "application/json"}


async def test_dos_22_what_cannot_be_sent_is_not_taken(town: Town, anna: Talker) -> None:
    profile = "/api/v1/accounts/update_credentials"
    for text in (r'"\ud800"', r'"a\udfffb"', r'"a\u0000b"'):
        for method, path, field in (
            ("PATCH", profile, "display_name"),
            ("PATCH", profile, "note"),
            ("POST", "/api/v1/statuses", "status"),
        ):
            answer = await anna.ask(method, path, content=f'{{"{field}": {text}}}', headers=JSON)
            assert answer.status_code in (400, 422), answer.text
    await anna.patch(profile, 200, display_name="b\x07\u202e", note="\x1b[31m")
    account = await accounts.by_id(town.court.gateway, anna.account.id)
    assert account is not None
    assert (await town.door.get(account.uri)).status_code == 200
    assert write_actor(actors.render(town.delivery.addresses, account))["name"] == account.display_name


PATHS = [
    "/api/v1/timelines/public", "/api/v1/timelines/home", "/api/v1/timelines/tag/x", "/api/v1/notifications",
    "/api/v1/favourites", "/api/v1/bookmarks", "/api/v1/blocks", "/api/v1/mutes", "/api/v1/follow_requests",
    "/api/v1/directory", "/api/v1/trends/tags", "/api/v1/suggestions", "/api/v1/conversations", "/api/v2/search?q=x",
]  # fmt: skip
TIMELINES = ("timelines", "notifications", "conversations", "trends")


async def test_dos_27_no_page_is_larger_than_its_most(town: Town, anna: Talker, bob: Person, alice: Account) -> None:
    async with town.stage.gateway.transaction() as tx:
        for n in range(90):
            await a_post(tx, anna.account, f"Number {n}")
    for path in PATHS:
        client = town.timeline if path.split("/")[3] in TIMELINES else town.gateway
        for limit in ("1000000", "-1", "0", "9" * 30, "x", "1e9", "\u0661"):
            url = f"{path}{'&' if '?' in path else '?'}limit={limit}&offset=-5&max_id={'9' * 25}"
            answer = await client.get(url, headers=bearing(anna.token))
            assert answer.status_code in (200, 206, 422), (url, answer.text)
            found = answer.json()
            assert len(found) <= 80, url
    for long in ("x" * 10_000, "\u0130" * 5_000, "%" * 10_000, "_" * 10_000):
        answer = await anna.ask("GET", "/api/v2/search", params={"q": long})
        assert answer.status_code in (200, 422)
    for kind in ("Cat", "x" * 5000, "", "Create", "https://x.test/Y"):
        assert await town.door.hears(bob, bob.does("Create", bob.note(cc=[alice.uri]) | {"type": kind})) in (
            "unsupported", "unreadable",
        )  # fmt: skip
    garbage = await town.clients["inbox"].post(f"/ap/users/{alice.id}/outbox", json={"type": "Create"})
    assert garbage.status_code in (404, 405)

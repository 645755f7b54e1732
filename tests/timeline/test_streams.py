"""Streams over WebSocket and server-sent events: who hears what, in Mastodon's words, and when we hang up."""

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
import uvicorn
from signing_in import bearing
from staging import Stage
from waiting import eventually
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from chassis.bus import open_bus
from chassis.clock import utc_now
from contracts.events import FiltersChanged, TokenRevoked
from contracts.ids import AccountId, TokenId
from social.accounts.model import Account
from social.domain_blocks import actions as domains
from social.oauth.actions import issue
from social.quotes import actions as quotes
from social.quotes.model import Quoting
from social.quotes.rules import Turn
from social.quotes.store import of_status as quote_of
from social.relationships import actions as relationships
from timeline import hub
from timeline.app import create_app
from timeline.hub import Client, Farewell
from timeline.jobs import MoveIn
from timeline.resources import Resources
from timeline.routes import streaming
from timeline.session import MOST_STREAMS
from timeline.signals import DELETE, NOTIFICATION, UPDATE, Signal
from timeline.streams import Stream, stream_from

PATIENCE = 5.0


class Server(uvicorn.Server):
    """Leaves the signals to the tests."""

    def capture_signals(self):
        return contextlib.nullcontext()


@pytest.fixture
async def address(resources: Resources) -> AsyncIterator[str]:
    """`host:port` of timeline behind a real socket."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = uvicorn.Config(create_app(resources), log_config=None, lifespan="off", timeout_graceful_shutdown=1)
        server = Server(config)
        task = asyncio.create_task(server.serve([listener]))
        await eventually(lambda: _is_started(server))
        yield f"127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        await task


async def _is_started(server: Server) -> bool:
    return server.started


class Listening:
    """The client's end of a WebSocket."""

    def __init__(self, stage: Stage, socket: ClientConnection) -> None:
        self.stage = stage
        self.socket = socket

    async def next(self) -> dict[str, Any]:
        """The next message, its payload decoded."""
        message = json.loads(await asyncio.wait_for(self.socket.recv(), PATIENCE))
        if message.get("event") not in (None, "delete"):
            message["payload"] = json.loads(message["payload"])
        return message

    async def say(self, **frame: Any) -> None:
        await self.socket.send(json.dumps(frame))


@pytest.fixture
def listen(stage: Stage, address: str) -> Callable[..., Any]:
    @asynccontextmanager
    async def opened(reader: Account, stream: str, *scopes: str, **query: str) -> AsyncIterator[Listening]:
        token = await stage.token(reader, *scopes)
        url = httpx.URL(f"ws://{address}/api/v1/streaming", params={"access_token": token, "stream": stream, **query})
        before = await _listening(stage)
        async with connect(str(url), proxy=None) as socket:
            await eventually(lambda: _listening(stage), is_=before + 1)
            yield Listening(stage, socket)

    return opened


async def _listening(stage: Stage) -> int:
    """How many subscriptions Redis holds that somebody listens to."""
    hub = stage.res.hub
    channels = list(hub._listeners)
    known = await stage.res.redis.pubsub_numsub(*channels) if channels else []
    if any(count == 0 for _, count in known):
        return -1
    return sum(len(listeners) for listeners in hub._listeners.values())


async def test_a_post_is_streamed_to_its_author_and_their_followers(stage: Stage, listen, alice, bob):
    await stage.follow(bob, alice)
    async with listen(alice, "user") as own, listen(bob, "user") as followers:
        post = await stage.post(alice)
        for stream in (own, followers):
            message = await stream.next()
            assert (message["stream"], message["event"], message["payload"]["id"]) == (["user"], "update", str(post.id))


@pytest.mark.parametrize("stream", ["user", "public"])
async def test_what_is_no_news_is_streamed_to_nobody(stage: Stage, listen, alice, eve, stream):
    await stage.follow(alice, eve)
    async with listen(alice, stream) as client:
        await stage.post(eve, is_news=False, mentions=(alice.id,))
        heard = await stage.post(eve)
        assert (await client.next())["payload"]["id"] == str(heard.id)


async def test_messages_have_mastodons_shape_to_the_byte(stage: Stage, listen, alice):
    async with listen(alice, "user") as stream:
        post = await stage.post(alice)
        text = await asyncio.wait_for(stream.socket.recv(), PATIENCE)
    assert text.startswith('{"stream":["user"],"event":"update","payload":"{\\"id\\":\\"' + str(post.id))


async def test_a_quote_that_may_stay_no_longer_is_streamed_as_an_edit(stage: Stage, listen, alice, bob, carol):
    await stage.follow(carol, bob)
    post = await stage.post(alice)
    quoting = Quoting(uri=post.uri, status_id=post.id, account_id=alice.id, is_local=True)
    async with listen(carol, "user") as stream:
        said = await stage.post(bob, quoting=quoting)
        while (heard := await stream.next())["payload"]["quote"]["state"] != "accepted":
            pass
        async with stage.act(alice) as tx:
            assert await quotes.settle(tx, await quote_of(tx, said.id), Turn.REFUSED)
        while heard["payload"]["quote"]["state"] == "accepted":
            heard = await stream.next()
    assert (heard["event"], heard["payload"]["id"]) == ("status.update", str(said.id))
    assert heard["payload"]["quote"] == {"state": "revoked", "quoted_status": None}


async def test_edits_and_deletions_are_streamed(stage: Stage, listen, alice, bob):
    await stage.follow(bob, alice)
    post = await stage.post(alice)
    async with listen(bob, "user") as stream:
        await stage.edit(alice, post, "Better")
        edited = await stream.next()
        await stage.delete(alice, post)
        deleted = await stream.next()
    assert (edited["event"], edited["payload"]["content"]) == ("status.update", "<p>Better</p>")
    assert deleted == {"stream": ["user"], "event": "delete", "payload": str(post.id)}


async def test_notifications_are_streamed_to_both_streams_of_a_user(stage: Stage, listen, alice, bob):
    async with listen(alice, "user") as user, listen(alice, "user:notification") as only:
        await stage.post(bob, mentions=(alice.id,))
        for stream, label in ((user, "user"), (only, "user:notification")):
            message = await stream.next()
            assert (message["stream"], message["event"], message["payload"]["type"]) == (
                [label],
                "notification",
                "mention",
            )


async def test_a_talk_is_streamed_to_who_listens_to_what_is_said_in_private(stage: Stage, listen, alice, bob):
    await stage.follow(bob, alice)
    async with listen(bob, "direct") as stream:
        for _ in range(2):
            post = await stage.post(alice, mentions=(bob.id,), visibility="direct")
            message = await stream.next()
            assert (message["stream"], message["event"]) == (["direct"], "conversation")
            assert message["payload"]["last_status"]["id"] == str(post.id)
            assert message["payload"]["unread"] is True


async def test_when_what_waited_is_moved_in_open_streams_hear_of_it(stage: Stage, listen, alice, eve):
    await stage.post(eve, mentions=(alice.id,), visibility="direct")
    async with listen(alice, "user:notification") as stream:
        await stage.tell(MoveIn(account_id=alice.id, from_account_id=eve.id))
        message = await stream.next()
    assert (message["event"], message["payload"]) == ("notifications_merged", 1)


async def test_hearing_twice_streams_once(stage: Stage, listen, alice, bob):
    await stage.follow(bob, alice)
    async with listen(bob, "user") as stream:
        first = await stage.post(alice)
        await stage.tell(*stage.emitted)
        second = await stage.post(alice)
        assert [(await stream.next())["payload"]["id"] for _ in range(2)] == [str(first.id), str(second.id)]


async def test_streams_go_on_when_redis_has_lost_the_feeds(stage: Stage, listen, alice, bob):
    await stage.follow(bob, alice)
    async with listen(bob, "user") as stream:
        await stage.res.redis.flushdb()
        post = await stage.post(alice)
        assert (await stream.next())["payload"]["id"] == str(post.id)


async def test_changed_filters_are_streamed_without_a_payload(stage: Stage, listen, alice, bob):
    async with listen(alice, "user") as stream:
        await stage.tell(FiltersChanged(account_id=bob.id), FiltersChanged(account_id=alice.id))
        message = json.loads(await asyncio.wait_for(stream.socket.recv(), PATIENCE))
    assert message == {"stream": ["user"], "event": "filters_changed"}


async def test_what_is_for_everybody_reaches_those_who_listen_to_their_home(stage: Stage, listen, alice, bob):
    async with listen(alice, "user") as hers, listen(bob, "user") as his, listen(bob, "public") as public:
        await stage.res.announcer.tell_everybody("announcement.delete", "12")
        for stream in (hers, his):
            assert await stream.next() == {"stream": ["user"], "event": "announcement.delete", "payload": 12}
        post = await stage.post(alice)
        assert (await public.next())["payload"]["id"] == str(post.id)


@pytest.mark.parametrize("tie", ["block", "blocked", "mute", "domain block"])
async def test_whoever_is_shunned_is_silent_in_streams(stage: Stage, listen, alice, eve, carol, tie):
    async with listen(alice, "public") as stream:
        async with stage.act(eve if tie == "blocked" else alice) as tx:
            match tie:
                case "block":
                    await relationships.block(tx, alice, eve, now=utc_now())
                case "blocked":
                    await relationships.block(tx, eve, alice, now=utc_now())
                case "mute":
                    await relationships.mute(tx, alice, eve)
                case "domain block":
                    await domains.block(tx, alice.id, eve.domain)
        await stage.post(eve)
        post = await stage.post(carol)
        assert (await stream.next())["payload"]["id"] == str(post.id)


async def test_each_viewer_gets_the_post_as_they_see_it(stage: Stage, listen, alice, bob):
    post = await stage.post(alice)
    await stage.favourite(bob, post)
    async with listen(alice, "public") as hers, listen(bob, "public") as his:
        await stage.edit(alice, post, "Better")
        assert [(await stream.next())["payload"]["favourited"] for stream in (hers, his)] == [False, True]


async def test_public_streams_carry_what_their_name_says(stage: Stage, listen, alice, eve):
    async with listen(alice, "public:remote") as remote, listen(alice, "public:local") as local:
        ours = await stage.post(alice)
        theirs = await stage.post(eve)
        assert (await local.next())["payload"]["id"] == str(ours.id)
        assert (await remote.next())["payload"]["id"] == str(theirs.id)


async def test_one_connection_may_carry_many_streams(stage: Stage, listen, alice, bob):
    async with listen(alice, "user") as stream:
        await stream.say(type="subscribe", stream="hashtag", tag="Birds")
        await eventually(lambda: _listening(stage), is_=2)
        await stage.post(bob, tags=("birds",))
        assert (await stream.next())["stream"] == ["hashtag", "birds"]
        await stream.say(type="unsubscribe", stream="hashtag", tag="birds")
        await eventually(lambda: _listening(stage), is_=1)
        await stage.post(bob, tags=("birds",))
        await stage.post(alice, tags=("birds",))
        assert (await stream.next())["stream"] == ["user"]


@pytest.mark.parametrize(
    ("frame", "error", "status"),
    [
        ({"stream": "nonsense"}, "Unknown stream type", 422),
        ({"stream": "hashtag"}, "Missing tag name parameter", 422),
        ({"stream": "list"}, "Missing list name parameter", 422),
        ({"stream": "list", "list": "12"}, "Record not found", 404),
        ({"stream": "list", "list": "a list"}, "Record not found", 404),
        ({"stream": "user:notification"}, "This action is outside the authorized scopes", 403),
    ],
)
async def test_a_subscription_that_cannot_be_is_answered(stage: Stage, listen, alice, frame, error, status):
    async with listen(alice, "user", "read:statuses") as stream:
        await stream.socket.send(b"\x00")
        await stream.socket.send("no frame")
        await stream.say(type="subscribe", **frame)
        assert await stream.next() == {"error": error, "status": status}


async def test_without_the_scope_user_is_silent_about_notifications(stage: Stage, listen, alice, bob):
    async with listen(alice, "user", "read:statuses") as stream:
        await stage.post(bob, mentions=(alice.id,))
        await stage.post(alice)
        assert (await stream.next())["event"] == "update"


@pytest.mark.parametrize("way", ["header", "query", "subprotocol"])
async def test_the_token_may_come_in_three_ways(stage: Stage, address: str, alice, way):
    token = await stage.token(alice)
    url = f"ws://{address}/api/v1/streaming" + (f"?access_token={token}" if way == "query" else "")
    headers = bearing(token) if way == "header" else {}
    protocols = [token] if way == "subprotocol" else None
    async with connect(url, additional_headers=headers, subprotocols=protocols, proxy=None) as socket:
        assert socket.subprotocol == (token if way == "subprotocol" else None)


@pytest.mark.parametrize("query", ["", "?access_token=wrong"])
async def test_without_a_good_token_there_is_no_stream(address: str, query):
    with pytest.raises(InvalidStatus) as refused:
        async with connect(f"ws://{address}/api/v1/streaming{query}", proxy=None):
            pass
    assert refused.value.response.status_code == 401


async def test_a_revoked_token_ends_its_stream(stage: Stage, address: str, settings, alice):
    async with stage.gateway.transaction() as tx:
        token, secret = await issue(tx, app_id=None, account_id=alice.id, scopes=["read"])
    url = f"ws://{address}/api/v1/streaming?stream=user&access_token={secret}"
    async with connect(url, proxy=None) as socket, open_bus(settings) as bus:
        await eventually(lambda: _is_up(bus))
        await eventually(lambda: _is_ended(socket, bus, TokenRevoked(token_id=token.id, account_id=alice.id)))
        assert socket.close_code == streaming.CLOSE_CODES[Farewell.REVOKED]


async def _is_ended(socket: ClientConnection, bus: Any, word: TokenRevoked) -> bool:
    """Say it again until it is heard: whether timeline's own queue stands already is not to be seen from here."""
    await bus.emit(word)
    with contextlib.suppress(TimeoutError, ConnectionClosed):
        await asyncio.wait_for(socket.wait_closed(), 0.3)
    return socket.close_code is not None


async def _is_up(bus: Any) -> bool:
    return bus.is_up


async def test_a_revocation_that_nobody_heard_of_ends_the_stream_too(stage: Stage, listen, superuser, alice):
    async with listen(alice, "user") as stream:
        await superuser.execute("UPDATE social.tokens SET revoked_at = now()")
        await stage.res.hub._check_tokens()
        with pytest.raises(ConnectionClosed):
            await stream.next()


async def test_a_slow_client_is_cut_off_and_holds_up_nobody():
    slow = Client(AccountId(1), TokenId(1), backlog=3, wants=lambda _, __: True)
    for number in range(10):
        slow.offer("x", Signal(UPDATE, number))
    assert slow.queue.get_nowait() is Farewell.SLOW
    assert slow.queue.empty()


async def test_nobody_falls_behind_for_what_they_do_not_hear():
    birds = stream_from("hashtag", "birds")
    client = Client(AccountId(1), TokenId(1), backlog=3, wants=lambda _, signal: birds.carries(signal))
    for number in range(10):
        client.offer("x", Signal(UPDATE, number))
    client.offer("x", Signal(UPDATE, 11, tags=("birds",)))
    assert client.queue.get_nowait() == ("x", Signal(UPDATE, 11, tags=("birds",)))
    assert client.queue.empty()


async def test_a_post_is_heard_once_for_each_of_its_hashtags_and_its_deletion_by_all(stage: Stage, listen, alice, bob):
    async with listen(alice, "hashtag", tag="birds") as stream:
        for tag in ("fish", "swifts"):
            await stream.say(type="subscribe", stream="hashtag", tag=tag)
        await stream.say(type="subscribe", stream="public")
        await stream.say(type="subscribe", stream="nonsense")  # answered when the others are done
        await stream.next()
        post = await stage.post(bob, tags=("birds", "swifts"))
        heard = [tuple((await stream.next())["stream"]) for _ in range(3)]
        await stage.delete(bob, post)
        ended = {tuple((await stream.next())["stream"]) for _ in range(4)}
    birds, fish, swifts, public = ("hashtag", "birds"), ("hashtag", "fish"), ("hashtag", "swifts"), ("public",)
    assert sorted(heard) == sorted([birds, swifts, public])
    assert ended == {birds, fish, swifts, public}


async def test_one_account_has_no_more_than_so_many_connections(stage: Stage, monkeypatch, address, listen, alice, bob):
    monkeypatch.setattr(hub, "MOST_OF_ONE", 2)
    url = f"ws://{address}/api/v1/streaming?access_token={await stage.token(alice)}"
    async with listen(alice, "user"), listen(alice, "public"):
        with pytest.raises(InvalidStatus) as refused:
            await connect(url, proxy=None)
        async with httpx.AsyncClient(trust_env=False, headers=bearing(await stage.token(alice))) as client:
            answer = await client.get(f"http://{address}/api/v1/streaming/user")
        async with listen(bob, "user"):
            pass
    assert (refused.value.response.status_code, answer.status_code) == (429, 429)


async def test_one_connection_carries_no_more_than_so_many_streams(listen, alice):
    async with listen(alice, "user") as stream:
        for number in range(MOST_STREAMS):
            await stream.say(type="subscribe", stream="hashtag", tag=f"bird{number}")
        assert await stream.next() == {"error": "Too many streams on one connection", "status": 422}
        await stream.say(type="subscribe", stream="hashtag", tag="bird0")
        await stream.say(type="unsubscribe", stream="hashtag", tag="bird0")
        await stream.say(type="subscribe", stream="hashtag", tag="another")
        await stream.say(type="subscribe", stream="hashtag", tag="one too many")
        assert (await stream.next())["status"] == 422


async def test_streams_come_back_when_redis_does(stage: Stage, listen, alice):
    async with listen(alice, "user") as stream:
        await stage.res.redis.client_kill_filter(_type="pubsub")
        await eventually(lambda: _listening(stage), is_=1)
        post = await stage.post(alice)
        assert (await stream.next())["payload"]["id"] == str(post.id)


class Events:
    """The client's end of server-sent events."""

    def __init__(self, response: httpx.Response) -> None:
        self._lines = response.aiter_lines()

    async def line(self) -> str:
        return await asyncio.wait_for(anext(self._lines), PATIENCE)


@pytest.fixture
def events(stage: Stage, address: str) -> Callable[..., Any]:
    @asynccontextmanager
    async def opened(reader: Account, path: str) -> AsyncIterator[Events]:
        headers = bearing(await stage.token(reader))
        before = await _listening(stage)
        async with (
            httpx.AsyncClient(base_url=f"http://{address}", headers=headers, trust_env=False) as client,
            client.stream("GET", f"/api/v1/streaming/{path}") as response,
        ):
            assert response.headers["content-type"].startswith("text/event-stream")
            await eventually(lambda: _listening(stage), is_=before + 1)
            yield Events(response)

    return opened


@pytest.mark.parametrize("path", ["user", "public", "public/local", "?stream=public"])
async def test_server_sent_events_tell_the_same(stage: Stage, events, alice, path):
    async with events(alice, path) as stream:
        assert await stream.line() == ":)"
        post = await stage.post(alice)
        assert await stream.line() == "event: update"
        assert json.loads((await stream.line()).removeprefix("data: "))["id"] == str(post.id)
        assert await stream.line() == ""
        await stage.delete(alice, post)
        assert [await stream.line(), await stream.line()] == ["event: delete", f"data: {post.id}"]


@pytest.mark.parametrize(
    "path", ["public?only_media=true", "hashtag?tag=birds", "hashtag/local?tag=birds", "direct", "public/remote"]
)
async def test_each_kind_of_events_greets_its_listeners(events, alice, path):
    async with events(alice, path) as stream:
        assert await stream.line() == ":)"


async def test_a_list_is_heard_as_events_and_over_a_websocket(stage: Stage, events, listen, alice, bob):
    await stage.follow(alice, bob)
    friends = await stage.a_list(alice, bob)
    async with (
        events(alice, f"list?list={friends.id}") as stream,
        listen(alice, "list", list=str(friends.id)) as socket,
    ):
        await stage.post(bob)
        assert [await stream.line(), await stream.line()] == [":)", "event: update"]
        assert (await socket.next())["stream"] == ["list", str(friends.id)]


@pytest.mark.parametrize("stream", ["public:media", "public:local:media", "public:remote:media"])
async def test_posts_with_pictures_have_streams_of_their_own(stage: Stage, listen, alice, eve, stream):
    author = eve if "remote" in stream else alice
    async with listen(alice, stream) as listener:
        await stage.post(author)
        post = await stage.post(author, media_ids=(await stage.picture(author),))
        message = await listener.next()
        assert (message["stream"], message["payload"]["id"]) == ([stream], str(post.id))


async def test_a_hashtag_is_heard_of_our_own_people_alone(stage: Stage, listen, alice, eve):
    async with listen(alice, "hashtag:local", tag="birds") as listener:
        await stage.post(eve, tags=("birds",))
        post = await stage.post(alice, tags=("birds",))
        message = await listener.next()
        assert (message["stream"], message["payload"]["id"]) == (["hashtag:local", "birds"], str(post.id))


async def test_notifications_come_as_server_sent_events(stage: Stage, events, alice, bob):
    async with events(alice, "user/notification") as stream:
        await stage.post(alice)
        await stage.post(bob, mentions=(alice.id,))
        assert [await stream.line(), await stream.line()] == [":)", "event: notification"]


async def test_a_silent_line_is_kept_open(monkeypatch, events, alice):
    monkeypatch.setattr(streaming, "HEARTBEAT_SECONDS", 1)
    async with events(alice, "public/remote") as stream:
        assert [await stream.line(), await stream.line()] == [":)", ":thump"]


async def test_clients_that_leave_are_forgotten(stage: Stage, events, listen, alice):
    async with events(alice, "user"), listen(alice, "public"):
        assert len(stage.res.hub._clients) == 2

    async def anybody() -> bool:
        return not stage.res.hub._clients and not stage.res.hub._listeners

    await eventually(anybody)


async def test_the_streaming_server_is_well(stage: Stage, address: str):
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.get(f"http://{address}/api/v1/streaming/health")
        refused = await client.get(f"http://{address}/api/v1/streaming/user")
    assert (answer.text, refused.status_code) == ("OK", 401)


@pytest.mark.parametrize(
    ("name", "signal", "carried"),
    [
        ("user", Signal(UPDATE, 1), True),
        ("user:notification", Signal(UPDATE, 1), False),
        ("user:notification", Signal(NOTIFICATION, 1), True),
        ("user:notification", Signal("notifications_merged"), True),
        ("user", Signal("notifications_merged"), True),
        ("user", Signal("conversation", 1), False),
        ("user", Signal("filters_changed"), True),
        ("direct", Signal("conversation", 1), True),
        ("direct", Signal(UPDATE, 1), False),
        ("direct", Signal(DELETE, 1), False),
        ("list", Signal(UPDATE, 1), True),
        ("public", Signal(UPDATE, 1), True),
        ("public", Signal(UPDATE, 1, is_reply=True), False),
        ("public:media", Signal(UPDATE, 1), False),
        ("public:local:media", Signal(UPDATE, 1, has_media=True), False),
        ("public:local:media", Signal(UPDATE, 1, has_media=True, is_local=True), True),
        ("public:remote", Signal(UPDATE, 1, is_local=True), False),
        ("public:remote", Signal("delete", 1), True),
        ("hashtag", Signal(UPDATE, 1, is_reply=True, tags=("birds",)), True),
        ("hashtag", Signal(UPDATE, 1, tags=("fish",)), False),
        ("hashtag:local", Signal(UPDATE, 1, tags=("birds",)), False),
    ],
)
def test_a_stream_carries_what_its_name_says(name: str, signal: Signal, carried: bool):
    assert stream_from(name, "birds", "7").carries(signal) is carried


def test_a_hashtag_is_named_in_lower_case():
    assert stream_from("hashtag", "#Birds") == Stream("hashtag", "birds")

"""Fetches shared and remembered, and deliveries, against real servers."""

import asyncio

import msgspec
import pytest
from aiohttp import web
from opentelemetry.sdk.trace import TracerProvider

from apcore import keys
from apcore.fetch import Fetcher, FetchFailed, FetchRefused
from apcore.fetch.budget import Budget
from apcore.fetch.standing import Standing
from apcore.signatures import cavage


def a_note(peer, path="/note"):
    return {"id": peer.url(path), "type": "Note", "content": "x"}


async def failed(awaitable):
    with pytest.raises(FetchFailed) as caught:
        await awaitable
    return caught.value.reason


async def test_many_who_ask_at_once_are_one_fetch(fetcher, peer):
    async def slow(_):
        await asyncio.sleep(0.1)
        return web.json_response(a_note(peer), content_type="application/activity+json")

    peer.routes["/note"] = slow
    asking = [fetcher.get_document(peer.url("/note")) for _ in range(20)]
    assert len({found.url for found in await asyncio.gather(*asking)}) == 1
    assert len(peer.asked) == 1


async def test_one_who_gives_up_does_not_stop_the_others(fetcher, peer):
    async def slow(_):
        await asyncio.sleep(0.3)
        return web.json_response(a_note(peer), content_type="application/activity+json")

    peer.routes["/note"] = slow
    patient = asyncio.create_task(fetcher.get_document(peer.url("/note")))
    await asyncio.sleep(0)
    assert await failed(fetcher.get_document(peer.url("/note"), seconds=0.05)) == "timeout"
    assert await patient


async def test_a_refusal_is_remembered_for_a_while(settings, peer):
    async with Fetcher(msgspec.structs.replace(settings, refused_seconds=60)) as fetcher:
        for _ in range(3):
            with pytest.raises(FetchRefused) as caught:
                await fetcher.get_document(peer.url("/none"))
            assert caught.value.status == 404
    assert len(peer.asked) == 1


async def test_only_so_many_connections_go_to_one_host(settings, peer):
    together = most = 0

    async def count(_):
        nonlocal together, most
        together += 1
        most = max(most, together)
        await asyncio.sleep(0.05)
        together -= 1
        return web.Response(body=b"{}")

    for number in range(12):
        peer.routes[f"/{number}"] = count
    async with Fetcher(msgspec.structs.replace(settings, per_host=3)) as fetcher:
        await asyncio.gather(*(fetcher.get_json(peer.url(f"/{number}")) for number in range(12)))
    assert most == 3


async def test_a_connection_stays_open_with_few_and_ends_on_our_side_with_others(settings, peer):
    sockets = {}

    async def take(request):
        sockets.setdefault(request.host.partition(".")[0], []).append(request.transport)
        return web.Response(status=202)

    peer.routes["/inbox"] = take
    async with Fetcher(msgspec.structs.replace(settings, standing_peers=1)) as fetcher:
        for host in ("peer.localhost", "good.localhost") * 3:
            assert (await fetcher.post(peer.url("/inbox", host), b"{}", {})).status == 202
        assert len(set(sockets["good"])) == 3
        assert len(set(sockets["peer"])) == 1
        assert not sockets["peer"][0].is_closing()


def test_who_was_not_asked_for_a_minute_makes_room_for_others():
    now = 0.0
    standing = Standing(2, lambda: now)
    assert [standing.keeps(peer) for peer in ("a", "b", "c", "a")] == [True, True, False, True]
    now = 59
    assert standing.keeps("b")
    now = 61
    assert [standing.keeps(peer) for peer in ("c", "a")] == [True, False]


async def test_a_delivery_reports_whatever_the_peer_answers(fetcher, peer):
    peer.serves("/inbox", {"error": "x" * 5000}, status=422)
    response = await fetcher.post(peer.url("/inbox"), b"{}", {"Content-Type": "application/activity+json"})
    assert response.status == 422
    assert response.headers["content-type"].startswith("application/activity+json")
    assert len(response.excerpt) == 2048


async def test_a_delivery_follows_no_redirect(fetcher, peer):
    peer.redirects("/inbox", peer.url("/other"), status=307)
    assert (await fetcher.post(peer.url("/inbox"), b"{}", {})).status == 307
    assert len(peer.asked) == 1


async def test_a_signed_delivery_verifies_where_it_arrives(fetcher, peer):
    pair = keys.generate()
    bodies = []

    async def receive(request):
        bodies.append(await request.read())
        return web.Response(status=202)

    peer.routes["/inbox"] = receive
    url = peer.url("/inbox?page=%2Fa b".replace(" ", "+"))
    headers = cavage.sign(
        keys.load_private(pair.private_pem),
        "https://here.test/u/1#main-key",
        method="POST",
        url=url,
        now=cavage.datetime.now(cavage.UTC),
        body=b"{}",
        content_type="application/activity+json",
    )
    assert (await fetcher.post(url, b"{}", headers)).status == 202
    request = peer.asked[0]
    received = cavage.request_of("POST", request.path_qs, request.headers.items(), bodies[0])
    signature = cavage.read(received, cavage.datetime.now(cavage.UTC))
    assert cavage.verify(received, signature, keys.load_public(pair.public_pem))


async def test_a_peer_that_is_away_failed_for_now(fetcher, peer, free_port):
    assert await failed(fetcher.post(f"https://peer.localhost:{free_port}/", b"", {})) == "connect"


async def test_a_certificate_that_nobody_vouches_for_is_not_believed(settings, peer):
    async with Fetcher(msgspec.structs.replace(settings, ca_file=None)) as fetcher:
        assert await failed(fetcher.get_json(peer.url("/"))) == "tls"


async def test_the_trace_travels_along(fetcher, peer):
    peer.serves("/a", {})
    peer.serves("/b", {})
    await fetcher.get_json(peer.url("/a"))
    with TracerProvider().get_tracer("test").start_as_current_span("span") as span:
        await fetcher.get_json(peer.url("/b"))
    assert "traceparent" not in peer.asked[0].headers
    assert f"{span.get_span_context().trace_id:032x}" in peer.asked[1].headers["traceparent"]


async def test_what_has_not_changed_is_not_sent_again(fetcher, peer):
    document = {"id": peer.url("/users/alice"), "type": "Person", "name": "Alice"}

    async def answer(request):
        if request.headers.get("If-None-Match") == '"1"':
            return web.Response(status=304)
        return web.json_response(
            document, headers={"Content-Type": "application/activity+json", "ETag": '"1"'}, content_type=None
        )

    peer.routes["/users/alice"] = answer
    found = [await fetcher.get_document(peer.url("/users/alice")) for _ in range(3)]
    assert [one.document for one in found] == [document] * 3
    assert [request.headers.get("If-None-Match") for request in peer.asked] == [None, '"1"', '"1"']
    peer.serves(
        "/users/alice", document | {"name": "Alicia"}, headers={"Last-Modified": "Mon, 01 Jun 2026 12:00:00 GMT"}
    )
    assert (await fetcher.get_document(peer.url("/users/alice"))).document["name"] == "Alicia"
    await fetcher.get_document(peer.url("/users/alice"))
    assert peer.asked[-1].headers["If-Modified-Since"] == "Mon, 01 Jun 2026 12:00:00 GMT"
    assert "If-None-Match" not in peer.asked[-1].headers


async def test_a_host_that_says_unchanged_of_what_was_never_sent_is_refused(fetcher, peer):
    peer.serves("/users/alice", {}, status=304)
    with pytest.raises(FetchRefused):
        await fetcher.get_document(peer.url("/users/alice"))


async def test_a_host_is_not_asked_without_end(settings, peer):
    peer.serves("/users/alice", {"id": peer.url("/users/alice"), "type": "Person"})
    async with Fetcher(msgspec.structs.replace(settings, per_host_per_minute=3)) as fetcher:
        for _ in range(3):
            await fetcher.get_document(peer.url("/users/alice"))
        with pytest.raises(FetchFailed, match="budget"):
            await fetcher.get_document(peer.url("/users/alice"))
        await fetcher.post(peer.url("/inbox"), b"{}", {})
    assert len(peer.asked) == 4


def test_a_budget_fills_again_with_time_and_is_each_hosts_own():
    now = [0.0]
    budget = Budget(60, 10, lambda: now[0])
    for _ in range(60):
        budget.spend("far.test")
    with pytest.raises(FetchFailed):
        budget.spend("far.test")
    budget.spend("near.test")
    now[0] = 1.0
    budget.spend("far.test")
    with pytest.raises(FetchFailed):
        budget.spend("far.test")

"""The guarded client against real servers: what comes back, and what is refused."""

import asyncio
import gzip
import zlib
from datetime import timedelta

import msgspec
import pytest
from aiohttp import web

from apcore import keys
from apcore.fetch import FetchFailed, FetchRefused, Signer
from apcore.signatures import cavage

LD = 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"'


def a_note(peer, path="/note"):
    return {"id": peer.url(path), "type": "Note", "content": "x"}


async def refused(awaitable):
    with pytest.raises(FetchRefused) as caught:
        await awaitable
    return caught.value.reason


async def failed(awaitable):
    with pytest.raises(FetchFailed) as caught:
        await awaitable
    return caught.value.reason


async def test_a_document_comes_back_in_normal_form(fetcher, peer):
    peer.serves("/note", {"@id": peer.url("/note"), "as:type": "Note"})
    found = await fetcher.get_document(peer.url("/note#part"))
    assert found.document == {"id": peer.url("/note"), "type": "Note"}


async def test_no_cookie_and_no_stray_header_is_sent(fetcher, peer):
    peer.serves("/note", a_note(peer), headers={"Set-Cookie": "a=b"})
    await fetcher.get_document(peer.url("/note"))
    await fetcher.get_document(peer.url("/note"))
    assert "Cookie" not in peer.asked[1].headers
    assert peer.asked[1].headers["User-Agent"] == "Murmuration/test"


@pytest.mark.parametrize(
    ("content_type", "accepted"),
    [
        ("application/activity+json", True),
        ("application/activity+json; charset=utf-8", True),
        (LD, True),
        ("application/ld+json", False),
        ('application/ld+json; x="profile=https://www.w3.org/ns/activitystreams"', False),
        ('application/ld+json; profile="https://evil.test/https://www.w3.org/ns/activitystreams"', False),
        ("application/json", False),
        ("text/plain", False),
        ("image/png", False),
        ("", False),
    ],
)
async def test_only_activity_types_are_documents(fetcher, peer, content_type, accepted):
    peer.serves("/note", a_note(peer), content_type=content_type)
    if accepted:
        assert await fetcher.get_document(peer.url("/note"))
    else:
        assert await refused(fetcher.get_document(peer.url("/note"))) == "content type"


async def test_a_document_that_names_another_id_is_fetched_from_there(fetcher, peer):
    peer.serves("/@alice", a_note(peer, "/u/1"))
    peer.serves("/u/1", a_note(peer, "/u/1"))
    found = await fetcher.get_document(peer.url("/@alice"))
    assert found.url == peer.url("/u/1")


async def test_a_document_that_never_agrees_on_its_id_is_refused(fetcher, peer):
    peer.serves("/a", a_note(peer, "/b"))
    peer.serves("/b", a_note(peer, "/c"))
    assert await refused(fetcher.get_document(peer.url("/a"))) == "id mismatch"


async def test_a_host_cannot_speak_for_another(fetcher, peer):
    peer.serves("/x", {"id": peer.url("/u/alice", "good.localhost"), "type": "Person", "name": "evil"})
    peer.serves("/u/alice", {"id": peer.url("/u/alice", "good.localhost"), "type": "Person"})
    found = await fetcher.get_document(peer.url("/x", "evil.localhost"))
    assert "name" not in found.document
    assert [request.host for request in peer.asked] == [
        f"evil.localhost:{peer.port}",
        f"good.localhost:{peer.port}",
    ]


async def test_an_open_redirect_does_not_lend_its_host(fetcher, peer):
    peer.redirects("/a", peer.url("/open", "good.localhost"))
    peer.redirects("/open", peer.url("/b", "evil.localhost"))
    peer.serves("/b", {"id": peer.url("/open", "good.localhost"), "type": "Note"})
    assert await refused(fetcher.get_document(peer.url("/a", "evil.localhost"))) == "redirect"


async def test_exactly_what_was_asked_for_or_nothing(fetcher, peer):
    peer.redirects("/u/alice", peer.url("/u/mallory", "evil.localhost"))
    peer.serves("/u/mallory", {"id": peer.url("/u/mallory", "evil.localhost"), "type": "Person"})
    asked = peer.url("/u/alice", "good.localhost")
    assert await refused(fetcher.get_document(asked, exact=True)) == "id mismatch"


async def test_a_page_without_id_is_accepted_only_where_that_was_said(fetcher, peer):
    peer.serves("/page", {"type": "CollectionPage"})
    assert await fetcher.get_document(peer.url("/page"), any_id=True)
    assert await refused(fetcher.get_document(peer.url("/page"))) == "no id"


async def test_three_redirects_are_followed_and_no_fourth(fetcher, peer):
    for step in range(4):
        peer.redirects(f"/{step}", f"/{step + 1}")
    peer.serves("/4", a_note(peer, "/4"))
    assert (await fetcher.get_document(peer.url("/1"))).url == peer.url("/4")
    assert await refused(fetcher.get_document(peer.url("/0"))) == "too many redirects"


@pytest.mark.parametrize("location", ["http://peer.localhost/", "file:///etc/passwd", "https://10.0.0.1/"])
async def test_a_redirect_leads_nowhere_that_may_not_be_fetched(fetcher, peer, location):
    peer.redirects("/a", location)
    assert await refused(fetcher.get_document(peer.url("/a"))) in ("redirect", "address")


async def test_each_hop_is_signed_for_its_own_host(fetcher, peer):
    pair = keys.generate()
    signer = Signer(key_id="https://here.test/actor#main-key", key=keys.load_private(pair.private_pem))
    peer.redirects("/a", peer.url("/b", "other.localhost"))
    peer.serves("/b", {"id": peer.url("/b", "other.localhost")})
    await fetcher.get_document(peer.url("/a"), sign_with=signer)
    for request in peer.asked:
        received = cavage.request_of("GET", request.path_qs, request.headers.items())
        signature = cavage.read(received, cavage.datetime.now(cavage.UTC))
        assert cavage.verify(received, signature, keys.load_public(pair.public_pem))
    assert peer.asked[0].headers["Signature"] != peer.asked[1].headers["Signature"]


async def test_a_huge_body_is_stopped_at_the_cap(fetcher, peer):
    sent = 0

    async def endless(request):
        nonlocal sent
        response = web.StreamResponse(headers={"Content-Type": "application/activity+json"})
        await response.prepare(request)
        while sent < 500_000_000 and request.transport is not None and not request.transport.is_closing():
            await response.write(b" " * 65_536)
            sent += 65_536
            await asyncio.sleep(0)
        return response

    peer.routes["/huge"] = endless
    assert await refused(fetcher.get_document(peer.url("/huge"))) == "too large"
    assert sent < 20_000_000


@pytest.mark.parametrize(("encoding", "packed"), [("gzip", gzip.compress), ("deflate", zlib.compress)])
async def test_a_bomb_does_not_burst(fetcher, peer, encoding, packed):
    async def bomb(_):
        body = packed(b" " * 50_000_000)
        headers = {"Content-Type": "application/activity+json", "Content-Encoding": encoding}
        return web.Response(body=body, headers=headers)

    peer.routes["/bomb"] = bomb
    assert await refused(fetcher.get_document(peer.url("/bomb"))) == "too large"


async def test_a_compressed_document_is_read(fetcher, peer):
    async def packed(_):
        body = gzip.compress(msgspec.json.encode(a_note(peer)))
        headers = {"Content-Type": "application/activity+json", "Content-Encoding": "gzip"}
        return web.Response(body=body, headers=headers)

    peer.routes["/note"] = packed
    assert (await fetcher.get_document(peer.url("/note"))).document == a_note(peer)


async def test_a_slow_drip_ends_at_the_deadline(fetcher, peer):
    async def drip(request):
        response = web.StreamResponse(headers={"Content-Type": "application/activity+json"})
        await response.prepare(request)
        for _ in range(100):
            await response.write(b" ")
            await asyncio.sleep(0.1)
        return response

    peer.routes["/drip"] = drip
    started = asyncio.get_running_loop().time()
    assert await failed(fetcher.get_document(peer.url("/drip"))) == "timeout"
    assert asyncio.get_running_loop().time() - started < 3


async def test_one_who_asks_may_wait_less(fetcher, peer):
    async def late(_):
        await asyncio.sleep(1)
        return web.Response(status=404)

    peer.routes["/late"] = late
    assert await failed(fetcher.get_document(peer.url("/late"), seconds=0.1)) == "timeout"


@pytest.mark.parametrize(
    ("status", "kind"),
    [(404, FetchRefused), (410, FetchRefused), (403, FetchRefused), (204, FetchRefused),
     (401, FetchFailed), (408, FetchFailed), (429, FetchFailed), (500, FetchFailed), (503, FetchFailed)],
)  # fmt: skip
async def test_the_peers_refusal_keeps_its_status(fetcher, peer, status, kind):
    peer.serves("/gone", {}, status=status, headers={"Retry-After": "7"})
    with pytest.raises(kind) as caught:
        await fetcher.get_document(peer.url("/gone"))
    assert caught.value.status == status
    if kind is FetchFailed:
        assert caught.value.retry_after == timedelta(seconds=7)


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"a": NaN}', b"\xff", b"[" * 100_000])
async def test_what_is_no_document_is_refused(fetcher, peer, body):
    async def answer(_):
        return web.Response(body=body, content_type="application/activity+json")

    peer.routes["/bad"] = answer
    assert await refused(fetcher.get_document(peer.url("/bad"))) == "malformed"

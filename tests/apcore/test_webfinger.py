"""From handles to actors, over real servers."""

import pytest
from aiohttp import web

from apcore import hostmeta, webfinger
from apcore.fetch import FetchFailed, FetchRefused
from apcore.handles import Handle

PATH = "/.well-known/webfinger"


def handle_at(peer, name="alice", host="peer.localhost"):
    return Handle(name, f"{host}:{peer.port}")


def a_jrd(handle, actor):
    return webfinger.write(webfinger.Profile(handle=handle, actor=actor, page=actor))


def serves(peer, jrds):
    """Each subject asked for has its answer; any other is not found."""

    async def answer(request):
        jrd = jrds.get(request.query["resource"])
        return web.json_response(jrd) if jrd is not None else web.Response(status=404)

    peer.routes[PATH] = answer


async def test_a_handle_leads_to_its_actor(fetcher, peer):
    handle = handle_at(peer)
    serves(peer, {handle.acct: a_jrd(handle, peer.url("/u/1"))})
    assert await webfinger.lookup(fetcher, handle) == webfinger.Found(handle=handle, actor=peer.url("/u/1"))


async def test_the_host_may_spell_the_name_its_own_way(fetcher, peer):
    proper = handle_at(peer, "Alice")
    serves(peer, {handle_at(peer).acct: a_jrd(proper, peer.url("/u/1"))})
    assert (await webfinger.lookup(fetcher, handle_at(peer))).handle == proper


async def test_one_other_host_is_asked(fetcher, peer):
    asked, real = handle_at(peer, host="other.localhost"), handle_at(peer)
    jrd = a_jrd(real, peer.url("/u/1"))
    serves(peer, {asked.acct: jrd, real.acct: jrd})
    assert (await webfinger.lookup(fetcher, asked)).handle == real
    assert [request.host.split(":")[0] for request in peer.asked] == ["other.localhost", "peer.localhost"]


async def test_and_no_third(fetcher, peer):
    first, second, third = (handle_at(peer, host=f"{name}.localhost") for name in ("peer", "other", "good"))
    serves(peer, {first.acct: a_jrd(second, "x"), second.acct: a_jrd(third, "x")})
    with pytest.raises(FetchRefused, match="loop"):
        await webfinger.lookup(fetcher, first)


async def test_host_meta_says_where_to_ask(fetcher, peer):
    handle = handle_at(peer)

    async def host_meta(_):
        xrd = hostmeta.xrd(peer.url("")).replace(PATH, "/finger")
        return web.Response(text=xrd, content_type=hostmeta.XRD_TYPE)

    async def finger(request):
        assert request.query["resource"] == handle.acct
        return web.json_response(a_jrd(handle, peer.url("/u/1")))

    peer.routes |= {"/.well-known/host-meta": host_meta, "/finger": finger}
    assert (await webfinger.lookup(fetcher, handle)).actor == peer.url("/u/1")


async def test_the_actor_has_to_be_the_one_that_the_handle_names(fetcher, peer):
    handle = handle_at(peer)
    serves(peer, {handle.acct: a_jrd(handle, peer.url("/u/1"))})
    assert await webfinger.confirm(fetcher, peer.url("/u/1"), handle) == handle
    with pytest.raises(FetchRefused, match="mismatch"):
        await webfinger.confirm(fetcher, peer.url("/u/2"), handle)


@pytest.mark.parametrize(
    "links",
    [
        None,
        7,
        [],
        [{"rel": "self"}],
        [{"rel": "self", "type": "text/html", "href": "https://a.test/"}],
        [{"rel": "self", "type": "application/activity+json", "href": "javascript:x"}],
        [{"rel": ["self"], "type": 7, "href": {}}],
    ],
)
async def test_an_answer_without_an_actor_is_refused(fetcher, peer, links):
    handle = handle_at(peer)
    serves(peer, {handle.acct: {"subject": handle.acct, "links": links}})
    with pytest.raises(FetchRefused, match="self"):
        await webfinger.lookup(fetcher, handle)


async def test_a_handle_that_nobody_has_is_refused(fetcher, peer):
    serves(peer, {})
    with pytest.raises(FetchRefused) as caught:
        await webfinger.lookup(fetcher, handle_at(peer))
    assert caught.value.status == 404


async def test_a_host_in_trouble_failed_for_now(fetcher, peer):
    peer.serves(PATH, {}, status=503)
    with pytest.raises(FetchFailed):
        await webfinger.lookup(fetcher, handle_at(peer))


def test_a_jrd_has_all_its_links():
    jrd = webfinger.write(
        webfinger.Profile(
            handle=Handle("alice", "a.test"),
            actor="https://a.test/ap/users/1",
            page="https://a.test/@alice",
            avatar="https://a.test/a.png",
            avatar_type="image/png",
            subscribe="https://a.test/authorize_interaction?uri={uri}",
            create="https://a.test/share?text={content}",
            view="https://a.test/authorize_interaction?uri={object}",
        )
    )
    assert jrd["subject"] == "acct:alice@a.test"
    assert jrd["aliases"] == ["https://a.test/@alice", "https://a.test/ap/users/1"]
    assert [link["rel"] for link in jrd["links"]] == [
        "http://webfinger.net/rel/profile-page",
        "self",
        "http://ostatus.org/schema/1.0/subscribe",
        "https://w3id.org/fep/3b86/Create",
        "https://w3id.org/fep/3b86/Object",
        "http://webfinger.net/rel/avatar",
    ]

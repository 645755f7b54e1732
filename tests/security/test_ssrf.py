"""Class SSRF: nobody makes this server talk to itself or to its neighbours behind the wall."""

import itertools
from collections.abc import Sequence
from ipaddress import ip_network

import msgspec
import pytest
from aiohttp import web
from doorstep import Doorstep
from neighbours import KEYS, Handler, Neighbours
from outward import Canary, Names, Outward, Way, refused
from people import ADDRESSES

from apcore import addresses, handles, nodeinfo
from apcore.fetch import Fetcher, FetchRefused, FetchSettings
from chassis.db import Database
from inbox.resources import fetch_settings
from social.accounts.actions import ensure_instance_actor

PRODUCTION = FetchSettings(user_agent="Murmuration/test", refused_seconds=0, failed_seconds=0)
# The rest of IANA's registries of special-purpose addresses, and what was withdrawn from them.
SPECIAL = [
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
    "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24",
    "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "255.255.255.255/32",
    "::/96", "::ffff:0.0.0.0/104", "::ffff:10.0.0.0/104", "::ffff:127.0.0.0/104", "::ffff:169.254.0.0/112",
    "::ffff:0:127.0.0.0/104", "64:ff9b::7f00:0/104", "64:ff9b::a00:0/104", "64:ff9b:1::/48", "100::/64",
    "100:0:0:1::/64", "2001::/32", "2001:1::/32", "2001:2::/48", "2001:3::/32", "2001:4:112::/48", "2001:10::/28",
    "2001:20::/28", "2001:30::/28", "2001:db8::/32", "2002:7f00::/24", "2002:a00::/24", "2002:c0a8::/32",
    "2620:4f:8000::/48", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
]  # fmt: skip
PUBLIC = [
    "1.1.1.1", "8.8.8.8", "9.9.9.9", "93.184.215.14", "100.63.255.255", "100.128.0.1", "11.0.0.1", "172.15.255.255",
    "172.32.0.1", "192.167.1.1", "198.17.255.255", "198.20.0.1", "223.255.255.1", "2606:4700:4700::1111",
    "2001:4860:4860::8888", "2a00:1450:4001:81b::200e", "2620:fe::fe", "64:ff9b::808:808", "2002:808:808::1",
    "::ffff:8.8.8.8",
]  # fmt: skip


async def nothing_is_contacted(outward: Outward, canary: Canary, host: str, ways: Sequence[Way]) -> None:
    """Every way is refused for its address, and nobody is told which it was."""
    before = refused()
    told = "\n".join([await way(host) for way in ways])
    assert not await canary.was_reached(), host
    assert refused() - before == len(ways), host
    assert not any(word in told for word in ("127.0.0", "::", "10.0.0", "evil.test", "routable")), told


async def no_name_or_number_leads_to(outward: Outward, names: Names, canary: Canary, first: str, *further: str) -> None:
    """The first as a name and as a number, whatever way; the further ones by name, some ways."""
    names.lead("evil.test", [first])
    await nothing_is_contacted(outward, canary, f"evil.test:{canary.port}", outward.ways)
    literal = f"[{first}]" if ":" in first else first
    # A number is no handle, so that nobody even asks.
    numbered = [way for way in outward.ways if way != outward.handle]
    await nothing_is_contacted(outward, canary, f"{literal}:{canary.port}", numbered)
    for address in further:
        names.lead("evil.test", [address])
        await nothing_is_contacted(outward, canary, f"evil.test:{canary.port}", outward.some_ways)


async def why_refused(fetcher: Fetcher, url: str) -> str:
    with pytest.raises(FetchRefused) as caught:
        await fetcher.get_bytes(url, limit=1000)
    return caught.value.reason


async def test_ssrf_01_an_ipv4_address_in_an_ipv6_one_is_seen_for_what_it_is(
    outward: Outward, names: Names, canary: Canary
) -> None:
    await no_name_or_number_leads_to(
        outward, names, canary, "::ffff:127.0.0.3", "::ffff:10.0.0.1", "::ffff:0.0.0.1", "::ffff:7f00:3"
    )


async def test_ssrf_02_what_is_unspecified_or_set_aside_is_contacted_by_nobody(
    outward: Outward, names: Names, canary: Canary
) -> None:
    await no_name_or_number_leads_to(outward, names, canary, "::", "64:ff9b:1::7f00:3", "3fff::1", "::1")


async def test_ssrf_03_an_ipv4_address_behind_zeros_is_seen_for_what_it_is(
    outward: Outward, names: Names, canary: Canary
) -> None:
    await no_name_or_number_leads_to(outward, names, canary, "::127.0.0.3", "::169.254.169.254")


TRICKS = {
    "/%0d%0aHost:%20evil.test/x": "/%0D%0AHost:%20evil.test/x",
    "/a/%2f..%2f..%2fb": "/a/%2F..%2F..%2Fb",
    "/a%09b%00": "/a%09b%00",
    "/a?x=%0d%0aX-Forged:%201": "/a?x=%0D%0AX-Forged:%201",
    "/%e2%80%a8\u2028\u00e9": None,
    "/\u00e9/%C3%A9": "/%C3%A9/%C3%A9",
    "/a\\b": None,
    "/a\tb": None,
    "/a\r\nHost: evil.test": None,
    "/a b": None,
}


async def test_ssrf_05_what_goes_over_the_wire_is_one_well_formed_request(
    door: Doorstep, neighbours: Neighbours
) -> None:
    settings = msgspec.structs.replace(fetch_settings(door.res.settings), refused_seconds=0, failed_seconds=0)
    host = f"far.localhost:{neighbours.port}"
    async with Fetcher(settings) as fetcher:
        for written, sent in TRICKS.items():
            before = len(neighbours.asked)
            with pytest.raises(FetchRefused) as caught:
                await fetcher.get_json(f"https://{host}{written}")
            assert (caught.value.status, neighbours.asked[before:]) == (
                (404, [f"{host}{sent}"]) if sent else (None, [])
            ), written
        for spelling in (f"far.localhost%2f@{host}", f"far%2elocalhost:{neighbours.port}", f"{host}\\@evil.test", "\t"):
            assert await why_refused(fetcher, f"https://{spelling}/") == "url"
    # Dots of other scripts make the same name, or none.
    assert handles.host_in_ascii("far\u3002localhost") == "far.localhost"
    assert str(addresses.parse_url("https://far\uff0elocalhost/")) == "https://far.localhost/"


async def test_ssrf_06_private_addresses_and_the_clouds_own_are_contacted_by_nobody(
    outward: Outward, names: Names, canary: Canary
) -> None:
    await no_name_or_number_leads_to(outward, names, canary, "127.0.0.3", "10.0.0.1", "192.168.0.1", "169.254.169.254")
    names.lead("metadata.google.internal", ["169.254.169.254"])
    await nothing_is_contacted(outward, canary, f"metadata.google.internal:{canary.port}", outward.some_ways)
    async with Fetcher(PRODUCTION) as fetcher:
        for host in ("localhost", "alpha.localhost", "metadata", "postgres", "instance-data"):
            assert await why_refused(fetcher, f"https://{host}:{canary.port}/") == "address"
    assert not await canary.was_reached()


async def test_ssrf_07_and_ssrf_25_a_name_that_changes_what_it_stands_for_is_checked_at_each_connection(
    outward: Outward, names: Names, canary: Canary
) -> None:
    """What is public here is 127.0.0.1; nothing is remembered from one look at the name to the next."""
    rounds = itertools.count()
    for way in outward.ways:
        host = f"evil{next(rounds)}.test"
        names.lead(host, ["127.0.0.1"], ["127.0.0.3"])
        await names.resolve(host)  # Somebody looked at it and found nothing wrong.
        await way(f"{host}:{canary.port}")
        assert names.asked[host] == 2
    assert not await canary.was_reached()
    for mixed in (["127.0.0.1", "127.0.0.3"], ["127.0.0.3", "127.0.0.1"], ["127.0.0.1", "::1"]):
        names.lead("evil.test", mixed)
        await nothing_is_contacted(outward, canary, f"evil.test:{canary.port}", outward.some_ways)


@pytest.mark.parametrize("network", SPECIAL)
async def test_ssrf_09_nothing_set_aside_is_contacted(network: str) -> None:
    block, names = ip_network(network), Names()
    ends = {block[0], block[block.num_addresses // 2], block[-1]}
    async with Fetcher(PRODUCTION, resolver=names) as fetcher:
        for address in map(str, ends):
            names.lead("evil.test", [address])
            literal = f"[{address}]" if ":" in address else address
            assert await why_refused(fetcher, "https://evil.test/") == "address", address
            assert await why_refused(fetcher, f"https://{literal}/") == "address", address


def test_ssrf_09_what_is_public_is_contacted() -> None:
    assert [one for one in PUBLIC if not addresses.may_connect(addresses.parse_address(one) or pytest.fail(one))] == []


async def test_ssrf_11_a_redirect_carries_no_signature_on(
    outward: Outward, names: Names, canary: Canary, neighbours: Neighbours, gateway: Database
) -> None:
    async with gateway.transaction() as tx:
        await ensure_instance_actor(tx, ADDRESSES, KEYS[2])
    far, good = (f"{name}.localhost:{neighbours.port}" for name in ("far", "good"))
    names.lead("evil.test", ["127.0.0.3"])
    for target in (f"https://127.0.0.3:{canary.port}/x", f"https://evil.test:{canary.port}/x"):
        neighbours.redirects(f"https://{far}/to-the-inside", target)
        before = refused()
        assert await outward.door.hears(outward.bob, outward.bob.does("Announce", f"https://{far}/to-the-inside"))
        assert (await canary.was_reached(), refused() - before) == (False, 1)
    neighbours.redirects(f"https://{far}/to-another", f"https://{good}/x")
    neighbours.serves(f"https://{good}/x", {"id": f"https://{good}/x", "type": "Note"})
    seen = neighbours.headers
    await outward.door.hears(outward.bob, outward.bob.does("Announce", f"https://{far}/to-another"))
    first, second = (seen[f"{host}/{path}"] for host, path in ((far, "to-another"), (good, "x")))
    assert first["Signature"] != second["Signature"]
    assert second["Host"] == good
    assert "Authorization" not in second


SPELLINGS = [
    "[::ffff:7f00:3]", "[0:0:0:0:0:ffff:127.0.0.3]", "2130706435", "0x7f000003", "0x7f.3", "0177.0.0.3", "127.3",
    "0x7f.0x0.0x0.0x3", "127.0.0.3.", "\uff11\uff12\uff17.0.0.3", "127\u30020\u30020\u30023",
]  # fmt: skip


async def test_ssrf_13_no_other_spelling_of_a_number_hides_an_address(
    outward: Outward, names: Names, canary: Canary
) -> None:
    async with Fetcher(PRODUCTION) as fetcher:
        for host in SPELLINGS:
            assert await why_refused(fetcher, f"https://{host}:{canary.port}/") in ("address", "url"), host
            with pytest.raises(FetchRefused):
                await fetcher.post(f"https://{host}:{canary.port}/inbox", b"{}", {})
    for host in SPELLINGS[:2]:
        await nothing_is_contacted(outward, canary, f"{host}:{canary.port}", [outward.object, outward.inbox])
    assert not await canary.was_reached()


async def test_ssrf_14_pictures_are_fetched_from_strangers_alone(
    outward: Outward, names: Names, canary: Canary
) -> None:
    names.lead("evil.test", ["127.0.0.3"])
    for host in (f"evil.test:{canary.port}", f"127.0.0.3:{canary.port}", f"[::1]:{canary.port}"):
        for way in (outward.avatar, outward.attachment, outward.emoji):
            before = refused()
            await way(host)
            assert refused() - before == 1
    assert not await canary.was_reached()
    # No address of the client's choosing is proxied.
    for path in ("/media/proxy/https://127.0.0.3/x", f"/media_proxy/1/original?url=https://127.0.0.3:{canary.port}/"):
        assert (await outward.town.media.get(path)).status_code in (404, 422)
    assert not await canary.was_reached()


async def test_ssrf_15_a_link_in_a_post_makes_nobody_look(
    outward: Outward, names: Names, canary: Canary, neighbours: Neighbours
) -> None:
    link = f'<a href="https://127.0.0.3:{canary.port}/x">x</a> <a href="http://localhost:{canary.port}">y</a>'
    note = outward.bob.note(f"<p>{link}</p>", cc=[outward.alice.uri])
    assert await outward.door.hears(outward.bob, outward.bob.creates(note)) == "done"
    inside = outward.bob.note(cc=[outward.alice.uri]) | {"id": f"http://localhost:{canary.port}/notes/1"}
    assert await outward.door.hears(outward.bob, outward.bob.creates(inside)) == "foreign"
    assert not await canary.was_reached()


async def test_ssrf_18_a_push_service_on_this_machine_hears_nothing(
    outward: Outward, names: Names, canary: Canary
) -> None:
    names.lead("evil.test", ["::ffff:127.0.0.3"])
    for host in (f"127.0.0.3:{canary.port}", f"[::1]:{canary.port}", f"evil.test:{canary.port}"):
        assert await outward.push(host) == "refused"
        assert "address" in await outward.inbox(host)
    assert not await canary.was_reached()


ASKED = [
    "a@127.0.0.3:{port}", "a@[::1]:{port}", "a@2130706435", "a@0x7f.3", "a@127.0.0.3", "acct:a@127.0.0.3:{port}",
    "https://127.0.0.3:{port}/@a", "https://[::ffff:127.0.0.3]:{port}/@a", "http://127.0.0.3:{port}/",
]  # fmt: skip


async def test_ssrf_21_what_somebody_types_leads_nowhere_inside(outward: Outward, canary: Canary) -> None:
    person = await outward.somebody()
    for written in (asked.format(port=canary.port) for asked in ASKED):
        for path, query in (
            ("/api/v2/search", {"q": written, "resolve": "true"}),
            ("/api/v1/accounts/search", {"q": written, "resolve": "true"}),
            ("/api/v1/accounts/lookup", {"acct": written}),
        ):
            answer = await person.ask("GET", path, params=query)
            assert answer.status_code in (200, 404), answer.text
            assert canary.port == 0 or "127.0.0.3:" not in answer.text.replace(written, "")
        answer = await person.ask("POST", "/api/v1/statuses", json={"status": f"@{written} hello"})
        assert answer.status_code == 200
    assert not await canary.was_reached()


async def test_ssrf_22_every_address_set_aside_is_out_of_reach_for_everybody(
    outward: Outward, names: Names, canary: Canary
) -> None:
    for network in SPECIAL[::5]:
        # The second of each: 127.0.0.1 is the one that is allowed here, also behind a translator.
        names.lead("evil.test", [str(ip_network(network)[2])])
        await nothing_is_contacted(outward, canary, f"evil.test:{canary.port}", outward.some_ways)


HOSTS = [
    "evil.test/admin?", "localhost:1234/abc", "127.0.0.1#", "[::1]", "evil.test#@ours.test", "evil.test?x=@y",
    "evil.test:80:81", "evil.test:0", "evil.test:99999", "evil.test:8080/", "a@b", "evil..test", "evil.test\\x", "-",
]  # fmt: skip


@pytest.mark.parametrize("host", HOSTS)
async def test_ssrf_23_of_a_handle_only_a_host_and_a_port_are_kept(
    door: Doorstep, neighbours: Neighbours, host: str
) -> None:
    assert handles.parse(f"acct:x@{host}") is None
    answer = await door.client.post(
        "/internal/resolve", json={"resource": f"acct:x@{host}"}, headers={"Authorization": "Bearer internal"}
    )
    assert (answer.status_code, neighbours.asked) == (404, [])
    assert handles.parse("acct:x@Evil.Test:8080") == handles.Handle("x", "evil.test:8080")


async def test_ssrf_10_addresses_within_documents_are_as_bad_as_any_other(
    outward: Outward, canary: Canary, neighbours: Neighbours
) -> None:
    """WebFinger and host-meta name further addresses, which are checked like the first."""
    far = f"far.localhost:{neighbours.port}"
    inside = [f"http://127.0.0.3:{canary.port}/", f"https://127.0.0.3:{canary.port}/", "data:application/json,{}"]
    for address in inside:
        neighbours.fingers[f"x@{far}"] = address
        await outward.resolved(f"x@{far}")
        xrd = f'<XRD><Link rel="lrdd" template="{address}?{{uri}}"/></XRD>'
        neighbours.handles(f"https://{far}/.well-known/host-meta", _saying(xrd))
        neighbours.fingers.pop(f"x@{far}")
        outward.door.res.cache.put(f"absent x@{far}", value=False, seconds=0)
        await outward.resolved(f"x@{far}")
    assert not await canary.was_reached()
    links = [{"rel": f"{nodeinfo.SCHEMA}2.1", "href": address} for address in inside]
    assert [nodeinfo.link_of({"links": [link]}) for link in links] == [*inside[:2], None]


def _saying(text: str) -> Handler:
    async def handler(_: web.BaseRequest) -> web.Response:
        return web.Response(text=text, content_type="application/xrd+xml")

    return handler

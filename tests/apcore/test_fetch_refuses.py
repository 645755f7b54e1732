"""No connection is ever made to an address that is not for us: literals, names, redirects, rebinding."""

import socket
from ipaddress import ip_network

import msgspec
import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver

from apcore.fetch import Fetcher, FetchRefused, FetchSettings
from apcore.fetch.metrics import REFUSED_ADDRESSES

PRODUCTION = FetchSettings(user_agent="Murmuration/test", refused_seconds=0, failed_seconds=0)


class Names(AbstractResolver):
    """Answers each query with the next of the addresses it was given; the last one stays."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)

    async def resolve(self, host, port=0, family=socket.AF_INET):
        addresses = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [
            {"hostname": host, "host": address, "port": port, "proto": 0, "flags": 0,
             "family": socket.AF_INET6 if ":" in address else socket.AF_INET}
            for address in addresses
        ]  # fmt: skip

    async def close(self):
        pass


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "localhost", "alpha.localhost", "2130706433", "0x7f.1", "0177.0.0.1", "127.1",
        "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:127.0.0.1]",
        "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[64:ff9b:1::7f00:1]", "[3fff::1]",
        "0.0.0.0", "10.0.0.1", "169.254.169.254", "[fd00:ec2::254]", "[fe80::1]", "224.0.0.1",
        "\u24dbocalhost", "\uff11\uff12\uff17.0.0.1", "127\u30020\u30020\u30021", "127.0.0.1.", "localhost.",
    ],
)  # fmt: skip
async def test_no_spelling_of_a_private_address_is_contacted(host, canary):
    async with Fetcher(PRODUCTION) as fetcher:
        with pytest.raises(FetchRefused) as caught:
            await fetcher.post(f"https://{host}:{canary.port}/inbox", b"{}", {})
    assert caught.value.reason in ("address", "url")
    assert not await canary.was_reached()


@pytest.mark.parametrize(
    "answer",
    [
        ["127.0.0.1"], ["::1"], ["::ffff:127.0.0.1"], ["10.0.0.1"], ["169.254.169.254"],
        ["100.64.0.1"], ["64:ff9b::7f00:1"], ["2002:7f00:1::"], ["::127.0.0.1"], ["0.0.0.0"],
        ["93.184.215.14", "127.0.0.1"], ["2606:4700:4700::1111", "::1"],
    ],
)  # fmt: skip
async def test_no_name_leads_to_a_private_address(answer, canary):
    async with Fetcher(PRODUCTION, resolver=Names(answer)) as fetcher:
        with pytest.raises(FetchRefused) as caught:
            await fetcher.get_json(f"https://evil.test:{canary.port}/x")
    assert caught.value.reason == "address"
    assert not await canary.was_reached()


async def test_a_redirect_to_a_private_address_is_not_followed(settings, neighbour, canary):
    neighbour.redirects("/a", f"https://evil.test:{canary.port}/")
    allowed = msgspec.structs.replace(settings, private_networks=(ip_network("127.0.0.2/32"),))
    names = Names(["127.0.0.2"], ["127.0.0.1"])
    async with Fetcher(allowed, resolver=names) as fetcher:
        with pytest.raises(FetchRefused) as caught:
            await fetcher.get_document(neighbour.url("/a", "good.test"))
    assert caught.value.reason == "address"
    assert not await canary.was_reached()


async def test_a_name_that_changes_its_mind_is_checked_again(settings, neighbour, canary):
    async def forget(_):
        return web.Response(body=b"{}", headers={"Connection": "close"})

    neighbour.routes["/a"] = forget
    allowed = msgspec.structs.replace(settings, private_networks=(ip_network("127.0.0.2/32"),))
    names = Names(["127.0.0.2"], ["127.0.0.1"])
    async with Fetcher(allowed, resolver=names) as fetcher:
        await fetcher.get_json(neighbour.url("/a", "evil.test"))
        # Another port: nothing that was learned about the first connection helps.
        with pytest.raises(FetchRefused) as caught:
            await fetcher.get_json(f"https://evil.test:{canary.port}/a")
    assert caught.value.reason == "address"
    assert not await canary.was_reached()


async def test_allowing_one_private_range_does_not_allow_another(settings, canary):
    allowed = msgspec.structs.replace(settings, private_networks=(ip_network("10.0.0.0/8"),))
    async with Fetcher(allowed) as fetcher:
        for host in ("alpha.localhost", "127.0.0.1"):
            with pytest.raises(FetchRefused) as caught:
                await fetcher.get_json(f"https://{host}:{canary.port}/a")
            assert caught.value.reason == "address"
    assert not await canary.was_reached()


async def test_refused_addresses_are_counted(canary):
    before = REFUSED_ADDRESSES._value.get()
    async with Fetcher(PRODUCTION, resolver=Names(["127.0.0.1"])) as fetcher:
        with pytest.raises(FetchRefused):
            await fetcher.get_json(f"https://evil.test:{canary.port}/x")
    assert REFUSED_ADDRESSES._value.get() == before + 1

"""The least that a delivery can cost: a process that signs and POSTs, and does nothing else.

    python bench/postbox.py INBOX COUNT HOSTS AT_ONCE [ca.pem] < private-key.pem

Prints the nanoseconds that its threads ran.
"""

import asyncio
import datetime as dt
import socket
import ssl
import sys
from pathlib import Path

import aiohttp
import uvloop
from aiohttp.abc import AbstractResolver, ResolveResult

from apcore import keys
from apcore.keys import PrivateKey
from apcore.signatures import cavage

BODY = b'{"type":"Note","content":"' + b"x" * 2000 + b'"}'


class Loopback(AbstractResolver):
    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: socket.AddressFamily = socket.AF_INET,  # noqa: ARG002  # its signature
    ) -> list[ResolveResult]:
        return [ResolveResult(hostname=host, host="127.0.0.1", port=port, family=socket.AF_INET, proto=0, flags=0)]

    async def close(self) -> None:
        pass


def ran() -> int:
    return sum(int((task / "schedstat").read_text().split()[0]) for task in Path("/proc/self/task").iterdir())


async def main(inbox: str, count: int, hosts: int, at_once: int, ca: str | None, key: PrivateKey) -> None:
    trusted = ssl.create_default_context(cafile=ca) if ca else False
    connector = aiohttp.TCPConnector(resolver=Loopback(), limit=0, ssl=trusted, keepalive_timeout=60)
    left = iter(range(count))
    async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as session:

        async def strand() -> None:
            for number in left:
                url = inbox.replace("h0.", f"h{number % hosts}.")
                headers = cavage.sign(
                    key,
                    "https://ours.test/a#main-key",
                    method="POST",
                    url=url,
                    now=dt.datetime.now(dt.UTC),
                    body=BODY,
                    content_type="application/activity+json",
                )
                async with session.post(url, data=BODY, headers=headers) as reply:
                    await reply.read()

        await asyncio.gather(*(strand() for _ in range(at_once)))


if __name__ == "__main__":
    where, *numbers = sys.argv[1:5]
    loaded = keys.load_private(sys.stdin.read())
    before = ran()
    uvloop.run(main(where, *map(int, numbers), sys.argv[5] if len(sys.argv) > 5 else None, loaded))
    print(ran() - before)

"""Our signatures hold for the reference implementation of the draft (the npm package http-signature)."""

import asyncio
import shutil
import subprocess
from pathlib import Path

import orjson
import pytest
from peers import Peers, Post
from postman import Postman

from social.accounts.model import Account

REFERENCE = Path(__file__).parent / "reference"


@pytest.fixture(scope="session")
def reference() -> Path:
    if shutil.which("npm") is None:
        pytest.skip("needs Node")
    if not (REFERENCE / "node_modules" / ".package-lock.json").exists():
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--loglevel=error"]
        subprocess.run(command, cwd=REFERENCE, check=True)
    return REFERENCE / "verify.cjs"


async def verdict(reference: Path, post: Post, pem: str | None, **changes: str) -> dict[str, object]:
    request = {"method": "POST", "url": post.path, "headers": post.headers | changes, "pem": pem}
    command = ["node", str(reference)]
    done = await asyncio.to_thread(
        subprocess.run, command, input=orjson.dumps(request), capture_output=True, check=True
    )
    found: dict[str, object] = orjson.loads(done.stdout)
    return found


async def test_the_reference_implementation_accepts_it(
    reference: Path, postman: Postman, alice: Account, bob: Account, peers: Peers
) -> None:
    await postman.post(alice)
    [post] = peers.received
    assert await verdict(reference, post, alice.public_key_pem) == {
        "keyId": f"{alice.uri}#main-key",
        "holds": True,
    }


async def test_and_not_once_the_digest_is_another(
    reference: Path, postman: Postman, alice: Account, bob: Account, peers: Peers
) -> None:
    await postman.post(alice)
    [post] = peers.received
    changed = await verdict(reference, post, alice.public_key_pem, digest="SHA-256=AAAA")
    assert changed["holds"] is False

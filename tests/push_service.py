"""A push service on loopback, and an app that can read what it is sent."""

import base64
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import http_ece
import jwt
import msgspec
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


def base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def unbase64url(written: str) -> bytes:
    return base64.urlsafe_b64decode(written + "=" * (-len(written) % 4))


class Message(msgspec.Struct, frozen=True):
    headers: dict[str, str]
    body: bytes


class Telephone:
    """An app's keys, and what its push service was handed for it."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.secret = os.urandom(16)
        self.messages: list[Message] = []
        self.answers: list[int] = []

    @property
    def keys(self) -> dict[str, str]:
        """What the app gives the server."""
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {"p256dh": base64url(point), "auth": base64url(self.secret)}

    def read(self) -> list[dict[str, Any]]:
        return [self._opened(message) for message in self.messages]

    def _opened(self, message: Message) -> dict[str, Any]:
        version = message.headers["Content-Encoding"]
        told: dict[str, Any] = {}
        if version == "aesgcm":
            keys = _parameters(message.headers["Crypto-Key"])
            told = {
                "salt": unbase64url(_parameters(message.headers["Encryption"])["salt"]),
                "dh": unbase64url(keys["dh"]),
            }
        plain = http_ece.decrypt(message.body, private_key=self.key, auth_secret=self.secret, version=version, **told)
        found: dict[str, Any] = msgspec.json.decode(plain)
        return found


class PushService:
    def __init__(self) -> None:
        self.origin = ""
        self.telephones: dict[str, Telephone] = {}

    def telephone(self, name: str = "one") -> Telephone:
        self.telephones[name] = Telephone(f"{self.origin}/push/{name}")
        return self.telephones[name]

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        telephone = self.telephones[request.path.removeprefix("/push/")]
        telephone.messages.append(Message(dict(request.headers), await request.read()))
        return web.Response(status=telephone.answers.pop(0) if telephone.answers else 201)

    def vouched(self, message: Message) -> tuple[str, dict[str, Any]]:
        """The public key that signed for the sender, and what it says (RFC 8292). Raises if it is forged."""
        kind, _, rest = message.headers["Authorization"].partition(" ")
        if kind == "vapid":
            parts = _parameters(rest.replace(",", ";"))
            token, key = parts["t"], parts["k"]
        else:
            token, key = rest, _parameters(message.headers["Crypto-Key"])["p256ecdsa"]
        public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), unbase64url(key))
        return key, jwt.decode(token, public, algorithms=["ES256"], audience=self.origin)


def _parameters(header: str) -> dict[str, str]:
    return dict(part.strip().split("=", 1) for part in header.split(";"))


@asynccontextmanager
async def open_push_service() -> AsyncIterator[PushService]:
    service = PushService()
    runner = web.ServerRunner(web.Server(service.answer), shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    service.origin = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield service
    finally:
        await runner.cleanup()

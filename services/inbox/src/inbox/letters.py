"""A delivery, read from its request before anybody is believed."""

import asyncio
import datetime as dt
from urllib.parse import urlsplit

import msgspec
import orjson
from fastapi import Request

from apcore import activities, jsonld
from apcore.activities import Activity, Delete, Update, Upon
from apcore.jsonld import Json, Malformed
from apcore.signatures import cavage
from apcore.signatures.cavage import SignatureRefused
from contracts.ids import AccountId, Uri
from inbox.refusals import refused

MAX_BYTES = 1_048_576
CONTENT_TYPES = frozenset({"application/activity+json", "application/ld+json", "application/json"})


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody says, and the request that shall prove who."""

    request: cavage.Request
    document: Json
    activity: Activity
    inbox_of: AccountId | None
    received_at: dt.datetime

    @property
    def actor(self) -> Uri:
        return Uri(self.activity.actor)

    @property
    def host(self) -> str:
        return jsonld.host_of(self.activity.actor)

    @property
    def original(self) -> Json:
        """As it was sent, down to the spelling of its terms: what a proof is about."""
        found: Json = orjson.loads(self.request.body or b"")
        return found

    @property
    def is_sealed(self) -> bool:
        """Whether it carries a signature of its own, so that others than its author may bring it."""
        return "proof" in self.document or "signature" in self.document

    @property
    def is_farewell(self) -> bool:
        """Whether it says of its own author that it is gone, or different: nothing to a server that never met it."""
        return isinstance(self.activity, Delete | Update) and self.activity.object == self.activity.actor


async def read_letter(request: Request, inbox_of: AccountId | None, now: dt.datetime, *, body_seconds: float) -> Letter:
    media_type = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if media_type not in CONTENT_TYPES:
        raise refused("content_type", "Send application/activity+json")
    try:
        async with asyncio.timeout(body_seconds):
            body = await _capped_body(request)
    except TimeoutError as problem:
        raise refused("too_slow", "The body took too long") from problem
    raw_headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw]
    try:
        signed = cavage.request_of(request.method, target_of(request), raw_headers, body)
    except SignatureRefused as problem:
        raise refused("signature", str(problem)) from problem
    return open_letter(signed, inbox_of, now)


def open_letter(request: cavage.Request, inbox_of: AccountId | None, received_at: dt.datetime) -> Letter:
    """Read the body of a request, new or kept."""
    try:
        document = jsonld.parse(request.body or b"")
    except Malformed as problem:
        raise refused("not_json", str(problem)) from problem
    try:
        activity = activities.read(document)
    except Malformed as problem:
        raise refused("malformed", str(problem)) from problem
    return Letter(request=request, document=document, activity=activity, inbox_of=inbox_of, received_at=received_at)


def target_of(request: Request) -> str:
    """Path and query as they stood in the request line."""
    path: bytes = request.scope.get("raw_path") or request.url.path.encode()
    query: bytes = request.scope.get("query_string", b"")
    return (path + (b"?" + query if query else b"")).decode("latin-1")


async def _capped_body(request: Request) -> bytes:
    declared = request.headers.get("Content-Length", "0")
    if declared.isdigit() and int(declared) > MAX_BYTES:
        raise refused("too_large", "The body is larger than 1 MiB")
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MAX_BYTES:
            raise refused("too_large", "The body is larger than 1 MiB")
    return bytes(body)


def concerns_people_here(letter: Letter, url: str) -> bool:
    """Whether it names anything of ours: then it goes into the lane that is never behind."""
    activity = letter.activity
    if letter.inbox_of is not None:
        return True
    named = [*activity.to, *activity.cc]
    if isinstance(activity, Upon):
        embedded = activity.embedded or {}
        named += [activity.object, *(jsonld.uri(embedded.get(key)) or "" for key in ("object", "inReplyTo"))]
        named += [*jsonld.uris(embedded.get("to")), *jsonld.uris(embedded.get("cc"))]
    else:
        named += jsonld.uris(letter.document.get("object"))
    return any(uri.startswith(f"{url}/") for uri in named)


def is_meant_for(request: cavage.Request, url: str) -> bool:
    """Whether the request was sent to this server: one made for another does not count when it is replayed here."""
    return request.headers.get("host", "").lower() == urlsplit(url).netloc.lower()

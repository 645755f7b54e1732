"""The shapes that Mastodon's API promises: each answer of the whole suite is held against them."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import jsonschema_rs
import pytest
import requests

DOCUMENT = Path(__file__).parents[2] / "shared" / "reference" / "mastodon-openapi.json"


class Shapes:
    """Validators by operation and status, made when first needed."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document
        self._validators: dict[str, jsonschema_rs.Validator] = {}
        # A path without parameters is more specific than one with.
        # The document promises `details` with every 422; the real one sends them with sign-up alone.
        document["components"]["schemas"]["ValidationError"]["required"] = ["error"]
        templates = sorted(document["paths"], key=lambda path: path.count("{"))
        self._patterns = [(re.compile(re.sub(r"\{[^/]+\}", "[^/]+", path) + "$"), path) for path in templates]
        self.checked: Counter[str] = Counter()

    def complaint(self, method: str, path: str, status: int, body: bytes) -> str | None:
        """What is wrong with the answer; None if it is right, or nothing is promised about it."""
        template = next((found for pattern, found in self._patterns if pattern.match(path)), None)
        if template is None:
            return None
        operation = self._document["paths"][template].get(method.lower())
        schema = _schema_of(operation, status)
        if schema is None:
            return None
        where = f"{method} {template} {status}"
        self.checked[f"{method} {template}"] += 1
        try:
            value = json.loads(body)
        except ValueError:
            return f"{where}: not JSON: {body[:100]!r}"
        error = next(self._validator(where, schema).iter_errors(value), None)
        return f"{where}: {'/'.join(map(str, error.instance_path))}: {error.message[:300]}" if error else None

    def _validator(self, where: str, schema: dict[str, Any]) -> jsonschema_rs.Validator:
        if where not in self._validators:
            whole = {"components": self._document["components"], **schema}
            self._validators[where] = jsonschema_rs.Draft202012Validator(whole)
        return self._validators[where]


def _schema_of(operation: dict[str, Any] | None, status: int) -> dict[str, Any] | None:
    answer = (operation or {}).get("responses", {}).get(str(status), {})
    schema: dict[str, Any] | None = answer.get("content", {}).get("application/json", {}).get("schema")
    return schema


def watch(patch: pytest.MonkeyPatch) -> Iterator[Shapes | None]:
    """Hold every answer that an httpx or requests client gets against the shapes."""
    if not DOCUMENT.exists():
        print(f"\nno {DOCUMENT.name}: answers are not held against Mastodon's shapes")  # noqa: T201  # said once a run
        yield None
        return
    shapes = Shapes(json.loads(DOCUMENT.read_text()))

    def check(method: str, path: str, status: int, body: bytes) -> None:
        if problem := shapes.complaint(method, path, status, body):
            pytest.fail(problem)

    asynchronous, synchronous = httpx.AsyncClient.send, requests.Session.send

    async def send(self: httpx.AsyncClient, request: httpx.Request, **options: Any) -> httpx.Response:
        reply = await asynchronous(self, request, **options)
        # A page is not an answer of the API, and an open stream has no body to look at yet.
        if reply.is_closed and "json" in reply.headers.get("content-type", ""):
            check(request.method, request.url.path, reply.status_code, reply.content)
        return reply

    def send_now(self: requests.Session, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        reply = synchronous(self, request, **options)
        if not options.get("stream") and "json" in reply.headers.get("content-type", ""):
            check(request.method or "", request.path_url.split("?")[0], reply.status_code, reply.content)
        return reply

    patch.setattr(httpx.AsyncClient, "send", send)
    patch.setattr(requests.Session, "send", send_now)
    yield shapes

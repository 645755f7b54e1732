"""The shapes that Mastodon's API promises: each answer of the whole suite is held against them.

A whole run also has to have had an answer of every endpoint that we have built.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import endpoints
import httpx
import jsonschema_rs
import pytest
import requests
from websockets.asyncio.client import ClientConnection

WATCHED = pytest.StashKey["Shapes"]()
DOCUMENT = Path(__file__).parents[2] / "shared" / "reference" / "mastodon-openapi.json"


def load() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(DOCUMENT.read_text())
    # The document promises `details` with every 422; the real one sends them with sign-up alone.
    document["components"]["schemas"]["ValidationError"]["required"] = ["error"]
    # Else whatever is a Quote is a ShallowQuote as well, and "one of" them excludes both.
    document["components"]["schemas"]["ShallowQuote"]["required"] = ["state", "quoted_status_id"]
    # It says of this list that it is one of its items.
    listed = document["paths"]["/api/v1/filters"]["get"]["responses"]["200"]["content"]["application/json"]
    listed["schema"] = {"type": "array", "items": listed["schema"]}
    # It knows the shape of the beta's policy, and not where it is answered.
    policy = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/V1NotificationPolicy"}}}}
    document["paths"]["/api/v1/notifications/policy"] = {
        method: {"responses": {"200": policy}} for method in ("get", "patch", "put")
    }
    return document


class Shapes:
    """Validators by operation and status, made when first needed."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document
        self._validators: dict[str, jsonschema_rs.Validator] = {}
        # A path without parameters is more specific than one with.
        # Else whatever is a Quote is a ShallowQuote as well, and "one of" them excludes both.
        document["components"]["schemas"]["ShallowQuote"]["required"] = ["state", "quoted_status_id"]
        templates = sorted(document["paths"], key=lambda path: path.count("{"))
        self._patterns = [(re.compile(re.sub(r"\{[^/]+\}", "[^/]+", path) + "$"), path) for path in templates]
        self.checked: Counter[str] = Counter()
        self.answered = endpoints.Answered()

    def complaint(self, method: str, url: str, status: int, body: bytes) -> str | None:
        """What is wrong with the answer; None if it is right, or nothing is promised about it."""
        path = urlsplit(url).path
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


def watch(patch: pytest.MonkeyPatch) -> Shapes | None:
    """Hold every answer that an httpx or requests client gets against the shapes."""
    if not DOCUMENT.exists():
        print(f"\nno {DOCUMENT.name}: answers are not held against Mastodon's shapes")  # noqa: T201  # said once a run
        return None
    shapes = Shapes(load())

    def check(method: str, url: str, status: int, kind: str, body: bytes | None) -> None:
        shapes.answered.note(method, url, status)
        # A page is not an answer of the API, and an open stream has no body to look at yet.
        if body is not None and "json" in kind and (problem := shapes.complaint(method, url, status, body)):
            pytest.fail(problem)

    def check_httpx(request: httpx.Request, reply: httpx.Response) -> httpx.Response:
        body = reply.content if reply.is_closed else None
        # What stands in for a service only tells what it was asked.
        if "x-stand-in" not in reply.headers:
            check(request.method, str(request.url), reply.status_code, reply.headers.get("content-type", ""), body)
        return reply

    send_async, send_sync, send_requests = httpx.AsyncClient.send, httpx.Client.send, requests.Session.send
    receive = ClientConnection.recv

    async def httpx_async(self: httpx.AsyncClient, request: httpx.Request, **options: Any) -> httpx.Response:
        return check_httpx(request, await send_async(self, request, **options))

    def httpx_sync(self: httpx.Client, request: httpx.Request, **options: Any) -> httpx.Response:
        return check_httpx(request, send_sync(self, request, **options))

    def requests_sync(self: requests.Session, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        reply = send_requests(self, request, **options)
        body = reply.content if not options.get("stream") else None
        check(request.method or "", request.url or "", reply.status_code, reply.headers.get("content-type", ""), body)
        return reply

    async def received(self: ClientConnection, *arguments: Any, **options: Any) -> str | bytes:
        message = await receive(self, *arguments, **options)
        for stream in json.loads(message).get("stream", [])[:1]:
            shapes.answered.note("WS", f"/api/v1/streaming?stream={stream}", 101)
        return message

    patch.setattr(httpx.AsyncClient, "send", httpx_async)
    patch.setattr(httpx.Client, "send", httpx_sync)
    patch.setattr(requests.Session, "send", requests_sync)
    patch.setattr(ClientConnection, "recv", received)
    return shapes


@pytest.fixture(scope="session", autouse=True)
def answers_have_mastodons_shapes(request: pytest.FixtureRequest) -> Iterator[None]:
    """Any test that gets an answer of another shape than Mastodon's fails."""
    with pytest.MonkeyPatch.context() as patch:
        if watched := watch(patch):
            request.config.stash[WATCHED] = watched
        yield


class Tally:
    """What was seen, over all processes of the run."""

    def __init__(self) -> None:
        self.checked: Counter[str] = Counter()
        self.answered: set[str] = set()

    def add(self, checked: dict[str, int], answered: Iterable[str]) -> None:
        self.checked.update(checked)
        self.answered.update(answered)


TALLY = pytest.StashKey[Tally]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[TALLY] = Tally()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """A process of several has done its share."""
    if seen := getattr(node, "workeroutput", {}).get("seen"):
        node.config.stash[TALLY].add(*seen)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    config = session.config
    seen = config.stash.get(WATCHED, None)
    if seen and hasattr(config, "workeroutput"):
        config.workeroutput["seen"] = (dict(seen.checked), sorted(seen.answered.rows))
    elif seen:
        config.stash[TALLY].add(seen.checked, seen.answered.rows)
    if is_whole(config) and unanswered(config) and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def is_whole(config: pytest.Config) -> bool:
    """Whether the run chose among the tests, or this process is one of several."""
    chosen = config.args_source is not pytest.Config.ArgsSource.TESTPATHS or config.option.keyword
    return not chosen and not hasattr(config, "workerinput")


def unanswered(config: pytest.Config) -> list[str]:
    answered = config.stash[TALLY].answered
    return [str(row) for row in endpoints.rows() if str(row) not in answered] if endpoints.TABLE.exists() else []


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    tally = config.stash[TALLY]
    answers, operations = tally.checked.total(), len(tally.checked)
    terminalreporter.write_line(f"{answers} answers of {operations} operations have the shapes of Mastodon's API")
    if is_whole(config) and endpoints.TABLE.exists():
        owed, missing = len(endpoints.rows()), unanswered(config)
        terminalreporter.write_line(f"{owed - len(missing)} of {owed} endpoints gave an answer")
        for row in missing:
            terminalreporter.write_line(f"no test had an answer of {row}", red=True)

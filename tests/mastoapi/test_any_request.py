"""Whatever a client sends, no service breaks: each endpoint gets requests made up from its description."""

import importlib
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import endpoints
import httpx
import pytest
import requests
import schemathesis
import shapes
from fastapi.openapi.utils import get_openapi
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from people import a_post
from talking import Person, a_person

from chassis.settings import Settings
from native.infrastructure import Infrastructure
from social.users.model import Role

SERVICES = ("api_gateway", "timeline", "media", "moderation")

# What ends the very session that asks, or never ends; and what another service is asked for, which does not run here.
LEFT_OUT = ("/oauth/revoke", "/api/v1/streaming", "/api/v1/admin/federation/")

SCOPES = "read write follow push profile admin:read admin:write"


def described(service: str) -> dict[str, Any]:
    """The service's own OpenAPI; what its operations take is told by Mastodon's, where that is at hand."""
    routes = [route for router in endpoints.routers_of(service) for route in router.routes]
    document = get_openapi(title=service, version="1", routes=routes)
    if not shapes.DOCUMENT.exists():
        return document
    known = shapes.load()
    document["components"] = known["components"]
    by_template = {endpoints.template_of(path): operations for path, operations in known["paths"].items()}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            mastodons = by_template.get(endpoints.template_of(path), {}).get(method, {})
            queries = [p for p in mastodons.get("parameters", []) if p.get("in") == "query"]
            own = [p for p in operation.get("parameters", []) if p["in"] == "path"]
            operation["parameters"] = own + queries
            operation["responses"] = {}
            if "requestBody" in mastodons:
                operation["requestBody"] = mastodons["requestBody"]
    return document


def operations() -> list[Any]:
    found = []
    for service in SERVICES:
        schema = schemathesis.openapi.from_dict(described(service))
        for result in schema.get_all_operations():
            operation = result.ok()
            if not operation.path.startswith(LEFT_OUT):
                found.append(pytest.param(service, operation, id=operation.label))
    return found


class World:
    """All services on one database, where some things have happened."""

    def __init__(self, clients: dict[str, httpx.AsyncClient], person: Person, ids: list[str]) -> None:
        self.clients = clients
        self.person = person
        self.ids = ids


@pytest.fixture(scope="module")
async def world(
    infrastructure: Infrastructure, template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[World]:
    name = f"test_{os.getpid()}_any_request"
    await infrastructure.create_database(name, template=template)
    files = str(tmp_path_factory.mktemp("any_request"))
    environment = infrastructure.environment(name) | {"MURMURATION_MEDIA_ROOT": files}
    found = {key.removeprefix("MURMURATION_").lower(): value for key, value in environment.items()}
    defaults = {"domain": "ours.test", "internal_secret": "internal", "secret_key": "secret", "development": True}
    own = {"media": {"media_root": tmp_path_factory.mktemp("media"), "image_processes": 1}}
    async with AsyncExitStack() as stack:
        clients, resources = {}, {}
        for service in SERVICES:
            kind: type[Settings] = importlib.import_module(f"{service}.settings").Settings
            opening = importlib.import_module(f"{service}.resources").open_resources
            resources[service] = await stack.enter_async_context(
                opening(kind(**{**found, **defaults, **own.get(service, {}), "rate_limit_factor": 0}))
            )
            app = importlib.import_module(f"{service}.app").create_app(resources[service])
            transport = httpx.ASGITransport(app=app, raise_app_exceptions=True)
            clients[service] = await stack.enter_async_context(
                httpx.AsyncClient(transport=transport, base_url="https://ours.test")
            )
        yield await happened(clients, resources)
    await infrastructure.drop_database(name)


async def happened(clients: dict[str, httpx.AsyncClient], resources: dict[str, Any]) -> World:
    """A friend, a stranger, a thread."""
    gateway = resources["api_gateway"].db
    person = await a_person(gateway, clients["api_gateway"], "alice", scopes=SCOPES, role=Role.OWNER)
    friend = await a_person(gateway, clients["api_gateway"], "bob")
    async with resources["api_gateway"].db.transaction() as tx:
        post = await a_post(tx, person.account, "A beginning")
        reply = await a_post(tx, friend.account, "An answer", in_reply_to=post)
    ids = [person.id, friend.id, str(post.id), str(reply.id)]
    return World(clients, person, ids)


@pytest.mark.parametrize(("service", "operation"), operations())
@settings(
    max_examples=5,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data())
async def test_no_request_breaks_a_service(world: World, service: str, operation: Any, data: st.DataObject) -> None:
    case = data.draw(operation.as_strategy())
    for name in case.path_parameters or {}:
        if (known := data.draw(st.sampled_from([None, *world.ids]))) is not None:
            case.path_parameters[name] = known
    asked = case.as_transport_kwargs(base_url="https://ours.test")
    asked["headers"] = {**dict(asked["headers"]), "Authorization": f"Bearer {world.person.token}"}
    # As `requests` writes it: what is made up need not be anything that httpx would send.
    sent = requests.Request(**asked).prepare()
    reply = await world.clients[service].request(
        str(sent.method), str(sent.url), headers=dict(sent.headers), content=sent.body
    )
    assert reply.status_code < 500, (asked, reply.text)

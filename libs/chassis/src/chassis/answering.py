"""Answers of plain routes: what they depend on is laid out once, when the application starts.

For every request FastAPI walks a tree of whatever a dependency may be. Ours are nearly all coroutines that take the
request and each other: these are called one after the other. A route that asks for more is left to FastAPI.
"""

import inspect
import typing
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from fastapi import Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.dependencies.utils import request_params_to_args
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

REQUEST = 0
"""The place of the request among the values that are known."""


class _Step(msgspec.Struct, frozen=True):
    """A call, and the names and places of the values that it takes."""

    call: Callable[..., Awaitable[Any]]
    takes: tuple[tuple[str, int], ...]


class _NotPlainError(Exception):
    """Only FastAPI knows how to answer."""


def answer_of(route: BaseRoute) -> ASGIApp | None:
    """How the route answers a request that it matches; None if it is not plain."""
    if not isinstance(route, APIRoute) or not _gives_response(route) or route.max_body_size is not None:
        return None
    steps: list[_Step] = []
    try:
        _lay_out(route.dependant, steps, {})
    except _NotPlainError:
        return None
    return _answer(route.dependant, tuple(steps[:-1]), steps[-1])


def _answer(dependant: Dependant, before: tuple[_Step, ...], last: _Step) -> ASGIApp:
    path, query, headers = dependant.path_params, dependant.query_params, dependant.header_params

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive, send)
        known: list[Any] = [request]
        for step in before:
            known.append(await step.call(**{name: known[place] for name, place in step.takes}))
        values = {name: known[place] for name, place in last.takes}
        errors: list[Any] = []
        for fields, given in ((path, "path_params"), (query, "query_params"), (headers, "headers")):
            if fields:
                read, wrong = request_params_to_args(fields, getattr(request, given))
                values.update(read)
                errors += wrong
        if errors:
            raise RequestValidationError(errors)
        response = await last.call(**values)
        await response(scope, receive, send)

    return answer


def _lay_out(dependant: Dependant, steps: list[_Step], places: dict[object, int], *, inner: bool = False) -> int:
    """Append what the dependant needs and then itself; its place among the values. Nothing is called twice."""
    if not _is_plain(dependant) or (inner and _reads_parameters(dependant)):
        raise _NotPlainError
    assert dependant.call is not None
    if dependant.use_cache and dependant.call in places:
        return places[dependant.call]
    takes = [(needed.name, _lay_out(needed, steps, places, inner=True)) for needed in dependant.dependencies]
    takes += [(name, REQUEST) for name in (dependant.request_param_name, dependant.http_connection_param_name) if name]
    steps.append(_Step(dependant.call, tuple((name, place) for name, place in takes if name is not None)))
    places[dependant.call] = len(steps)
    return len(steps)


def _is_plain(dependant: Dependant) -> bool:
    return inspect.iscoroutinefunction(dependant.call) and not (
        dependant.body_params
        or dependant.cookie_params
        or dependant.websocket_param_name
        or dependant.response_param_name
        or dependant.background_tasks_param_name
        or dependant.security_scopes_param_name
        or dependant.concurrency
    )


def _reads_parameters(dependant: Dependant) -> bool:
    return bool(dependant.path_params or dependant.query_params or dependant.header_params)


def _gives_response(route: APIRoute) -> bool:
    """Whether nothing is left to do with what the route returns."""
    given = typing.get_type_hints(route.endpoint).get("return")
    return isinstance(given, type) and issubclass(given, Response)

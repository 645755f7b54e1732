"""Streaming over WebSocket (any number of streams on one connection) and server-sent events (one)."""

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Request, Response, WebSocket, WebSocketDisconnect
from fastapi.responses import PlainTextResponse, StreamingResponse

from chassis.db import AWAY
from chassis.errors import Problem
from chassis.http import Json, status_of
from mastoapi.viewer import Viewer
from social.errors import NoSuchRecord
from social.lists import store as lists
from timeline import home
from timeline.away import RedisAway
from timeline.hub import Farewell
from timeline.resources import Res, Resources
from timeline.routes.presence import note_presence
from timeline.session import Message, Session, viewer_of
from timeline.streams import USER, Stream, stream_from

router = APIRouter(prefix="/api/v1/streaming")

HEARTBEAT_SECONDS = 15
CLOSE_CODES = {Farewell.SLOW: 1013, Farewell.REVOKED: 1008, Farewell.STOPPING: 1001}


async def _viewer(request: Request, res: Res) -> Viewer:
    return await viewer_of(request, res)


Listener = Annotated[Viewer, Depends(_viewer)]


class Frame(msgspec.Struct, frozen=True):
    """What a client says."""

    type: str = ""
    stream: str | None = None
    tag: str | None = None
    list: str | int | None = None

    @property
    def subject(self) -> Stream:
        return stream_from(self.stream, self.tag, None if self.list is None else str(self.list))


@router.get("/health")
async def health() -> Response:
    return PlainTextResponse("OK")


@router.get("/user")
async def user(request: Request, viewer: Listener, res: Res) -> Response:
    return await _events(request, viewer, res, "user")


@router.get("/user/notification")
async def user_notification(request: Request, viewer: Listener, res: Res) -> Response:
    return await _events(request, viewer, res, "user:notification")


@router.get("/public")
async def public(request: Request, viewer: Listener, res: Res, only_media: bool = False) -> Response:
    return await _events(request, viewer, res, _media("public", only_media))


@router.get("/public/local")
async def public_local(request: Request, viewer: Listener, res: Res, only_media: bool = False) -> Response:
    return await _events(request, viewer, res, _media("public:local", only_media))


@router.get("/public/remote")
async def public_remote(request: Request, viewer: Listener, res: Res, only_media: bool = False) -> Response:
    return await _events(request, viewer, res, _media("public:remote", only_media))


@router.get("/hashtag")
async def hashtag(request: Request, viewer: Listener, res: Res) -> Response:
    return await _events(request, viewer, res, "hashtag")


@router.get("/hashtag/local")
async def hashtag_local(request: Request, viewer: Listener, res: Res) -> Response:
    return await _events(request, viewer, res, "hashtag:local")


@router.get("/list")
async def list_(request: Request, viewer: Listener, res: Res) -> Response:
    return await _events(request, viewer, res, "list")


@router.get("/direct")
async def direct(request: Request, viewer: Listener, res: Res) -> Response:
    return await _events(request, viewer, res, "direct")


@router.get("")
async def any_stream(request: Request, viewer: Listener, res: Res, stream: str | None = None) -> Response:
    return await _events(request, viewer, res, stream)


@router.websocket("")
async def multiplexed(websocket: WebSocket, res: Res) -> None:
    try:
        viewer = await viewer_of(websocket, res)
    except Problem as problem:
        await websocket.send_denial_response(Json({"error": problem.explanation}, status_of(problem)))
        return
    if not res.hub.has_room_for(viewer.id):
        await websocket.send_denial_response(_too_many())
        return
    session = Session(res, viewer)
    # A browser that names a subprotocol hangs up unless it is named back.
    await websocket.accept(subprotocol=websocket.headers.get("Sec-WebSocket-Protocol"))
    with res.hub.connected(session.client, "websocket"):
        await _converse(websocket, res, viewer, session)


def _too_many() -> Response:
    return Json({"error": "Too many streams are open"}, 429)


def _media(name: str, only_media: bool) -> str:
    return f"{name}:media" if only_media else name


async def _subscribe(res: Resources, viewer: Viewer, session: Session, stream: Stream) -> None:
    """A feed that exists tells a repeated post from a new one: whoever listens to their home has one, from before."""
    await _check_list(res, viewer, stream)
    if stream.name == USER:
        await note_presence(res, viewer)
        with contextlib.suppress(RedisAway):  # then streams are silent anyway
            if not await res.feeds.exists(viewer.id):
                await home.build(res, viewer.id)
    session.subscribe(stream)


async def _check_list(res: Resources, viewer: Viewer, stream: Stream) -> None:
    """Lists are their owner's alone."""
    if stream.list_id is not None and await lists.by_id(res.db, stream.list_id, viewer.id) is None:
        raise NoSuchRecord


async def _converse(websocket: WebSocket, res: Resources, viewer: Viewer, session: Session) -> None:
    """Talk and listen until one side ends it."""
    tasks = {
        asyncio.create_task(_talk(websocket, session), name="stream to a client"),
        asyncio.create_task(_listen(websocket, res, viewer, session), name="listen to a client"),
    }
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    for outcome in outcomes:
        gone = (WebSocketDisconnect, asyncio.CancelledError, *AWAY)
        if isinstance(outcome, BaseException) and not isinstance(outcome, gone):
            raise outcome


async def _talk(websocket: WebSocket, session: Session) -> None:
    while not isinstance(messages := await session.next(), Farewell):
        for message in messages:
            await websocket.send_text(msgspec.json.encode(message).decode())
    await websocket.close(CLOSE_CODES[messages])


async def _listen(websocket: WebSocket, res: Resources, viewer: Viewer, session: Session) -> None:
    query = websocket.query_params
    frame: Frame | None = None
    if "stream" in query:
        frame = Frame("subscribe", query["stream"], query.get("tag"), query.get("list"))
    while True:
        answer = await _obey(frame, res, viewer, session) if frame else None
        if answer is not None:
            await websocket.send_text(msgspec.json.encode(answer).decode())
        message = await websocket.receive()
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message.get("code", 1000))
        frame = _frame_from(message.get("text") or "")


def _frame_from(text: str) -> Frame | None:
    """What is no frame is ignored, as Mastodon does."""
    try:
        return msgspec.json.decode(text, type=Frame)
    except msgspec.MsgspecError:
        return None


async def _obey(frame: Frame, res: Resources, viewer: Viewer, session: Session) -> dict[str, Any] | None:
    """Do what the frame asks; what to answer if it cannot be done."""
    try:
        match frame.type:
            case "subscribe":
                await _subscribe(res, viewer, session, frame.subject)
            case "unsubscribe":
                session.unsubscribe(frame.subject)
    except Problem as problem:
        return {"error": problem.explanation, "status": status_of(problem)}
    return None


async def _events(request: Request, viewer: Viewer, res: Resources, name: str | None) -> Response:
    query = request.query_params
    if not res.hub.has_room_for(viewer.id):
        return _too_many()
    session, stream = Session(res, viewer), stream_from(name, query.get("tag"), query.get("list"))
    session.check(stream)
    await _check_list(res, viewer, stream)
    headers = {"Cache-Control": "private, no-store", "X-Accel-Buffering": "no"}
    lines = _lines(request, res, viewer, session, stream)
    return StreamingResponse(lines, media_type="text/event-stream", headers=headers)


async def _lines(
    request: Request, res: Resources, viewer: Viewer, session: Session, stream: Stream
) -> AsyncIterator[bytes]:
    """Server-sent events, with a comment now and then so that proxies keep the line open."""
    not_stopping = getattr(request.app.state, "not_stopping", None)
    with res.hub.connected(session.client, "sse"):
        await _subscribe(res, viewer, session, stream)
        yield b":)\n"
        for second in itertools.count(1):
            try:
                messages = await session.next(patience=1)
            except TimeoutError:
                if not_stopping is not None and not await not_stopping():
                    return
                if second % HEARTBEAT_SECONDS == 0:
                    yield b":thump\n"
                continue
            if isinstance(messages, Farewell):
                return
            for message in messages:
                yield _event(message)


def _event(message: Message) -> bytes:
    return f"event: {message.event}\ndata: {message.payload or ''}\n\n".encode()

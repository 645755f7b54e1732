"""Somebody's open stream as timeline sees it, and what comes in."""

import asyncio
import json
from typing import Any

from signing_in import bearing
from staging import Stage

from social.accounts.model import Account
from timeline.hub import Farewell
from timeline.session import Session, viewer_of
from timeline.streams import Stream


class Connection:
    """As much of a client's connection as tells who they are."""

    def __init__(self, token: str) -> None:
        self.headers = bearing(token)
        self.query_params: dict[str, str] = {}


async def a_session(stage: Stage, reader: Account, stream: Stream) -> Session:
    session = Session(stage.res, await viewer_of(Connection(await stage.token(reader)), stage.res))
    session.subscribe(stream)
    # What is published before Redis knows of the subscription is lost.
    while (await stage.res.redis.pubsub_numsub(stream.channel(reader.id)))[0][1] == 0:
        await asyncio.sleep(0.01)
    return session


async def heard(session: Session) -> tuple[list[str], str, Any]:
    messages = await session.next(patience=5)
    assert not isinstance(messages, Farewell)
    [message] = messages
    payload = json.loads(str(message.payload))
    return message.stream, message.event, payload["id"] if isinstance(payload, dict) else str(payload)

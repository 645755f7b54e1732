"""A home worth scrolling: people here and elsewhere, and what they posted, boosted, asked and answered."""

import datetime as dt
import itertools
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import msgspec
from signing_in import a_user
from staging import Stage

from chassis.db import Tx, open_database
from contracts.ids import MediaId, StatusId
from social.accounts.model import Account
from social.media import remote
from social.media.model import RemoteFile
from social.polls.model import PollDraft
from social.statuses.model import Status
from timeline.resources import open_resources
from timeline.settings import Settings

HERE, ELSEWHERE = 8, 24
POSTS = 300
WORDS = (
    "The swifts came back this morning, two weeks earlier than last year, and half of the street stood at their "
    "windows to watch them. Somebody had brought coffee down for everybody; it was the best Tuesday in months."
)


class Crowd(msgspec.Struct, frozen=True):
    """Who looks, and what there is to look at."""

    reader: Account
    token: str
    status: StatusId
    """A post that is the root of a thread of twenty."""
    author: Account


async def gather(stage: Stage) -> Crowd:
    reader = await stage.somebody("reader")
    here = [await a_user(stage.gateway, f"local{n}") for n in range(HERE)]
    elsewhere = [await stage.stranger(f"remote{n}@far{n % 6}.example") for n in range(ELSEWHERE)]
    everybody = [*here, *elsewhere]
    for author in everybody:
        await stage.follow(reader, author, heard=False)
    posts: list[Status] = []
    for number, author in zip(range(POSTS), itertools.cycle(everybody), strict=False):
        posts.append(await _say(stage, author, number, posts, reader))
    root = await stage.post(here[0], WORDS, heard=False)
    for author in itertools.islice(itertools.cycle(elsewhere), 20):
        await stage.post(author, f"@local0 {WORDS[:80]}", in_reply_to=root, mentions=(here[0].id,), heard=False)
    await _notify(stage, reader, everybody)
    return Crowd(reader, await stage.token(reader), root.id, here[0])


async def _say(stage: Stage, author: Account, number: int, posts: list[Status], reader: Account) -> Status:
    if number % 5 == 4:
        return await stage.boost(author, next(p for p in reversed(posts) if p.reblog_of_id is None), heard=False)
    changes: dict[str, object] = {"tags": ("Birds", "Mornings")} if number % 3 == 0 else {}
    if number % 4 == 1 and not author.is_local:
        async with stage.act(author, heard=False) as tx:
            changes["media_ids"] = tuple([await _picture(tx, author, number * 10 + n) for n in range(1 + number % 3)])
    if number % 7 == 2:
        changes["mentions"] = (reader.id,)
    if number % 15 == 3:
        ends = stage.later() + dt.timedelta(days=3)
        changes["poll"] = PollDraft(options=("Yes, every year", "Once", "Not here"), expires_at=ends)
    return await stage.post(author, f"{number}: {WORDS}", heard=False, **changes)


async def _picture(tx: Tx, author: Account, number: int) -> MediaId:
    file = RemoteFile(
        kind="image",
        url=f"https://{author.domain}/files/{number}.jpg",
        preview_url=None,
        mime_type="image/jpeg",
        description="Three swifts over a slate roof, one of them out of focus",
        blurhash="UBL_:rOpGG-oBUNG,qRj2so|=eE1w^n4S5NH",
        width=1920,
        height=1080,
        focus=(0.1, -0.2),
    )
    return await remote.keep(tx, author.id, None, file)


async def _notify(stage: Stage, reader: Account, everybody: list[Account]) -> None:
    """Favourites, boosts, mentions and follows, from as many people."""
    own = [await stage.post(reader, f"My own {n}. {WORDS}", heard=False) for n in range(10)]
    for number, author in enumerate(itertools.islice(itertools.cycle(everybody), 60)):
        match number % 4:
            case 0:
                await stage.favourite(author, own[number % len(own)])
            case 1:
                await stage.boost(author, own[number % len(own)])
            case 2:
                await stage.post(author, f"@reader {WORDS[:120]}", mentions=(reader.id,))
            case _:
                await stage.follow(author, reader)


@asynccontextmanager
async def open_stage(environment: Mapping[str, str]) -> AsyncIterator[Stage]:
    """To act as everybody's service. Numbers are counted at once, so that none is counted while others measure."""
    found: dict[str, Any] = {key.removeprefix("MURMURATION_").lower(): value for key, value in environment.items()}
    async with AsyncExitStack() as stack:
        settings = Settings(**found, count_after=0)
        res = await stack.enter_async_context(open_resources(settings))
        roles = {
            role: await stack.enter_async_context(open_database(settings, role=role, schema=role))
            for role in ("api_gateway", "inbox", "moderation")
        }
        yield Stage(res, roles, "warm")

"""What `murmuration doctor` looks at on our own side."""

import datetime as dt
import time
from enum import Enum

import msgspec

from chassis.cache import open_redis
from chassis.clock import utc_now
from chassis.db import open_database
from chassis.settings import Settings, is_public_name
from chassis.topology import queues
from murmuration import internal
from murmuration.database import ROLE
from murmuration.queues import connected, depth_of
from social.server import store as server

WORST_OFFSET = dt.timedelta(seconds=5)
SHORTEST_SECRET = 32
MANY_AWAY = 0.25
PINGS = 5


class Health(Enum):
    WELL = "well"
    DOUBTFUL = "doubtful"
    ILL = "ill"


class Finding(msgspec.Struct, frozen=True):
    health: Health
    says: str


def well(says: str) -> Finding:
    return Finding(Health.WELL, says)


def doubtful(says: str) -> Finding:
    return Finding(Health.DOUBTFUL, says)


def ill(says: str) -> Finding:
    return Finding(Health.ILL, says)


async def settings(given: Settings) -> Finding:
    """Those that a server starts with and is sorry for later."""
    weak = [
        f"MURMURATION_{name.upper()}"
        for name in ("internal_secret", "secret_key")
        if len(getattr(given, name).get_secret_value()) < SHORTEST_SECRET
    ]
    if weak:
        return (ill if is_public_name(given.domain) else doubtful)(f"{' and '.join(weak)} is too short to be a secret")
    if not is_public_name(given.domain):
        return doubtful(f"{given.domain} is a name that no other server can reach")
    return well(given.domain)


async def database(given: Settings) -> Finding:
    from chassis import migrate  # noqa: PLC0415  # Alembic would slow down every other command

    outdated = await migrate.outdated(given.direct_database_url_for(migrate.OWNER))
    if outdated:
        return ill(f"{', '.join(outdated)} is not what this release expects: run murmuration migrate")
    return well(f"{len(migrate.schemas())} schemas are up to date")


async def clock(given: Settings) -> Finding:
    """Ours against the database's: signatures count on it being right."""
    async with open_database(given.model_copy(update={"database_pool_size": 1}), role=ROLE, schema=ROLE) as db:
        before = utc_now()
        theirs = await server.now(db)
        ours = before + (utc_now() - before) / 2
    offset = abs(theirs - ours)
    says = f"{offset.total_seconds():.3f} s from the database's"
    return ill(f"{says}: synchronise both") if offset > WORST_OFFSET else well(says)


async def broker(given: Settings) -> Finding:
    async with await connected(given) as connection:
        depths = [await depth_of(connection, queue) for queue in queues()]
    if missing := [depth.name for depth in depths if depth.ready is None]:
        return ill(f"{', '.join(missing)} is not declared: run murmuration migrate --only broker")
    if idle := [depth.name for depth in depths if not depth.consumers]:
        return ill(f"nobody listens to {', '.join(idle)}: is a worker of that service running?")
    if dead := [depth.name for depth in depths if depth.dead]:
        return doubtful(f"{', '.join(dead)} has dead letters: murmuration queues peek shows them")
    return well(f"{len(depths)} queues are declared and heard")


async def redis(given: Settings) -> Finding:
    """The least of a few tries: the others may have waited for other examinations of this process."""
    took: list[float] = []
    async with open_redis(given) as client:
        for _ in range(PINGS):
            started = time.perf_counter()
            await client.ping()
            took.append(time.perf_counter() - started)
    return well(f"answers in {min(took) * 1000:.1f} ms")


async def inbox(given: Settings) -> Finding:
    return await _ready(given.inbox_url)


async def delivery(given: Settings) -> Finding:
    return await _ready(given.delivery_url)


async def media(given: Settings) -> Finding:
    return await _ready(given.media_url)


async def _ready(url: str) -> Finding:
    answer = await internal.readiness(url)
    failing = [name for name, holds in answer.checks.items() if not holds]
    return ill(f"not ready: {', '.join(failing)}") if failing else well(f"ready: {', '.join(answer.checks)}")


async def peers(given: Settings) -> Finding:
    """If many do not answer, it is us."""
    totals = await internal.totals(given)
    away, everybody = totals.hosts.get("open", 0), sum(totals.hosts.values())
    held = sum(lane.held for lane in totals.lanes)
    says = f"{away} of {everybody} do not answer; {held} deliveries are held"
    return ill(f"{says}: that many are not away") if away > MANY_AWAY * everybody and away > 1 else well(says)

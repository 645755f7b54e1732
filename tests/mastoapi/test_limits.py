"""How much one client may ask for."""

import datetime as dt

import httpx
import pytest
from fastapi import APIRouter, FastAPI
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as RedisAway

from chassis.db import Database
from chassis.http import Json, application
from mastoapi.cors import Cors
from mastoapi.limits import Limit, Meter, RateLimited, limits_for
from mastoapi.tokens import Tokens
from social.oauth.model import Bearer, Token

NOW = dt.datetime(2026, 6, 1, 12, 1, tzinfo=dt.UTC)
BEARER = Bearer(
    token=Token(id=1, app_id=2, account_id=3, scopes=["read"], created_at=NOW), app=None, account=None, user=None
)


@pytest.mark.parametrize(
    ("method", "path", "bearer", "names"),
    [
        ("GET", "/api/v1/timelines/home", None, ["address"]),
        ("GET", "/api/v1/timelines/home", BEARER, ["token", "account"]),
        ("POST", "/api/v2/media", BEARER, ["token", "account", "upload"]),
        ("GET", "/api/v2/media", BEARER, ["token", "account"]),
        ("DELETE", "/api/v1/statuses/5", BEARER, ["token", "account", "removal"]),
        ("POST", "/api/v1/statuses/5/unreblog", BEARER, ["token", "account", "removal"]),
        ("POST", "/api/v1/statuses/5/reblog", BEARER, ["token", "account", "post"]),
        ("POST", "/api/v1/statuses/", BEARER, ["token", "account", "post"]),
        ("GET", "/api/v1/statuses", BEARER, ["token", "account"]),
        ("PUT", "/api/v1/statuses/5", BEARER, ["token", "account"]),
        ("POST", "/api/v1/accounts/5/follow", BEARER, ["token", "account", "follow"]),
        ("POST", "/api/v1/reports", BEARER, ["token", "account", "report"]),
        ("POST", "/api/v1/accounts", BEARER, ["token", "account", "sign-up"]),
        ("POST", "/api/v1/accounts", None, ["address", "sign-up"]),
    ],
)
def test_each_kind_of_request_has_its_limits(method: str, path: str, bearer: Bearer | None, names: list[str]) -> None:
    found = limits_for(method, path, address="192.0.2.1", secret="s", bearer=bearer)
    assert [limit.name for limit in found] == names


def test_neighbours_in_one_network_are_one_client() -> None:
    one, other = (
        limits_for("GET", "/api/", address=address, secret=None, bearer=None)
        for address in ("2001:db8::1", "2001:db8::ffff:2")
    )
    assert one == other


@pytest.fixture
async def redis(settings):
    async with Redis.from_url(settings.redis_url.get_secret_value(), protocol=2) as opened:
        await opened.flushdb()
        yield opened


async def test_a_window_ends(redis: Redis) -> None:
    times = [NOW]
    meter = Meter(redis, 1, lambda: times[-1])
    limit = Limit("test", "me", 2, 300)
    first = [(await meter.count([limit]))[0] for _ in range(3)]
    times.append(NOW + dt.timedelta(minutes=5))
    assert [standing.remaining for standing in first] == [1, 0, 0]
    assert [standing.is_exceeded for standing in first] == [False, False, True]
    assert first[0].resets_at == dt.datetime(2026, 6, 1, 12, 5, tzinfo=dt.UTC)
    assert (await meter.count([limit]))[0].remaining == 1


class _Gone(Redis):
    """A Redis that cannot be reached."""

    async def execute_command(self, *args, **options):
        raise RedisAway


def an_application(redis: Redis, db: Database, factor: float) -> FastAPI:
    router = APIRouter()

    @router.get("/api/v1/thing")
    async def thing() -> Json:
        return Json({})

    app = application("test", [router], object())
    app.add_middleware(RateLimited, tokens=Tokens(db), meter=Meter(redis, factor))
    app.add_middleware(Cors)
    return app


def a_client(app: FastAPI) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://ours.test")


async def test_too_many_requests_are_told_when_to_come_back(redis: Redis, gateway: Database) -> None:
    async with a_client(an_application(redis, gateway, 0.01)) as client:
        answers = [await client.get("/api/v1/thing", headers={"Origin": "https://a.example"}) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert [answer.headers["x-ratelimit-remaining"] for answer in answers] == ["2", "1", "0", "0"]
    assert answers[0].headers["x-ratelimit-limit"] == "3"
    assert int(answers[3].headers["retry-after"]) > 0
    assert answers[3].json() == {"error": "Too many requests"}
    assert "X-RateLimit-Reset" in answers[3].headers["access-control-expose-headers"]


async def test_far_from_a_limit_processes_tell_each_other_within_a_second(redis: Redis) -> None:
    times = [NOW]
    one, other = (Meter(redis, 1, lambda: times[-1]) for _ in range(2))
    limit = Limit("test", "me", 300, 300)
    for _ in range(10):
        await one.count([limit])
    apart = (await other.count([limit]))[0].used
    times.append(NOW + dt.timedelta(seconds=1))
    await one.count([limit])
    assert (apart, (await other.count([limit]))[0].used) == (2, 13)
    assert (await redis.keys("limit:*")) != []


async def test_near_a_limit_each_request_is_counted_by_all(redis: Redis) -> None:
    meters = [Meter(redis, 1, lambda: NOW) for _ in range(2)]
    limit = Limit("test", "me", 20, 300)
    used = [(await meters[n % 2].count([limit]))[0].used for n in range(6)]
    assert used == [1, 2, 3, 4, 5, 6]


async def test_without_redis_nobody_is_held_up(gateway: Database, settings) -> None:
    gone = _Gone.from_url(settings.redis_url.get_secret_value())
    async with a_client(an_application(gone, gateway, 0.01)) as client:
        answers = [await client.get("/api/v1/thing") for _ in range(5)]
    await gone.aclose()
    assert {answer.status_code for answer in answers} == {200}


async def test_any_page_may_ask_beforehand(redis: Redis, gateway: Database) -> None:
    asking = {
        "Origin": "https://elk.example",
        "Access-Control-Request-Method": "PATCH",
        "Access-Control-Request-Headers": "Authorization, Idempotency-Key",
    }
    async with a_client(an_application(redis, gateway, 1)) as client:
        answer = await client.options("/api/v1/thing", headers=asking)
        closed = await client.options("/auth/sign_in", headers=asking)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-origin" not in closed.headers


def test_a_person_posts_three_hundred_times_in_three_hours() -> None:
    found = limits_for("POST", "/api/v1/statuses", address="192.0.2.1", secret="s", bearer=BEARER)
    assert (found[-1].who, found[-1].most, found[-1].seconds) == ("3", 300, 3 * 3600)

"""From what happens to the telephone of whom it concerns: over a real push service, read by a real app."""

import datetime as dt
from collections.abc import AsyncIterator, Callable

import httpx
import msgspec
import pytest
from push_service import PushService, Telephone, open_push_service
from staging import Stage

from apcore.fetch import FetchRefused
from chassis.clock import utc_now
from chassis.db import Database, Tx
from chassis.worker import Verdict
from contracts.events import TokenRevoked
from contracts.ids import SubscriptionId, TokenId
from social.accounts.model import Account
from social.oauth import actions as oauth
from social.oauth.model import Token
from social.push import store
from social.push.model import ALERTS, Wanted
from social.push.sealing import seal, unseal
from timeline.handlers.push import meaning_of
from timeline.jobs import Push
from timeline.resources import Resources, open_resources
from timeline.settings import Settings
from timeline.webpush.identity import established, generated
from timeline.webpush.message import TITLES, shortened

TOKEN = "the app's own token"


@pytest.fixture
async def resources(make_settings: Callable[..., Settings]) -> AsyncIterator[Resources]:
    settings = make_settings(Settings, rate_limit_factor=0, count_after=0, allowed_private_networks="127.0.0.1/32")
    async with open_resources(settings) as opened:
        await opened.redis.flushdb()
        yield opened


@pytest.fixture
async def service() -> AsyncIterator[PushService]:
    async with open_push_service() as opened:
        yield opened


async def subscribed(
    stage: Stage, owner: Account, telephone: Telephone, *, secret_key: str = "secret", **changes: object
) -> SubscriptionId:
    wanted = Wanted(
        endpoint=telephone.endpoint,
        key_p256dh=telephone.keys["p256dh"],
        key_auth=telephone.keys["auth"],
        standard=True,
        policy="all",
        alerts=ALERTS,
        sealed_token=seal(secret_key, TOKEN),
    )
    async with stage.gateway.transaction() as tx:
        token, _ = await oauth.issue(tx, app_id=None, account_id=owner.id, scopes=["push"])
        made = await store.set_of_token(tx, token.id, owner.id, msgspec.structs.replace(wanted, **changes))
    return made.id


@pytest.mark.parametrize("standard", [True, False])
async def test_the_app_reads_what_happened(
    stage: Stage, client: httpx.AsyncClient, service: PushService, alice, bob, standard: bool
) -> None:
    telephone = service.telephone()
    await subscribed(stage, alice, telephone, standard=standard)
    post = await stage.post(alice, "Look <b>here</b> &amp; there")
    await stage.favourite(bob, post)
    (message,) = telephone.read()
    assert message["access_token"] == TOKEN
    assert message["preferred_locale"] == "en"
    assert message["notification_type"] == "favourite"
    assert message["title"] == "bob favorited your post"
    assert message["body"] == "Look here & there"
    assert message["icon"] == "https://ours.test/avatars/original/missing.png"
    (listed,) = (await stage.get(client, alice, "/api/v1/notifications")).json()
    assert message["notification_id"] == listed["id"]
    (sent,) = telephone.messages
    assert (sent.headers["TTL"], sent.headers["Urgency"]) == ("172800", "normal")


@pytest.mark.parametrize("standard", [True, False])
async def test_we_vouch_for_ourselves(stage: Stage, service: PushService, alice, bob, standard: bool) -> None:
    telephone = service.telephone()
    await subscribed(stage, alice, telephone, standard=standard)
    await stage.post(bob, mentions=(alice.id,))
    key, claims = service.vouched(telephone.messages[0])
    assert key == await store.public_key(stage.gateway)
    assert claims["sub"] == "https://ours.test"
    assert claims["exp"] < utc_now().timestamp() + 24 * 3600


async def test_each_app_hears_what_it_asked_for(stage: Stage, service: PushService, alice, bob) -> None:
    some, none = service.telephone("some"), service.telephone("none")
    await subscribed(stage, alice, some, alerts=("favourite",))
    await subscribed(stage, alice, none, alerts=())
    post = await stage.post(alice)
    await stage.favourite(bob, post)
    await stage.boost(bob, post)
    assert [m["notification_type"] for m in some.read()] == ["favourite"]
    assert none.messages == []


@pytest.mark.parametrize(
    ("policy", "heard"),
    [("all", ["bob", "carol", "eve"]), ("followed", ["bob"]), ("follower", ["carol"]), ("none", [])],
)
async def test_of_whom_one_wants_to_hear(
    stage: Stage, service: PushService, alice, bob, carol, eve, policy: str, heard: list[str]
) -> None:
    await stage.follow(alice, bob)
    await stage.follow(carol, alice)
    telephone = service.telephone()
    await subscribed(stage, alice, telephone, policy=policy, alerts=("favourite",))
    post = await stage.post(alice)
    for somebody in (bob, carol, eve):
        await stage.favourite(somebody, post)
    assert [m["title"].split()[0].lower() for m in telephone.read()] == heard


async def test_a_warning_stands_for_the_words_behind_it(stage: Stage, service: PushService, alice, bob) -> None:
    telephone = service.telephone()
    await subscribed(stage, alice, telephone)
    await stage.post(bob, "Murderer is the gardener", mentions=(alice.id,), spoiler_text="Plot")
    assert telephone.read()[0]["body"] == "Plot"


def test_long_words_are_cut() -> None:
    assert shortened("a" * 140) == "a" * 140
    assert shortened("a" * 141) == "a" * 139 + "…"


def test_every_alert_has_a_title() -> None:
    assert set(TITLES) == set(ALERTS)


@pytest.mark.parametrize("status", [404, 410])
async def test_an_app_that_is_gone_is_forgotten(stage: Stage, service: PushService, alice, bob, status: int) -> None:
    telephone = service.telephone()
    telephone.answers = [status]
    subscription = await subscribed(stage, alice, telephone)
    await stage.post(bob, mentions=(alice.id,))
    assert await store.in_force(stage.res.db, subscription) is None
    await stage.post(bob, mentions=(alice.id,))
    assert len(telephone.messages) == 1


@pytest.mark.parametrize(
    ("status", "meaning"),
    [(200, "delivered"), (201, "delivered"), (404, "gone"), (410, "gone"), (429, "failed"), (503, "failed")]
    + [(status, "refused") for status in (301, 400, 401, 403, 413)],
)
def test_what_an_answer_means(status: int, meaning: str) -> None:
    assert meaning_of(status) == meaning


async def test_what_fails_is_tried_again(stage: Stage, service: PushService, alice, bob) -> None:
    job = await _a_push(stage, service, alice, bob, answers=[503])
    telephone = service.telephones["one"]
    assert await _verdict(stage, job) is Verdict.RETRY
    assert await _verdict(stage, job) is Verdict.ACK
    assert len(telephone.read()) == 2


async def test_nobody_is_woken_for_what_is_old(stage: Stage, service: PushService, alice, bob) -> None:
    job = await _a_push(stage, service, alice, bob, answers=[])
    old = msgspec.structs.replace(job, made_at=utc_now() - dt.timedelta(hours=2))
    assert await _verdict(stage, old) is Verdict.ACK
    assert service.telephones["one"].messages == []


async def test_an_app_that_is_let_in_no_longer_hears_nothing(stage: Stage, service: PushService, alice, bob) -> None:
    telephone = service.telephone()
    subscription = await subscribed(stage, alice, telephone)
    found = await store.in_force(stage.res.db, subscription)
    assert found is not None
    async with stage.gateway.transaction() as tx:
        await oauth.revoke(tx, await _token(tx, found.token_id))
        emitted = tx.emitted
    # Even before timeline hears of it.
    await stage.post(bob, mentions=(alice.id,))
    assert telephone.messages == []
    assert emitted == (TokenRevoked(token_id=found.token_id, account_id=alice.id),)
    await stage.tell(*emitted)
    assert await store.of_token(stage.gateway, found.token_id) is None


async def test_what_only_another_key_opens_is_forgotten(stage: Stage, service: PushService, alice, bob) -> None:
    telephone = service.telephone()
    subscription = await subscribed(stage, alice, telephone, secret_key="an older key")
    await stage.post(bob, mentions=(alice.id,))
    assert telephone.messages == []
    assert await store.in_force(stage.res.db, subscription) is None


async def test_no_push_goes_to_ourselves(make_settings: Callable[..., Settings], service: PushService) -> None:
    """Without leave to talk to private networks a subscription cannot make us knock at our own doors."""
    telephone = service.telephone()
    async with open_resources(make_settings(Settings)) as resources:
        with pytest.raises(FetchRefused):
            await resources.fetcher.post(telephone.endpoint, b"", {})
    assert telephone.messages == []


async def test_all_processes_have_the_same_keys(resources: Resources, superuser: Database) -> None:
    first = await established(resources.db, "https://ours.test")
    async with resources.db.transaction() as tx:
        await store.add_keys(tx, generated())
    assert (await established(resources.db, "https://ours.test")).public_key == first.public_key
    assert await superuser.fetchval("SELECT count(*) FROM social.vapid_keys") == 1


def test_sealed_tokens_open_with_their_key_alone() -> None:
    sealed = seal("one", TOKEN)
    assert TOKEN.encode() not in sealed
    assert unseal("one", sealed) == TOKEN
    assert unseal("two", sealed) is None


async def _a_push(stage: Stage, service: PushService, alice: Account, bob: Account, answers: list[int]) -> Push:
    telephone = service.telephone()
    telephone.answers = answers
    post = await stage.post(alice)
    await stage.favourite(bob, post)
    subscription = await subscribed(stage, alice, telephone)
    notification = await stage.res.db.fetchval("SELECT id FROM timeline.notifications")
    return Push(subscription_id=subscription, notification_id=notification, made_at=utc_now())


async def _verdict(stage: Stage, job: Push) -> Verdict:
    queue = next(q for q in stage.worker.queues if Push in q.handlers)
    return await stage.worker.handle(queue, msgspec.json.encode(job))


async def _token(tx: Tx, token_id: TokenId) -> Token:
    row = await tx.fetchrow(
        "SELECT id, app_id, account_id, scopes, created_at, revoked_at FROM social.tokens WHERE id = $1", token_id
    )
    assert row is not None
    return Token(**row)

"""Tokens are remembered for a moment, and forgotten when they end."""

from signing_in import a_user
from talking import a_token_of

from chassis.db import Database
from contracts.events import AccountUpdated, TokenRevoked
from mastoapi.tokens import KEEP_SECONDS, Tokens
from social.oauth import store


async def test_a_token_is_looked_up_once_in_a_while(gateway: Database) -> None:
    alice = await a_user(gateway, "alice")
    secret = await a_token_of(gateway, alice, "read")
    times = [0.0]
    tokens = Tokens(gateway, clock=lambda: times[-1])
    first = await tokens.bearer(secret)
    again = await tokens.bearer(secret)
    times.append(KEEP_SECONDS)
    later = await tokens.bearer(secret)
    assert first is again
    assert later is not first
    assert await tokens.bearer("unknown") is None


async def test_a_revoked_token_is_dropped_when_the_event_is_heard(gateway: Database) -> None:
    alice = await a_user(gateway, "alice")
    secret = await a_token_of(gateway, alice, "read")
    tokens = Tokens(gateway)
    bearer = await tokens.bearer(secret)
    assert bearer is not None
    async with gateway.transaction() as tx:
        await store.set_revoked(tx, bearer.token.id)
    for hearing in tokens.hearings:
        if hearing.event is TokenRevoked:
            await hearing.react(TokenRevoked(token_id=bearer.token.id))
    assert await tokens.bearer(secret) is None


async def test_a_changed_account_is_read_anew(gateway: Database) -> None:
    alice = await a_user(gateway, "alice")
    secret = await a_token_of(gateway, alice, "read")
    tokens = Tokens(gateway)
    before = await tokens.bearer(secret)
    for hearing in tokens.hearings:
        if hearing.event is AccountUpdated:
            await hearing.react(AccountUpdated(account_id=alice.id, is_local=True))
    assert await tokens.bearer(secret) is not before
